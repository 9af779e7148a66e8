"""What a family is told of, and what an officer decided to leave out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.audit.entries import Event, new_record_id
from hub.audit.ledger import Ledger
from hub.audit.left_out import LEFT_OUT, MAY_BE_LEFT_OUT, TOLD, told_to_family
from hub.keys import Keyring
from hub.store.database import Database
from schema.purposes import Purpose
from tests.rooms.audit import people
from tests.rooms.audit.people import CHILD, OTHER
from tests.rooms.audit.test_ledger import opened


@pytest.fixture
async def ledger(database: Database, keyring: Keyring) -> Ledger:
    """Open a ledger on each kind of database."""
    return await opened(database, keyring)


def decided(name: str, about: str, seconds: int) -> Event:
    """Give an officer's decision."""
    own, at = new_record_id(), people.AT + timedelta(seconds=seconds)
    return Event(own, own, at, name, actor=people.WORKER, subject=CHILD, about=about)


async def test_what_was_decided_last_counts_for_each_look(database: Database, ledger: Ledger) -> None:
    """Told unless left out; asked about a crime, left out unless told; the same for a search, and under every id."""
    ordinary, crime = people.intent(1), replace(people.intent(2), purpose=Purpose.CRIME_PREVENTION)
    met = replace(people.search(CHILD), at=people.AT + timedelta(seconds=3), purpose=Purpose.CRIME_PREVENTION)
    other = people.intent(4, subject=OTHER)
    await ledger.append(ordinary, crime, met, other, people.event())

    async def told() -> list[str]:
        return [look.record_id for look in await told_to_family(database, (CHILD, OTHER))]

    assert await told() == [ordinary.record_id, other.record_id]
    await ledger.append(decided(LEFT_OUT, ordinary.record_id, 10), decided(TOLD, crime.record_id, 11))
    assert await told() == [crime.record_id, other.record_id]
    await ledger.append(decided(TOLD, ordinary.record_id, 12), decided(TOLD, met.record_id, 13))
    assert await told() == [ordinary.record_id, crime.record_id, met.record_id, other.record_id]
    await ledger.close()
    assert [look.record_id for look in await told_to_family(database, (OTHER,))] == [other.record_id]


def test_every_report_says_that_something_may_be_left_out() -> None:
    """In the same words whether or not anything was: who to ask, and who to complain to."""
    assert "Information Commissioner" in MAY_BE_LEFT_OUT
