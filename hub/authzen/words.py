"""The words a partner may use: actions, kinds of subject and resource, facts. Closed lists, each with its meaning."""

from collections.abc import Mapping
from typing import Final

import schema.person  # noqa: F401 -- declares every governed field
from policies.simulate.exploring import FLAGS, WORDS
from schema.described import Described
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service


class Action(Described):
    """What may be done with a field."""

    VIEW = "view", "See the value, or the part of it that an obligation leaves."
    VIEW_WHOLE = "view-whole", "See the whole value; a part is not enough."


class SubjectType(Described):
    """Whom a decision is about."""

    WORKER = "worker", "Whoever holds the token: `id` is its `sub`, and role and agency are its own."
    ROLE = (
        "role",
        "Anybody of a role at an agency: `id` is the role, `properties.agency` the agency (the caller's if none).",
    )


class ResourceType(Described):
    """What a decision is about."""

    FIELD = "field", "A governed field of a service: `id` is the field, `properties.service` the service."
    SERVICE = "service", "That a service knows the child at all: `id` is the service."


class Semantic(Described):
    """How a batch is gone through (section 7.1.2.1 of the specification)."""

    EXECUTE_ALL = "execute_all", "Every one is decided."
    DENY_ON_FIRST_DENY = "deny_on_first_deny", "In order, up to the first that is false."
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit", "In order, up to the first that is true."


ACTIONS: Final[Mapping[str, Action]] = {a.value: a for a in Action}
SUBJECTS: Final[Mapping[str, SubjectType]] = {s.value: s for s in SubjectType}
RESOURCES: Final[Mapping[str, ResourceType]] = {r.value: r for r in ResourceType}
SEMANTICS: Final[Mapping[str, Semantic]] = {s.value: s for s in Semantic}
PURPOSES: Final[Mapping[str, Purpose]] = {p.value: p for p in Purpose}
SERVICES: Final[Mapping[str, Service]] = {s.value: s for s in Service}
LABELS: Final[Mapping[str, Label]] = {label.value: label for label in Label}
FIELDS: Final[Mapping[str, FieldId]] = {str(fid): fid for fid in CATALOGUE}
FACTS: Final[Mapping[str, str]] = {name: name for name in (*WORDS, FLAGS)}
"""The facts that may be stated about a kind of question, by name."""
