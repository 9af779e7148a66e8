"""What is asked, read: whom a decision is about, what of, and whether of a kind of question or of a named person."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.authzen.node import Node
from hub.authzen.words import (
    ACTIONS,
    FACTS,
    FIELDS,
    LABELS,
    PURPOSES,
    RESOURCES,
    SERVICES,
    SUBJECTS,
    Action,
    ResourceType,
    SubjectType,
)
from hub.authzen.wrong import Wrong, forbidden
from hub.graphql.asking import LONGEST_REASON, PERSON_ID
from hub.identity.requester import Requester
from policies.facts import Asker
from policies.simulate.exploring import FLAGS, WORDS
from policies.vocabulary import AGENCY, EXISTENCE, ROLES, Role
from schema.fields import FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.request import RequestContext
from schema.services import Service

Stated = Mapping[str, object]
"""Facts by name, each a word of its list: what a caller says is so."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a decision is about; ``caller`` says that it is whoever holds the token."""

    role: str
    agency: str
    caller: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """A field of a service, of a record that carries these labels; or of a named person at one source or any."""

    type: ResourceType
    field: FieldId
    service: Service
    labels: frozenset[Label]
    person: str | None = dataclasses.field(default=None, repr=False)
    source: str | None = None


@dataclass(frozen=True, slots=True)
class OfKind:
    """A decision about a kind of question: pure policy on stated facts, which tells nothing of any child."""

    asker: Asker
    resource: Resource
    action: Action
    stated: Stated


@dataclass(frozen=True, slots=True)
class OfPerson:
    """A decision about a named person for whoever holds the token, on what is so of that person."""

    person: str = dataclasses.field(repr=False)
    resource: Resource
    action: Action
    purpose: Purpose
    reference: str | None = dataclasses.field(repr=False)
    reason: str | None = dataclasses.field(repr=False)
    declared: bool

    @property
    def context(self) -> RequestContext:
        """Give what the question states."""
        return RequestContext(
            purpose=self.purpose,
            reference=self.reference,
            reason=self.reason,
            i_work_with_this_child=self.declared,
        )


Asked = OfKind | OfPerson
Parts = Mapping[str, Node]
"""The four parts of an evaluation that are there, by name."""

OFFICER: Final = Role.IG_OFFICER.value
"""Who may ask about any role of any agency, and is told the rules behind a decision."""

_ROLES = {role: role for role in ROLES}


def need(parts: Parts, name: str, place: str) -> Node:
    """Give a part that must be there."""
    if name not in parts:
        raise Wrong(f"{place}{name} is missing.")
    return parts[name]


def asked_of(parts: Parts, place: str, requester: Requester) -> Asked:
    """Read one evaluation; Wrong where it is not understood or may not be asked by this caller."""
    subject = subject_of(need(parts, "subject", place), requester)
    action = need(parts, "action", place).need("name").word(ACTIONS)
    resource = resource_of(need(parts, "resource", place))
    context = parts.get("context") or Node({}, f"{place}context")
    if resource.person is None:
        return OfKind(asker_of(subject, context), resource, action, stated_in(context))
    return _of_person(subject, action, resource, context)


def subject_of(node: Node, requester: Requester, *, named: bool = True) -> Subject:
    """Read a subject; ``named`` says whether its id counts, which in a search for subjects it does not."""
    kind = node.need("type").word(SUBJECTS)
    its = node.get("properties") or Node({}, f"{node.place}.properties")
    if kind is SubjectType.WORKER:
        return _worker(node, its, requester, named=named)
    role = node.need("id").word(_ROLES) if named else requester.role
    agency = (its.get("agency") or Node(requester.organisation, "")).text()
    if AGENCY.fullmatch(agency) is None:
        raise Wrong(f"{its.place}.agency is not an agency's id.")
    subject = Subject(role, agency, caller=False)
    if requester.role != OFFICER and (subject.role, subject.agency) != (requester.role, requester.organisation):
        raise forbidden(f"{node.place}: you may ask about your own role at your own agency.")
    return subject


def _worker(node: Node, its: Node, requester: Requester, *, named: bool) -> Subject:
    if not named:
        raise Wrong(f"{node.place}.type: workers are not listed; ask about roles.")
    own = {"role": requester.role, "agency": requester.organisation, "team": requester.team}
    said = {name: node_.text() for name in own if (node_ := its.get(name))}
    if node.need("id").text() != requester.subject or any(own[name] != word for name, word in said.items()):
        raise forbidden(f"{node.place}: a worker is whoever holds the token, and is what it says.")
    return Subject(requester.role, requester.organisation, caller=True)


def resource_of(node: Node) -> Resource:
    """Read a resource."""
    kind = node.need("type").word(RESOURCES)
    its = node.get("properties") or Node({}, f"{node.place}.properties")
    if kind is ResourceType.SERVICE:
        fid, service = EXISTENCE, node.need("id").word(SERVICES)
    else:
        fid, service = node.need("id").word(FIELDS), its.need("service").word(SERVICES)
    person = its.get("person")
    if person is None:
        if its.get("source") is not None:
            raise Wrong(f"{its.place}.source is of a named person: give {its.place}.person.")
        return Resource(kind, fid, service, labels_in(its))
    if its.get("labels") is not None:
        raise Wrong(f"{its.place}.labels are the records' own where a person is named.")
    if PERSON_ID.fullmatch(person.text()) is None:
        raise Wrong(f"{person.place} is not an id the hub gave.")
    source = its.get("source")
    return Resource(kind, fid, service, frozenset(), person.text(), source.text() if source else None)


def labels_in(its: Node) -> frozenset[Label]:
    """Read the labels of a record, which must be said even where there are none: left out, they would open it."""
    return frozenset(item.word(LABELS) for item in its.need("labels").items())


def asker_of(subject: Subject, context: Node) -> Asker:
    """Give who asks and why."""
    return Asker(subject.role, subject.agency, context.need("purpose").word(PURPOSES))


def stated_in(context: Node) -> Stated:
    """Read the facts a caller states. A name that is no fact is refused, and flags must be said where anything is.

    Left out, they might open something; every other fact left out is taken to be the word that refuses.
    """
    facts = context.get("facts")
    if facts is None:
        return {}
    stated = dict(_fact(name, node) for name, node in facts.names(FACTS, "a fact"))
    if FLAGS not in stated:
        raise Wrong(f"{facts.place}.flags is missing.")
    return stated


def _fact(name: str, node: Node) -> tuple[str, object]:
    if name == FLAGS:
        return name, frozenset(item.word(LABELS) for item in node.items())
    if isinstance(WORDS[name][0], bool):
        return name, node.yes_no()
    return name, node.word({str(word): word for word in WORDS[name]})


def _of_person(subject: Subject, action: Action, resource: Resource, context: Node) -> OfPerson:
    if not subject.caller:
        raise forbidden("A decision about a named person is given to the worker whose it is: give subject type worker.")
    if context.get("facts") is not None:
        raise Wrong(f"{context.place}.facts are looked up where a person is named.")
    assert resource.person is not None  # noqa: S101 -- asked_of saw that it is
    reference, reason, declared = (context.get(n) for n in ("reference", "reason", "i_work_with_this_child"))
    return OfPerson(
        resource.person,
        resource,
        action,
        context.need("purpose").word(PURPOSES),
        reference.text() if reference else None,
        reason.text(LONGEST_REASON) if reason else None,
        declared.yes_no() if declared else False,
    )
