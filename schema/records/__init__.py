"""The kinds of record a source may give, one concept per file."""

from schema.records.chronology import ChronologyEvent, EventKind, Impact
from schema.records.flag import Flag
from schema.records.identity import (
    Address,
    Birth,
    Identifier,
    IdentifierSystem,
    PersonName,
    Sex,
    Use,
)
from schema.records.involvement import (
    DutyDesk,
    Involvement,
    Plan,
    PlanType,
    Professional,
    Status,
    Threshold,
)
from schema.records.provenance import Provenance, Record
from schema.records.relationship import Relationship, RelationshipType

__all__ = [
    "Address",
    "Birth",
    "ChronologyEvent",
    "DutyDesk",
    "EventKind",
    "Flag",
    "Identifier",
    "IdentifierSystem",
    "Impact",
    "Involvement",
    "PersonName",
    "Plan",
    "PlanType",
    "Professional",
    "Provenance",
    "Record",
    "Relationship",
    "RelationshipType",
    "Sex",
    "Status",
    "Threshold",
    "Use",
]
