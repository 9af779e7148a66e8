"""Accesses: a projection of the ledger, newest first and in pages, that tells no more than it is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.audit.accesses import MOST, Access, Which, accesses
from hub.audit.entries import Ended, Kind
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonym
from hub.keys import Keyring
from hub.store.database import Database
from schema.outcomes import Outcome
from tests.rooms.audit import people
from tests.rooms.audit.people import CHILD, OTHER, WORKER
from tests.rooms.audit.test_ledger import opened


@pytest.fixture
async def filled(database: Database, keyring: Keyring) -> Ledger:
    """Give a log of looks at two children by two workers of two agencies, and searches."""
    ledger = await opened(database, keyring)
    first = people.intent(1)
    elsewhere = replace(people.intent(2, subject=OTHER), organisation="police", actor=Pseudonym("f" * 32), basis=None)
    await ledger.append(first, people.outcome(first, 3), elsewhere, people.event(), people.search(OTHER, CHILD))
    await ledger.append(people.search(), people.intent(9))
    await ledger.close()
    return ledger


async def got(database: Database, limit: int = 10, after: str = "", **which: object) -> list[Access]:
    """Give a page."""
    return list(await accesses(database, Which(**which), limit=limit, after=after))  # type: ignore[arg-type] # a test's own words


async def test_a_childs_accesses_are_those_asked_about_and_those_a_search_showed(
    database: Database, filled: Ledger
) -> None:
    """Newest first; nobody else's; an outcome only where one was written."""
    assert not filled.writable
    found = await got(database, subjects=frozenset({CHILD}))
    assert [one.kind for one in found] == [Kind.INTENT, Kind.INTENT, Kind.SEARCH]
    last, looked, searched = found
    assert (last.ended, last.kind, last.subject) == (None, Kind.INTENT, CHILD)
    assert looked.ended is Ended.COMPLETE
    (asked,) = looked.sources
    assert (asked.outcome, asked.shown, asked.withheld, asked.called) == (Outcome.RECORDS.value, 2, 1, True)
    assert (searched.kind, searched.subject, searched.presented) == (Kind.SEARCH, None, (OTHER, CHILD))
    assert searched.business
    assert len(await got(database, subjects=frozenset({CHILD, OTHER}))) == 4
    assert await got(database, subjects=frozenset({Pseudonym("9" * 32)})) == []


async def test_what_is_asked_for_is_all_that_is_given(database: Database, filled: Ledger) -> None:
    """By worker, source, agency and time."""
    assert filled
    assert len(await got(database)) == 5
    assert len(await got(database, actor=WORKER)) == 4
    (police,) = await got(database, organisation="police")
    assert police.basis is None
    assert len(await got(database, source="housing-north")) == 3
    assert await got(database, source="housing") == []
    assert len(await got(database, concerning=("police", frozenset({"housing-north"})))) == 3
    assert len(await got(database, concerning=("police", frozenset()))) == 1
    assert len(await got(database, since=people.AT + timedelta(seconds=2))) == 2
    assert len(await got(database, until=people.AT + timedelta(seconds=2))) == 3


async def test_pages_join_without_a_gap_or_a_repeat(database: Database, filled: Ledger) -> None:
    """However small they are, and though several entries bear one time; a page has an end."""
    assert filled
    whole, paged, after = await got(database), [], ""
    while some := await got(database, 1, after):
        paged += some
        after = some[-1].cursor
    assert paged == whole
    assert await got(database, 0) == []
    assert len(await got(database, MOST + 1)) == 5


async def test_business_is_what_the_entry_says(sqlite: Database, keyring: Keyring) -> None:
    """None of it: no relationship at any source, and none of them the asker's own."""
    ledger = await opened(sqlite, keyring)
    plain = people.intent()
    for facts, expected in (
        ({"relationship": "NONE", "own": "no"}, False),
        ({"relationship": "NONE", "own": "yes"}, True),
        ({"relationship": "TEAM"}, True),
    ):
        sources = (replace(plain.sources[0], facts=facts),)
        await ledger.append(replace(people.intent(1), sources=sources, actor=Pseudonym(f"{len(str(facts)):032x}")))
        (found,) = await got(sqlite, actor=Pseudonym(f"{len(str(facts)):032x}"))
        assert found.business is expected
    await ledger.close()
