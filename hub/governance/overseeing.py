"""Overseeing: reports from the ledger. That somebody asked for one is written down before anything is read."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from hub.audit.accesses import MOST, Access, Which, accesses
from hub.audit.entries import Ended, new_record_id
from hub.audit.left_out import LEFT_OUT, TOLD, Ground, decisions, told, told_to_family
from hub.audit.pseudonyms import Pseudonym
from hub.audit.reports import Look, Told
from hub.audit.unusual import Unusual, unusual
from hub.audit.watched import as_watches, watches_of
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.reasons import Reasons
from hub.governance.systems_apart import told_apart

ASKED: Final = "report-asked"
LAST: Final = 25
"""Accesses shown to whoever works with a child."""

RECENT: Final = timedelta(hours=24)
"""For how long having opened a record entitles somebody to see who else did."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one organisation's workers asked a source for one purpose, and how often it gave records."""

    organisation: str
    purpose: str
    asked: int
    records: int


async def page(acting: Acting, by: By, report: str, which: Which, *, limit: int, after: str = "") -> tuple[Access, ...]:
    """Give a page of a report, newest first."""
    await acting.note(by, Note(ASKED, report, facts=_facts(which)))
    found = await accesses(acting.database, which, limit=limit, after=after)
    return tuple(concerning(one, which) for one in found)


def concerning(one: Access, which: Which) -> Access:
    """Give an access as far as it concerns an agency: of others' questions, only what its own sources were asked."""
    if which.concerning is None or one.organisation == which.concerning[0]:
        return one
    return replace(one, sources=tuple(s for s in one.sources if s.source in which.concerning[1]), presented=())


async def whole(acting: Acting, by: By, report: str, which: Which) -> tuple[Access, ...]:
    """Give a report whole, newest first, to be kept as a file."""
    await acting.note(by, Note(ASKED, report, facts=_facts(which)))
    return tuple(concerning(one, which) for one in await every(acting, which))


async def family_of_agency(
    acting: Acting, by: By, person_ids: Iterable[str], sources: Collection[str]
) -> tuple[Look, ...]:
    """Give what one agency can tell a family: its own workers' looks, and others' as far as they asked its sources.

    ``sources`` are the agency's. What others learnt elsewhere is for others to tell, of the same service too.
    """
    ids = frozenset(person_ids)
    subjects = frozenset(map(acting.pseudonyms.subject, ids))
    which = Which(subjects, concerning=(by.organisation, frozenset(sources)))
    theirs = {one.record_id for one in await every(acting, which)}
    looks = as_watches(
        look if look.organisation == by.organisation else replace(look, told=_of(look.told, sources))
        for look in await _told_to_family(acting, by, ids)
        if look.record_id in theirs
    )
    return told_apart(looks)


def _of(told: Iterable[Told], sources: Collection[str]) -> tuple[Told, ...]:
    return tuple(one for one in told if one.source in sources)


async def family(acting: Acting, by: By, person_ids: Iterable[str]) -> tuple[Look, ...]:
    """Give what a family is told: who looked, when and why, without what an officer decided to leave out."""
    return told_apart(as_watches(await _told_to_family(acting, by, person_ids)))


async def _told_to_family(acting: Acting, by: By, person_ids: Iterable[str]) -> tuple[Look, ...]:
    ids = sorted(person_ids)
    await acting.note(by, *(Note(ASKED, "family", one) for one in ids))
    return await told_to_family(acting.database, map(acting.pseudonyms.subject, ids))


async def signs(acting: Acting, by: By, which: Which) -> tuple[Unusual, ...]:
    """Give what was unusual in a period."""
    await acting.note(by, Note(ASKED, "unusual", facts=_facts(which)))
    return unusual(await every(acting, which))


async def tallied(acting: Acting, by: By, which: Which) -> tuple[Tally, ...]:
    """Count what a source was asked, by organisation and purpose."""
    await acting.note(by, Note(ASKED, "source", facts=_facts(which)))
    asked: Counter[tuple[str, str]] = Counter()
    gave: Counter[tuple[str, str]] = Counter()
    for one in await every(acting, which):
        for source in one.sources:
            if source.source == which.source and source.called:
                asked[one.organisation, one.purpose.value] += 1
                gave[one.organisation, one.purpose.value] += source.outcome == "RECORDS"
    return tuple(Tally(*key, count, gave[key]) for key, count in sorted(asked.items()))


async def every(acting: Acting, which: Which) -> list[Access]:
    """Read all accesses of a period, a page at a time."""
    found: list[Access] = []
    after = ""
    while True:
        some = await accesses(acting.database, which, limit=MOST, after=after)
        found += some
        if len(some) < MOST:
            return found
        after = some[-1].cursor


async def last_accesses(acting: Acting, by: By, person_ids: Iterable[str]) -> tuple[Access, ...] | None:
    """Give the last accesses of somebody to a worker who opened their record in the last day; none to anybody else.

    What a family is not told of, a worker is not told of either. Of a watch the latest look stands for all.
    """
    ids = sorted(person_ids)
    subjects = frozenset(map(acting.pseudonyms.subject, ids))
    own = Which(subjects, acting.pseudonyms.actor(by.subject), since=acting.clock() - RECENT)
    if not any(_opened(one) for one in await accesses(acting.database, own, limit=MOST)):
        return None
    await acting.note(by, *(Note("last-accesses-read", "last-accesses", one) for one in ids))
    decided = await decisions(acting.database, subjects)
    shown: list[Access] = []
    watches, seen = await watches_of(acting.database, subjects), frozenset[str]()
    after = ""
    while len(shown) < LAST:
        some = await accesses(acting.database, Which(subjects), limit=LAST, after=after)
        for one in some:
            if told(one.record_id, one.purpose, decided) and one.request_id not in seen:
                seen |= watches & {one.request_id}
                shown.append(one)
        if len(some) < LAST:
            break
        after = some[-1].cursor
    return tuple(shown[:LAST])


def _opened(one: Access) -> bool:
    return one.ended in {Ended.COMPLETE, Ended.PART} and any(source.shown for source in one.sources)


async def leave_out(acting: Acting, by: By, person_ids: Iterable[str], record: str, ground: Ground, words: str) -> None:
    """Decide that a family is not told of a look; the words that say why are sealed."""
    person, _ = await _look(acting, person_ids, record)
    kept = new_record_id()
    await Reasons(acting.database, acting.sealer).keep([kept], words)
    await acting.note(by, Note(LEFT_OUT, record, person, {"ground": ground.value, "words": f"words.{kept}"}))


async def tell(acting: Acting, by: By, person_ids: Iterable[str], record: str) -> None:
    """Decide that a family is told of a look; of one for crime, the agency that asked decides."""
    person, found = await _look(acting, person_ids, record)
    if found.organisation != by.organisation and not told(record, found.purpose, {}):
        raise CannotBeDone("not-yours", "the agency that asked decides whether a look to prevent crime is told of")
    await acting.note(by, Note(TOLD, record, person))


async def _look(acting: Acting, person_ids: Iterable[str], record: str) -> tuple[str, Access]:
    """Find a look at somebody by its entry's id; gives the id of theirs that it was at."""
    by_name: dict[Pseudonym, str] = {acting.pseudonyms.subject(one): one for one in person_ids}
    for one in await every(acting, Which(frozenset(by_name))):
        if one.record_id == record:
            met = {one.subject, *one.presented} & by_name.keys()
            return next(by_name[name] for name in by_name if name in met), one
    raise CannotBeDone("no-such-look", "the ledger holds no look at this person of that id")


def _facts(which: Which) -> dict[str, str]:
    found = {"source": which.source, "organisation": which.organisation}
    facts = {name: word for name, word in found.items() if word}
    if which.actor:
        facts["worker"] = f"actor.{which.actor}"
    if which.subjects:
        facts["people"] = f"subject.{min(which.subjects)}"
    for name, at in (("since", which.since), ("until", which.until)):
        facts |= {name: f"day.{_day(at)}"} if at else {}
    return facts


def _day(at: datetime) -> str:
    return at.date().isoformat()
