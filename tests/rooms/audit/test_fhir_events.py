"""AuditEvents hold what IHE BALP 1.1.4 requires of Query and PatientQuery, and nothing of anybody's record."""

import csv
import io
from base64 import b64decode
from dataclasses import replace
from typing import Any

import orjson
import pytest

from hub.audit.accesses import access
from hub.audit.csv_writing import as_csv
from hub.audit.entries import Ended, Kind
from hub.audit.fhir_events import PROFILES, audit_events, bundle
from hub.audit.leaf import draft
from tests.rooms.audit import people

INTENT = people.intent()
LOOKED = access(Kind.INTENT, orjson.loads(draft(INTENT).body), orjson.loads(draft(people.outcome(INTENT)).body))
SEARCHED = access(Kind.SEARCH, orjson.loads(draft(people.search(people.CHILD, people.OTHER)).body))


def coded(concept: dict[str, Any]) -> set[tuple[str, str]]:
    return {(c["system"], c["code"]) for c in concept["coding"]}


def the(sequence: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """Give the one agent or entity of a type."""
    (one,) = [
        item for item in sequence
        if code in {c for _, c in (coded(item["type"]) if "coding" in item["type"] else {("", item["type"]["code"])})}
    ]  # fmt: skip
    return one


def insist(event: dict[str, Any], *, person: bool) -> None:
    """Check what the pattern requires, element by element."""
    assert event["resourceType"] == "AuditEvent"
    assert (event["type"]["system"], event["type"]["code"]) == (
        "http://terminology.hl7.org/CodeSystem/audit-event-type",
        "rest",
    )
    assert ("http://hl7.org/fhir/restful-interaction", "search") in {(s["system"], s["code"]) for s in event["subtype"]}
    assert event["action"] == "E"
    assert event["recorded"].endswith("Z")
    assert event["source"]["observer"]
    for code in ("110152", "110153"):
        agent = the(event["agent"], code)
        assert agent["who"]
        assert agent["network"]
        assert agent["requestor"] is False
        assert "media" not in agent
    user = the(event["agent"], "IRCP")
    assert user["who"]["identifier"]["value"] == people.WORKER
    assert user["requestor"] is True
    assert not {"media", "network"} & user.keys()
    query = the(event["entity"], "2")
    assert query["role"]["code"] == "24"
    assert not {"what", "lifecycle", "detail"} & query.keys()
    assert orjson.loads(b64decode(query["query"], validate=True))["entry"]
    assert the(event["entity"], "XrequestId")["what"]["identifier"]["value"]
    people_told = [e for e in event["entity"] if e["type"]["code"] == "1"]
    assert len(people_told) == person
    for told in people_told:
        assert told["role"]["code"] == "1"
        assert told["what"]["type"] == "Patient"


def test_a_question_that_was_answered_is_a_patient_query() -> None:
    """With its patient as an identifier, its purpose and its request."""
    (event,) = audit_events(LOOKED, "hub")
    insist(event, person=True)
    assert event["meta"]["profile"] == [f"{PROFILES}PatientQuery"]
    assert event["outcome"] == "0"
    assert event["agent"][2]["purposeOfUse"]


def test_a_search_is_an_event_for_each_person_it_showed() -> None:
    """As the pattern has it; one that showed nobody is a query without a patient."""
    events = audit_events(SEARCHED, "hub")
    assert [e["entity"][0]["what"]["identifier"]["value"] for e in events] == [people.CHILD, people.OTHER]
    for event in events:
        insist(event, person=True)
    (nobody,) = audit_events(replace(SEARCHED, presented=()), "hub")
    insist(nobody, person=False)
    assert nobody["meta"]["profile"] == [f"{PROFILES}Query"]


@pytest.mark.parametrize(
    ("ended", "outcome"), [(Ended.ABANDONED, "4"), (Ended.DEADLINE, "4"), (Ended.FAILED, "8"), (None, "8")]
)
def test_what_did_not_succeed_claims_no_pattern(ended: Ended | None, outcome: str) -> None:
    """The patterns are of success; the outcome says what it was."""
    (event,) = audit_events(replace(LOOKED, ended=ended), "hub")
    insist(event, person=True)
    assert event["outcome"] == outcome
    assert "meta" not in event


def test_a_bundle_holds_them_all() -> None:
    """A collection, in order; none, and it is empty."""
    assert len(bundle([LOOKED, SEARCHED], "hub")["entry"]) == 3
    assert bundle([], "hub")["entry"] == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd", "\n=1"])
def test_a_cell_is_never_a_formula(text: str) -> None:
    """Whatever a word begins with, a spreadsheet takes it for text; other words, and nothing, stay as they are."""
    _, (cell, plain, empty) = csv.reader(io.StringIO(as_csv(("a", "b", "c"), [(text, "plain", None)]), newline=""))
    assert (cell, plain, empty) == (f"'{text}", "plain", "")
