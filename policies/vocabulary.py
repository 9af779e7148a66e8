"""The closed lists a rule may use. A word that is not here cannot be in a rule, nor grant anything in a question."""

import re
from enum import StrEnum
from typing import Final

from schema.described import Described
from schema.fields import CATALOGUE, FieldId, RecordName
from schema.labels import Label, Tier
from schema.lawful_bases import Body
from schema.records import Involvement
from schema.services import Service

ANY: Final = "*"
"""In a rule: any word of the list. In a question: no word at all, so it is refused."""

AGENCY: Final = re.compile(r"[a-z][a-z0-9-]{1,40}")
"""What an agency's id looks like, as in a source's file; a rule matches it exactly."""


class Role(Described):
    """What the asker does; the word comes from their credential."""

    FRONT_DOOR_WORKER = "front-door-worker", "Takes contacts and referrals and decides what each needs."
    SOCIAL_WORKER = "social-worker", "Leads enquiries, assessments and plans for children in need or at risk."
    EARLY_HELP_WORKER = "early-help-worker", "Helps families who have agreed to it, before statutory services."
    SCHOOL_SAFEGUARDING_LEAD = "school-safeguarding-lead", "Leads safeguarding in a school or college."
    POLICE_OFFICER = "police-officer", "Protects children and prevents crime, in a police safeguarding team."
    HEALTH_PRACTITIONER = "health-practitioner", "Safeguards children in a health organisation."
    ANALYST = "analyst", "Studies groups of children; never a named child."
    IG_OFFICER = "ig-officer", "Writes, tests and explains the rules; never reads a child's record."


ROLES: Final[dict[str, Role]] = {role.value: role for role in Role}
"""Every role by its word, as a credential and a rule spell it."""


BODIES: Final[dict[Role, frozenset[Body]]] = {
    Role.FRONT_DOOR_WORKER: frozenset({Body.LOCAL_AUTHORITY}),
    Role.SOCIAL_WORKER: frozenset({Body.LOCAL_AUTHORITY}),
    Role.EARLY_HELP_WORKER: frozenset({Body.LOCAL_AUTHORITY}),
    Role.SCHOOL_SAFEGUARDING_LEAD: frozenset({Body.SCHOOL}),
    Role.POLICE_OFFICER: frozenset({Body.POLICE}),
    Role.HEALTH_PRACTITIONER: frozenset({Body.HEALTH}),
    Role.ANALYST: frozenset({Body.LOCAL_AUTHORITY, Body.HEALTH, Body.POLICE, Body.SCHOOL}),
    Role.IG_OFFICER: frozenset({Body.LOCAL_AUTHORITY, Body.HEALTH, Body.POLICE, Body.SCHOOL}),
}
"""What in law each role acts for: who may rely on a statute is said of bodies."""


class Effect(StrEnum):
    """What a rule does where it applies. Any deny wins; order never matters."""

    ALLOW = "allow"
    DENY = "deny"


class OnDeny(Described):
    """What a deny leaves, from least to most strict; of several, the strictest counts."""

    MASK = "mask", "Show a part of the value, if another rule allows the value."
    BROKER = "broker", "Show nothing; give the team to ring."
    WITHHOLD = "withhold", "Show nothing; say why."
    BROKER_UNNAMED = (
        "broker-unnamed",
        "Say nothing of the service, as if none were held; a team may be given to ring, and not whose it is.",
    )
    OMIT = "omit", "Show nothing and say nothing: as if none were held."


class Mask(Described):
    """What part of a value is shown instead of the whole."""

    YEAR_ONLY = "year-only", "The year of a date, given as its first of January."
    OUTWARD_POSTCODE = "outward-postcode", "The first half of a postcode."
    LAST_THREE = "last-three", "The last three characters."
    INITIALS = "initials", "The first letter of each name."


class Duty(Described):
    """What an allow asks in return: the first is for the answer to do; without the others a permit does not stand."""

    NOTIFY_OWNER = "notify-owner", "Tell the owner of the records that they were seen."
    LOG_REASON = "log-reason", "The asker says why, in words that are kept; without them the rule allows nothing."
    SECOND_PERSON = "second-person", "Somebody else has agreed; without them the rule allows nothing."


MASKABLE: Final[dict[Mask, frozenset[FieldId]]] = {
    Mask.YEAR_ONLY: frozenset(
        FieldId(f"Birth.{f}") for f in ("date_of_birth", "expected_date_of_birth", "date_of_death")
    ),
    Mask.OUTWARD_POSTCODE: frozenset({FieldId("Address.postcode")}),
    Mask.LAST_THREE: frozenset({FieldId("Identifier.value"), FieldId("Address.uprn")}),
    Mask.INITIALS: frozenset(
        FieldId(f) for f in ("PersonName.given", "PersonName.family", "Professional.name", "Relationship.name")
    ),
}
"""The fields each mask fits. No field is in two, so two rules can never ask for two masks of one value."""

EXISTENCE: Final = FieldId("Involvement.service")
"""The field that says a service knows the child: where it is not permitted, nothing of the service's is."""

FLAG_BEARS_ON: Final[dict[Label, frozenset[FieldId]]] = {
    label: frozenset(f for f, held in CATALOGUE.items() if held.record == RecordName("Address"))
    for label in (Label.CONFIDENTIAL_ADDRESS, Label.NATIONALLY_RESTRICTED)
}
"""What a person's own flag shields, where that is less than everything.

A refuge or a nationally restricted record hides where the child lives, not that they have a social worker.
"""

FIELD_WORDS: Final[frozenset[str]] = frozenset(CATALOGUE) | {f"{held.record}.*" for held in CATALOGUE.values()}
"""A field, or every field of one record such as ``Address.*``."""

SENSITIVITY_WORDS: Final[frozenset[str]] = frozenset(t.name for t in Tier) | frozenset(Label)
"""A tier's name is a ceiling, up to and including it; a label's name is exactly that label."""

SERVICE_WORDS: Final[frozenset[str]] = frozenset(Service)


def labels_reached(words: tuple[str, ...]) -> frozenset[Label]:
    """Give the labels a rule's sensitivity cell reaches."""
    ceiling = max((Tier[w].value for w in words if w in Tier.__members__), default=-1)
    return frozenset(label for label in Label if ANY in words or label.value in words or label.tier.value <= ceiling)


def fields_named(words: tuple[str, ...]) -> frozenset[FieldId]:
    """Give the fields a rule's field cell names."""
    return frozenset(f for f, held in CATALOGUE.items() if {ANY, f, f"{held.record}.*"} & set(words))


assert CATALOGUE[EXISTENCE].record == Involvement.__name__  # noqa: S101 -- the records must be declared before the lists are drawn
