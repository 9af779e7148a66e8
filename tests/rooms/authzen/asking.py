"""What a partner asks in these tests, written as JSON."""

from typing import Any

from policies.facts import Asker, Facts
from policies.simulate.exploring import WORDS
from schema.fields import FieldId
from schema.labels import Label
from schema.services import Service
from tests.cast import requester

VIEW = {"name": "view"}
IN_ORDER: dict[str, Any] = {
    "consent": "NOT_RECORDED",
    "agreement": "IN_FORCE",
    "relationship": "REFERENCE_GIVEN",
    "objection": "NONE",
    "not_to_share": "NONE",
    "flags": [],
}
"""Facts of a question with nothing unusual about it."""


def role(word: str = "front-door-worker", agency: str = "cast-social-care") -> dict[str, Any]:
    return {"type": "role", "id": word, "properties": {"agency": agency}}


def worker(key: str = "front-door") -> dict[str, Any]:
    return {"type": "worker", "id": requester(key).subject}


def of_kind(field: str = "Involvement.status", service: str = "HEALTH", *labels: str) -> dict[str, Any]:
    return {"type": "field", "id": field, "properties": {"service": service, "labels": list(labels)}}


def of_person(person: str, field: str, service: str, source: str | None = None) -> dict[str, Any]:
    properties = {"service": service, "person": person} | ({"source": source} if source else {})
    return {"type": "field", "id": field, "properties": properties}


def stated(purpose: str = "CHILD_PROTECTION", **facts: Any) -> dict[str, Any]:
    return {"purpose": purpose, "facts": IN_ORDER | facts}


def kind_question(**parts: Any) -> dict[str, Any]:
    return {"subject": role(), "action": VIEW, "resource": of_kind(), "context": stated()} | parts


def person_question(
    person: str, field: str, service: str, who: str = "front-door", purpose: str = "CHILD_PROTECTION", **parts: Any
) -> dict[str, Any]:
    context = {"purpose": purpose, "reference": "REF 1"}
    asked = {"subject": worker(who), "action": VIEW, "resource": of_person(person, field, service), "context": context}
    return asked | parts


def written(asker: Asker, service: Service, field: FieldId, labels: frozenset[Label], facts: Facts) -> dict[str, Any]:
    """Write a kind of question with every fact stated."""
    told = {name: getattr(facts, name) for name in WORDS} | {"flags": sorted(facts.flags)}
    return {
        "subject": role(asker.role, asker.agency),
        "action": VIEW,
        "resource": of_kind(field, service.value, *sorted(labels)),
        "context": {"purpose": asker.purpose.value, "facts": told},
    }
