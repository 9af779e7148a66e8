"""Rows: how what the officer owns is kept. Lists are words with a space between, all of closed lists or ids."""

from collections.abc import Iterable
from datetime import UTC, date
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Row

from hub.governance.agreement_file import SignatoryFile, items_file, read_items
from hub.governance.agreements import Agreement, Signatory, Status
from hub.governance.consent import Consent
from hub.governance.ordered_rules import OrderedRule
from schema.kinds import Kind
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

KEPT = 1024
"""Lists of words that are kept as they were read: words of closed lists and ids of agencies, nothing of a person."""


def words(of: Iterable[str]) -> str:
    """Write a list."""
    return " ".join(sorted(of))


@lru_cache(maxsize=KEPT)
def services(written: str) -> frozenset[Service]:
    """Read services."""
    return frozenset(Service(s) for s in written.split())


@lru_cache(maxsize=KEPT)
def kinds(written: str) -> frozenset[Kind]:
    """Read kinds of data."""
    return frozenset(Kind[k] for k in written.split())


@lru_cache(maxsize=KEPT)
def purposes(written: str) -> frozenset[Purpose]:
    """Read purposes."""
    return frozenset(Purpose[p] for p in written.split())


@lru_cache(maxsize=KEPT)
def agencies(written: str) -> frozenset[str]:
    """Read ids of agencies."""
    return frozenset(written.split())


def consent_values(consent: Consent, row_id: str) -> dict[str, Any]:
    """Give a consent's row."""
    return {
        "id": row_id,
        "person_id": consent.person_id,
        "giver": consent.giver,
        "relationship": consent.relationship,
        "capacity": consent.capacity,
        "state": consent.state,
        "services": words(consent.services),
        "kinds": words(consent.kinds),
        "purposes": words(consent.purposes),
        "recipients": words(consent.recipients),
        "method": consent.method,
        "evidence": consent.evidence,
        "reason": consent.reason or "",
        "recorded_by": consent.recorded_by,
        "recorded_at": consent.recorded_at.astimezone(UTC),  # SQLite keeps no zone, and is read as UTC
        "given": consent.given,
        "reviewed": consent.reviewed,
        "expires": consent.expires,
    }


def agreement_values(agreement: Agreement) -> dict[str, Any]:
    """Give an agreement's row."""
    a = agreement
    signed = [SignatoryFile(s.organisation, s.name, s.office, s.on) for s in a.signatories]
    return {
        "id": a.id,
        "title": a.title,
        "provider": a.provider,
        "consumers": words(a.consumers),
        "purposes": words(a.purposes),
        "start": a.start,
        "review": a.review,
        "expiry": a.expiry,
        "status": a.status,
        "lawful_bases": words(a.lawful_bases),
        "dpia": a.dpia,
        "signatories": msgspec.json.encode(signed).decode(),
        "items": msgspec.json.encode(items_file(a.items)).decode(),
        "rules": msgspec.json.encode(a.rules).decode(),
    }


def read_agreement_row(row: Row[Any]) -> Agreement:
    """Read an agreement; one of which any part cannot be understood shares nothing, whatever else it says."""
    try:
        signed = msgspec.json.decode(row.signatories, type=list[SignatoryFile])
        return Agreement(
            row.id,
            row.title,
            row.provider,
            agencies(row.consumers),
            purposes(row.purposes),
            _whole_day(row.start),
            _whole_day(row.review),
            _whole_day(row.expiry),
            read_items(row.items),
            Status(row.status),
            frozenset(LawfulBasis[b] for b in row.lawful_bases.split() if b in LawfulBasis.__members__),
            row.dpia,
            tuple(Signatory(s.organisation, s.name, s.office, s.on) for s in signed),
            msgspec.json.decode(row.rules, type=tuple[OrderedRule, ...]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):  # what msgspec and a bad file raise are ValueErrors
        never = date.max
        nobody = frozenset[str]()
        return Agreement(row.id, row.title, row.provider, nobody, frozenset(), never, never, never, readable=False)


def _whole_day(value: date | str | None) -> date:
    read = day(value)
    if read is None:
        raise ValueError("day")
    return read


def day(value: date | str | None) -> date | None:
    """Give a day as either driver has it: SQLite keeps text."""
    read = date.fromisoformat(value) if isinstance(value, str) else value
    if read is not None and not isinstance(read, date):  # SQLite keeps whatever it is given
        raise ValueError("day")
    return read
