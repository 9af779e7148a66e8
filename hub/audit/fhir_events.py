"""Accesses as FHIR R4 AuditEvents by IHE's Basic Audit Log Patterns (BALP 1.1.4): Patient Query, or Query.

The patterns hold for what succeeded; an access that ended otherwise is written alike, with its outcome and without
the claim. People are identifiers, never references to records, and what was asked is names of fields and codes.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final

from hub.audit.accesses import Access
from hub.audit.canonical import canonical
from hub.audit.entries import Ended, Kind
from hub.audit.pseudonyms import Pseudonym

PROFILES: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
ENTITY_TYPES: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
TERMS: Final = "http://terminology.hl7.org/CodeSystem/"
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
NAMING: Final = "urn:children-hub:audit:"
UNKNOWN: Final = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "not-asked"},
    ]
}
"""Addresses of machines are in no entry: they say little of who asked, and much of where somebody works."""

SUCCESS, MINOR, SERIOUS = "0", "4", "8"


def bundle(found: Iterable[Access], observer: str) -> dict[str, Any]:
    """Give accesses as a Bundle that is a collection; a search that presented several is an event for each."""
    events = [event for access in found for event in audit_events(access, observer)]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": event} for event in events]}


def audit_events(access: Access, observer: str) -> list[dict[str, Any]]:
    """Give an access as AuditEvents: one for each person it was about; one without a person where there was none."""
    people = [access.subject] if access.kind is Kind.INTENT else list(access.presented)
    return [_event(access, person, observer) for person in people or [None]]


def _event(access: Access, person: Pseudonym | None, observer: str) -> dict[str, Any]:
    outcome = _outcome(access)
    entities = [_patient(person)] if person else []
    event = {
        "resourceType": "AuditEvent",
        "type": _coding(f"{TERMS}audit-event-type", "rest", "Restful Operation"),
        "subtype": [_coding("http://hl7.org/fhir/restful-interaction", "search", "search")],
        "action": "E",
        "recorded": access.at,
        "outcome": outcome,
        "purposeOfEvent": [{"coding": [_coding(f"{NAMING}purpose", access.purpose.value, access.purpose.means)]}],
        "agent": [_server(observer), _client(access), _user(access)],
        "source": {
            "site": observer,
            "observer": {"display": observer},
            "type": [_coding(f"{TERMS}security-source-type", "4", "Application Server")],
        },
        "entity": [*entities, _query(access), _transaction(access)],
    }
    if outcome == SUCCESS:
        event["meta"] = {"profile": [f"{PROFILES}{'PatientQuery' if person else 'Query'}"]}
    return event


def _outcome(access: Access) -> str:
    if access.kind is Kind.SEARCH or access.ended is Ended.COMPLETE:
        return SUCCESS
    return SERIOUS if access.ended in {None, Ended.FAILED} else MINOR


def _server(observer: str) -> dict[str, Any]:
    network = {"address": observer, "type": "5"}
    return {
        "type": _role("110152", "Destination Role ID"),
        "who": {"display": observer},
        "requestor": False,
        "network": network,
    }


def _client(access: Access) -> dict[str, Any]:
    who = {"identifier": {"system": f"{NAMING}organisation", "value": access.organisation}}
    return {"type": _role("110153", "Source Role ID"), "who": who, "requestor": False, "network": UNKNOWN}


def _user(access: Access) -> dict[str, Any]:
    return {
        "type": {"coding": [_coding(f"{TERMS}v3-ParticipationType", "IRCP", "information recipient")]},
        "who": {"identifier": {"system": f"{NAMING}actor", "value": access.actor}},
        "role": [{"coding": [{"system": f"{NAMING}role", "code": access.role}]}],
        "requestor": True,
        "purposeOfUse": [{"coding": [_coding(f"{NAMING}purpose", access.purpose.value, access.purpose.means)]}],
    }


def _patient(person: Pseudonym) -> dict[str, Any]:
    identifier = {"system": f"{NAMING}subject", "value": person}
    return {
        "what": {"type": "Patient", "identifier": identifier},
        "type": _coding(f"{TERMS}audit-entity-type", "1", "Person"),
        "role": _coding(f"{TERMS}object-role", "1", "Patient"),
    }


def _query(access: Access) -> dict[str, Any]:
    asked = {
        "kind": access.kind.value,
        "entry": access.record_id,
        "sources": [s.source for s in access.sources if s.called],
    }
    return {
        "type": _coding(f"{TERMS}audit-entity-type", "2", "System Object"),
        "role": _coding(f"{TERMS}object-role", "24", "Query"),
        "query": b64encode(canonical(asked)).decode(),
    }


def _transaction(access: Access) -> dict[str, Any]:
    return {
        "what": {"identifier": {"value": access.request_id}},
        "type": _coding(ENTITY_TYPES, "XrequestId", "Transaction"),
    }


def _role(code: str, display: str) -> Mapping[str, Any]:
    return {"coding": [_coding(DICOM, code, display)]}


def _coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}
