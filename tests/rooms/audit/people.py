"""Entries about made-up people, as the answer's path would write them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.audit.entries import (
    Bucket,
    Ended,
    Event,
    Intent,
    OutcomeRecord,
    Search,
    SourceIntent,
    SourceOutcome,
    new_record_id,
)
from hub.audit.pseudonyms import Pseudonym, Pseudonyms
from hub.keys import Keyring
from schema.fields import FieldId
from schema.lawful_bases import LawfulBasis
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.services import Service

AT = datetime(2025, 3, 4, 9, 30, tzinfo=UTC)
PHONE, NAME, STATUS = (FieldId(f) for f in ("Professional.phone", "Professional.name", "Involvement.status"))
CHILD, OTHER, WORKER = Pseudonym("c" * 32), Pseudonym("d" * 32), Pseudonym("a" * 32)


def intent(number: int = 0, *, subject: Pseudonym = CHILD, sources: int = 1) -> Intent:
    """Give what a front-door worker is about to ask."""
    asked = SourceIntent(
        source="housing-north",
        service=Service("HOUSING"),
        called=True,
        asked=(STATUS, NAME, PHONE),
        permitted=(STATUS, NAME),
        rules=("A01", "D03"),
        facts={"consent": "NOT_RECORDED", "agreement": "IN_FORCE"},
    )
    return Intent(
        record_id=new_record_id(),
        request_id=f"request-{number}",
        at=AT + timedelta(seconds=number),
        actor=WORKER,
        role="front-door",
        organisation="northshire",
        purpose=Purpose.SAFEGUARDING_TRIAGE,
        basis=LawfulBasis.CHILDREN_ACT_2004_S11,
        reference=Pseudonym("e" * 32),
        subject=subject,
        policy_version="v1",
        sources=(asked,) * sources,
    )


def outcome(asked: Intent, number: int = 0, ended: Ended = Ended.COMPLETE) -> OutcomeRecord:
    """Give what became of it."""
    told = SourceOutcome(
        source="housing-north",
        outcome=Outcome.RECORDS,
        reason=Reason.NO_RULE_PERMITS,
        released=(STATUS, NAME),
        withheld=(PHONE,),
        records=Bucket.FEW,
    )
    return OutcomeRecord(
        record_id=new_record_id(),
        intent_id=asked.record_id,
        request_id=asked.request_id,
        at=AT + timedelta(seconds=number),
        subject=asked.subject,
        sources=(told,),
        ended=ended,
    )


def of_two_systems(subject: Pseudonym, organisation: str, number: int = 0) -> tuple[Intent, OutcomeRecord]:
    """Give a look at which two systems of one service were asked, and what became of it."""
    asked = intent(number, subject=subject)
    ended = outcome(asked, number)
    systems = ("housing-north", "housing-south")
    each = tuple(replace(asked.sources[0], source=name) for name in systems)
    nothing = replace(ended.sources[0], source=systems[1], outcome=Outcome.NONE_HELD, released=(), withheld=())
    return replace(asked, organisation=organisation, sources=each), replace(ended, sources=(ended.sources[0], nothing))


def event(number: int = 0, *, name: str = "RULES_EDITED", about: str | None = None) -> Event:
    """Give something else worth keeping."""
    return Event(new_record_id(), f"request-{number}", AT, name, actor=WORKER, about=about)


def search(*presented: Pseudonym) -> Search:
    """Give a search that presented some people."""
    return Search(
        record_id=new_record_id(),
        request_id="request-s",
        at=AT,
        actor=WORKER,
        role="front-door",
        organisation="northshire",
        purpose=Purpose.SAFEGUARDING_TRIAGE,
        reference=None,
        criteria=("family_name", "date_of_birth"),
        presented=presented,
    )


def pseudonyms(keyring: Keyring) -> Pseudonyms:
    """Give the ledger's naming."""
    return Pseudonyms(keyring)
