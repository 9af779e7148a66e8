"""Recording consent: what somebody said, or takes back. Done when it is durable, and not before."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, By, CannotBeDone, Change, Note
from hub.governance.authority import as_consent_recorder
from hub.governance.consent import Consent, in_order
from hub.governance.givers import Capacity, ConsentReason, GiverRelationship
from hub.governance.listing import Listed, Readers, columns_of, listed, one_of, text, whole
from hub.governance.register import put_consent
from hub.governance.rows import agencies, day, kinds, purposes, services
from hub.governance.standing_read import BAD_ROW, CONSENT, CONSENT_PART, StandingRow, consent_of
from hub.store.database import Database, patience
from hub.store.one_hop import moment
from hub.store.seconds import Now
from policies.facts import ConsentState
from schema.purposes import Purpose

_NAMES = {
    ConsentState.GIVEN: "consent-given",
    ConsentState.REFUSED: "consent-refused",
    ConsentState.WITHDRAWN: "consent-withdrawn",
}


async def consents_of(database: Database, person_ids: Iterable[str]) -> tuple[Consent, ...]:
    """Give everything recorded of consent about a person, by every id they go by, oldest first."""
    async with patience(), database.read() as connection:
        return await _told(connection, person_ids)


_READERS: Readers = {
    **dict.fromkeys(("id", "person_id", "giver", "method", "evidence", "recorded_by"), text),
    "state": ConsentState,
    "services": services,
    "purposes": purposes,
    "recipients": agencies,
    "kinds": kinds,
    "sequence": whole,
    "recorded_at": moment,
    **dict.fromkeys(("given", "reviewed", "expires"), day),
    "relationship": one_of(GiverRelationship),
    "capacity": one_of(Capacity),
    "reason": lambda written: ConsentReason[written] if text(written) else None,
}


async def consents_listed(database: Database, person_ids: Iterable[str]) -> Listed[Consent]:
    """Give what can be read of what is recorded of consent about a person, oldest first, and name what cannot.

    To look at, and for nothing to rest on: what rests on consent rests on all of it.
    """
    query = select(*columns_of(CONSENT, _READERS)).where(CONSENT.c.person_id.in_(list(person_ids)))
    async with patience(), database.read() as connection:
        rows = (await connection.execute(query.order_by(CONSENT.c.sequence))).all()
    return listed("consent", rows, _READERS, Consent, ("recipients",))


async def _told(connection: AsyncConnection, person_ids: Iterable[str]) -> tuple[Consent, ...]:
    query = CONSENT_PART.where(CONSENT.c.person_id.in_(list(person_ids))).order_by(CONSENT.c.sequence)
    try:
        rows = (await connection.execute(query)).all()
        return tuple(consent_of(StandingRow(0, "", 0, *row)) for row in rows)
    except BAD_ROW:
        raise CannotBeDone(
            "unreadable", "a consent of this person cannot be read: nothing rests on it until it is mended"
        ) from None


async def record_consent(acting: Acting, consent: Consent, by: By) -> str:
    """Record what a giver said; gives the record's id. It acts on the next question at every replica."""
    (row_id,) = await record_consents(acting, [consent], by)
    return row_id


async def record_consents(
    acting: Acting, consents: Iterable[Consent], by: By, unless: Change | None = None
) -> tuple[str, ...]:
    """Record several, all or none; gives their records' ids. ``unless`` may still refuse, when nobody else writes.

    Who recorded it is who acts, whatever a consent says of that.
    """
    as_consent_recorder(by)
    told = {new_record_id(): replace(consent, recorded_by=by.subject) for consent in consents}
    for consent in told.values():
        _sayable(consent)
    return await _record(acting, told, by, unless)


async def _record(acting: Acting, told: Mapping[str, Consent], by: By, unless: Change | None = None) -> tuple[str, ...]:
    async def change(connection: AsyncConnection) -> None:
        if unless is not None:
            await unless(connection)
        for row_id, consent in told.items():
            await put_consent(connection, consent, row_id)

    await acting.act(by, change, *(Note(_NAMES[c.state], row_id, c.person_id) for row_id, c in told.items()))
    return tuple(told)


async def import_consents(
    acting: Acting, consents: Iterable[Consent], by: By, ids: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """Record what another system wrote, oldest first, all or none; ``ids`` are all that each person goes by.

    What is older than a word of the same giver that is recorded here is refused: it must not undo a later withdrawal.
    So is what was recorded in the time to come: a clock that is wrong proves nothing to be newer.
    """
    told = sorted(consents, key=in_order)

    async def unless(connection: AsyncConnection) -> None:
        soon = await _now(connection) + _SECOND
        for consent in told:
            if consent.recorded_at >= soon:
                raise CannotBeDone(
                    "not-yet", "a consent says it was recorded at a time that has not come: nothing is kept"
                )
            known = await _told(connection, ids[consent.person_id])
            if _stands_against([k for k in known if k.giver == consent.giver], consent):
                raise CannotBeDone("later-word", "a later word of this giver is recorded here: see `hub consent list`")

    return await record_consents(acting, told, by, unless)


_SECOND = timedelta(seconds=1)
"""The database's time is in whole seconds: what was recorded within one is not shown to be later."""


async def _now(connection: AsyncConnection) -> datetime:
    return datetime.fromtimestamp((await connection.execute(select(Now()))).scalar_one(), UTC)


def _stands_against(known: Sequence[Consent], consent: Consent) -> bool:
    """Say whether a giver's words here forbid recording one from elsewhere: a later one, or a no not surely earlier.

    An agreement that is here already, and was turned down since, is old whatever its clock says.
    """
    if any(k.recorded_at > consent.recorded_at for k in known):
        return True
    if consent.state is not ConsentState.GIVEN:
        return False
    turned_down = [k for k in known if k.state is not ConsentState.GIVEN]
    here = [k.sequence for k in known if k.state is ConsentState.GIVEN and k.recorded_at == consent.recorded_at]
    return any(k.recorded_at + _SECOND > consent.recorded_at for k in turned_down) or any(
        k.sequence > min(here) for k in turned_down if here
    )


def _sayable(consent: Consent) -> None:
    if consent.state not in _NAMES:
        raise CannotBeDone("nothing-said", "a consent is given, refused or withdrawn")
    if not consent.purposes:
        raise CannotBeDone("no-purpose", "a consent is for a purpose; name one at least")
    if not consent.giver.strip():
        raise CannotBeDone("no-giver", "a consent has a giver")
    for code, why, said in (
        ("giver", "a giver is a word that tells one from another, such as mother: never a name", consent.giver),
        ("method", "how it was said is one word, such as form, spoken or meeting", consent.method or "-"),
        ("evidence", "evidence is a reference, such as form-17, without spaces", consent.evidence or "-"),
    ):
        if len(said) > _LONGEST[code] or _FORMS[code].fullmatch(said) is None:
            raise CannotBeDone(f"{code}-in-words", why)


_FORMS = {
    "giver": re.compile(r"[a-z][a-z0-9-]*"),
    "method": re.compile(r"[A-Za-z-]*"),
    "evidence": re.compile(r"[A-Za-z0-9._:/#-]*"),
}
_LONGEST = {"giver": 24, "method": 24, "evidence": 64}
"""What lies in the clear in the database cannot hold a sentence, an address or a person's name as it is written."""


def taken_back(
    told: Iterable[Consent],
    giver: str,
    only: str | None,
    recorded_by: str,
    now: datetime,
    *,
    said: date,
    reason: ConsentReason,
) -> Consent:
    """Give the withdrawal of everything a giver agreed to, or of one record of it; CannotBeDone where there is none."""
    theirs = [c for c in told if c.giver == giver]
    if not theirs or (only is not None and only not in {c.id for c in theirs}):
        raise CannotBeDone("no-such-consent", "nothing of the kind is recorded for this giver")
    last = next((c for c in theirs if c.id == only), theirs[-1])
    withdrawal = replace(
        last,
        state=ConsentState.WITHDRAWN,
        recorded_by=recorded_by,
        recorded_at=now,
        given=said,
        reviewed=None,
        expires=None,
        reason=reason,
    )
    if only is not None:
        return withdrawal
    every = frozenset(Purpose)
    return replace(withdrawal, services=frozenset(), kinds=frozenset(), recipients=frozenset(), purposes=every)


async def review_consent(
    acting: Acting, person_ids: frozenset[str], consent_id: str, by: By, *, day: date, expires: date | None
) -> str:
    """Record that a giver said once more what they had said, and until when it lasts now; gives the new record's id.

    Only a giver's newest word can be said again: what was taken back meanwhile is not given again by a review.
    """
    told = await consents_of(acting.database, person_ids)
    now = acting.clock()
    reviewed = said_again(told, consent_id, by.subject, now, day=day, expires=expires)

    async def unless(connection: AsyncConnection) -> None:
        told_now = await _told(connection, person_ids)
        said_again(told_now, consent_id, by.subject, now, day=day, expires=expires)

    return (await record_consents(acting, [reviewed], by, unless))[0]


def said_again(
    told: Iterable[Consent], consent_id: str, recorded_by: str, now: datetime, *, day: date, expires: date | None
) -> Consent:
    """Give the record that a review makes of a giver's newest word; CannotBeDone where it is not their newest."""
    every = list(told)
    held = next((c for c in every if c.id == consent_id), None)
    if held is None or held.state is not ConsentState.GIVEN:
        raise CannotBeDone("no-such-consent", "there is no such agreement to review")
    if any(c.giver == held.giver and c.sequence > held.sequence for c in every):
        raise CannotBeDone("later-word", "this giver has said something else since: read that first")
    return replace(held, recorded_by=recorded_by, recorded_at=now, reviewed=day, expires=expires)


async def withdraw(
    acting: Acting,
    person_ids: frozenset[str],
    giver: str,
    by: By,
    *,
    reason: ConsentReason,
    said: date,
    only: str | None = None,
) -> str:
    """Take back everything a giver agreed to, or one record of it; gives the withdrawal's id.

    One row says it all, so that it is never half done: of all that the giver said, for every service, kind of data,
    recipient and purpose; of one record, for exactly what that was about.
    """
    as_consent_recorder(by)
    told = await consents_of(acting.database, person_ids)
    async with patience(), acting.database.read() as connection:
        now = await _now(connection)  # no replica's clock says when it was: what came before must not seem later
    withdrawal = taken_back(told, giver, only, by.subject, now, said=said, reason=reason)
    # As it was recorded, whatever the words: nobody is kept from taking back what was recorded before words were held.
    return (await _record(acting, {new_record_id(): withdrawal}, by))[0]
