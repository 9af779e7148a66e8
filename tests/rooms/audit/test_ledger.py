"""The ledger: durable when it says so, dense, one writer a log, and refusing in time when it cannot write."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from hub.audit.checkpoint import read_note
from hub.audit.errors import LedgerDamaged, LedgerUnavailable
from hub.audit.ledger import DEADLINE, Ledger
from hub.audit.merkle import root_of
from hub.audit.verify import verify_database
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.stage import clock


async def opened(database: Database, keyring: Keyring, replica: str = "a") -> Ledger:
    """Open a ledger."""
    return await Ledger.open(database, keyring, replica=replica, clock=clock)


async def run(database: Database, *statements: str) -> None:
    """Do something to the database behind the ledger's back."""
    async with database.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def one(database: Database, statement: str) -> Any:
    """Read one value."""
    async with database.read() as connection:
        return (await connection.execute(text(statement))).scalar_one()


async def refused(work: Awaitable[object]) -> str:
    """Give the code with which something was refused, and check that it was in time."""
    start = time.monotonic()
    with pytest.raises(LedgerUnavailable) as error:
        await work
    assert time.monotonic() - start < DEADLINE + 0.5
    return error.value.code


async def test_an_acknowledged_entry_is_in_the_database(
    database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """Each receipt names a row that is there when it is given, in order, and the whole verifies."""
    ledger = await opened(database, keyring)
    asked = people.intent()
    first, second = await ledger.append(asked, people.outcome(asked))
    (third,) = await ledger.append(people.search(people.CHILD))
    assert [r.seq for r in (first, second, third)] == [0, 1, 2]
    assert await one(database, "SELECT count(*) FROM audit_record") == 3 == ledger.size
    stored = await one(database, "SELECT leaf_hash FROM audit_record WHERE seq = 0")
    assert bytes(stored) == first.leaf
    note = read_note(await ledger.checkpoint(), public)
    assert (note.origin, note.size) == ("childrens-services-hub/a", 3)
    assert note.root == root_of([first.leaf, second.leaf, third.leaf])
    await ledger.close()
    found = await verify_database(database, public)
    assert (found.ok, found.records, found.logs, found.uncovered) == (True, 3, ("a",), 0)


async def test_appends_at_once_share_commits_and_stay_dense(
    database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """Two hundred at once: every place once, none missing, far fewer transactions than entries."""
    ledger = await opened(database, keyring)
    commits = 0
    write = ledger._writer.write

    async def counted(rows: Any) -> None:
        nonlocal commits
        commits += 1
        await write(rows)

    ledger._writer.write = counted  # type: ignore[method-assign] # counts, then does the real thing
    receipts = await asyncio.gather(*(ledger.append(people.intent(n)) for n in range(600)))
    assert sorted(r.seq for (r,) in receipts) == list(range(600))
    assert commits < 10
    await ledger.close()
    assert (await verify_database(database, public)).ok


async def test_nothing_to_write_is_written_at_once(sqlite: Database, keyring: Keyring) -> None:
    """No entries, no receipts."""
    ledger = await opened(sqlite, keyring)
    assert await ledger.append() == ()
    await ledger.close()


async def test_a_replica_has_one_writer(database: Database, keyring: Keyring) -> None:
    """A second ledger of the same name is refused while the first is open, and not after; another name is not."""
    first = await opened(database, keyring)
    with pytest.raises(LedgerUnavailable, match="replica-in-use"):
        await opened(database, keyring)
    other = await opened(database, keyring, "b")
    await first.close()
    again = await opened(database, keyring)
    await again.close()
    await other.close()


@pytest.mark.parametrize("name", ["", "A", "a b", "a/b", "a+b", "-a", "a" * 80])
async def test_a_replica_s_name_must_fit_a_note(name: str, sqlite: Database, keyring: Keyring) -> None:
    """A name that a signed note could not carry is refused."""
    with pytest.raises(ValueError, match="replica's name"):
        await opened(sqlite, keyring, name)


async def test_a_log_is_resumed_where_it_ended(database: Database, keyring: Keyring, public: Ed25519PublicKey) -> None:
    """Opened again, from a checkpoint, from beyond one, or from none: the next place follows and all verifies."""
    size = 0
    for closing in (False, True, False, True):
        ledger = await opened(database, keyring)
        assert ledger.size == size
        for number in range(3):
            await ledger.append(people.intent(number))
        size += 3
        if closing:
            await ledger.close()
        else:
            await ledger._writer.close()
    found = await verify_database(database, public)
    assert (found.ok, found.records, found.checkpoints) == (True, 12, 2)


async def test_a_long_tail_is_resumed_page_by_page(
    sqlite: Database, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tail longer than a page is read whole."""
    ledger = await opened(sqlite, keyring)
    await asyncio.gather(*(ledger.append(people.intent(n)) for n in range(25)))
    root = ledger._tree.root
    await ledger._writer.close()
    monkeypatch.setattr("hub.audit.ledger.PAGE", 4)
    again = await opened(sqlite, keyring)
    assert (again.size, again._tree.root) == (25, root)
    await again.close()


async def test_a_checkpoint_is_signed_once_for_each_size(database: Database, keyring: Keyring) -> None:
    """Nothing new: the same note. Something new: another, and the hub's tree counts all replicas'."""
    first, second = await opened(database, keyring), await opened(database, keyring, "b")
    await first.append(people.intent())
    note = await first.checkpoint()
    assert await first.checkpoint() == note
    await second.append(people.intent())
    assert await second.checkpoint() != note
    assert await one(database, "SELECT max(number) FROM audit_checkpoint") == 2
    await first.close()
    await second.close()


async def test_replicas_that_sign_at_once_take_turns(
    database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """Four replicas sign together: four numbers, one after another, and all verify."""
    ledgers = [await opened(database, keyring, name) for name in "abcd"]
    await asyncio.gather(*(ledger.append(people.intent()) for ledger in ledgers))
    await asyncio.gather(*(ledger.checkpoint() for ledger in ledgers))
    for ledger in ledgers:
        await ledger.close()
    found = await verify_database(database, public)
    assert (found.ok, found.checkpoints, found.logs) == (True, 4, ("a", "b", "c", "d"))


async def test_numbers_that_are_always_taken_are_given_up(
    sqlite: Database, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint that never finds a free number is refused, not tried for ever."""
    ledger = await opened(sqlite, keyring)
    await ledger.append(people.intent())
    monkeypatch.setattr("hub.audit.checkpoints.TRIES", 0)
    assert await refused(ledger.checkpoint()) == "checkpoints-contended"
    await ledger.close()


async def test_a_closed_ledger_takes_nothing(sqlite: Database, keyring: Keyring) -> None:
    """What was waiting is written before closing; what comes after is refused."""
    ledger = await opened(sqlite, keyring)
    waiting = asyncio.create_task(ledger.append(people.intent()))
    await asyncio.sleep(0)
    await ledger.close()
    assert (await waiting)[0].seq == 0
    assert await refused(ledger.append(people.intent())) == "closed"
    await ledger._writer.close()


async def test_a_caller_that_leaves_does_not_disturb_the_others(sqlite: Database, keyring: Keyring) -> None:
    """One of three appends is cancelled at different moments: the others get their receipts."""
    ledger = await opened(sqlite, keyring)
    for pauses in range(4):
        tasks = [asyncio.create_task(ledger.append(people.intent(n))) for n in range(3)]
        for _ in range(pauses):
            await asyncio.sleep(0)
        tasks[1].cancel()
        first, gone, last = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(gone, asyncio.CancelledError)
        assert isinstance(first, tuple)
        assert isinstance(last, tuple)
    await ledger.close()


Damaging = Callable[[Database], Awaitable[None]]


def breaking(*statements: str) -> Damaging:
    """Make a way of damaging the database."""
    return lambda database: run(database, *statements)


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("ALTER TABLE audit_record RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO audit_record"),
        ("ALTER TABLE audit_record RENAME COLUMN kind TO sort", "ALTER TABLE audit_record RENAME COLUMN sort TO kind"),
    ],
)
async def test_a_broken_table_refuses_and_a_mended_one_is_used(
    broken: str, mended: str, database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """Table gone or changed: every append is refused, the tree stays; mended: it goes on, with no restart."""
    ledger = await opened(database, keyring)
    await ledger.append(people.intent())
    await run(database, broken)
    root = ledger._tree.root
    for _ in range(3):
        assert await refused(ledger.append(people.intent())) in {"SQLITE_ERROR", "SQLSTATE_42P01", "SQLSTATE_42703"}
    assert (ledger.size, ledger._tree.root) == (1, root)
    await run(database, mended)
    assert (await ledger.append(people.intent()))[0].seq == 1
    await ledger.close()
    assert (await verify_database(database, public)).ok


async def test_a_lost_tail_is_noticed_before_anything_is_added(database: Database, keyring: Keyring) -> None:
    """The database was put back behind the ledger's back: it refuses, and says so when opened again."""
    ledger = await opened(database, keyring)
    for number in range(3):
        await ledger.append(people.intent(number))
    await ledger.checkpoint()
    await run(database, "DELETE FROM audit_record WHERE seq = 2")
    ledger._known = False  # as after any error
    assert await refused(ledger.append(people.intent())) == "tail-lost"
    await ledger._writer.close()
    with pytest.raises(LedgerDamaged, match="tail-lost"):
        await opened(database, keyring)


@pytest.mark.parametrize("change", ["actor = 'somebody'", "salt = NULL", "salt = body", "seq = 2"])
async def test_a_tail_written_by_somebody_else_is_not_resumed(
    change: str, database: Database, keyring: Keyring
) -> None:
    """A row that does not hold, or is not in its place, refuses the ledger."""
    ledger = await opened(database, keyring)
    await ledger.append(people.intent())
    await ledger.append(people.intent())
    await run(database, f"UPDATE audit_record SET {change} WHERE seq = 1")  # noqa: S608 -- the damage is ours
    await ledger._writer.close()
    with pytest.raises(LedgerDamaged, match="tail-damaged"):
        await opened(database, keyring)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit_checkpoint SET size = size + 1",
        "UPDATE audit_checkpoint SET size = 3",
        "UPDATE audit_checkpoint SET note = 'x'",
        "UPDATE audit_checkpoint SET note = hub_note",
    ],
)
async def test_a_damaged_checkpoint_is_not_resumed(damage: str, sqlite: Database, keyring: Keyring) -> None:
    """What the latest checkpoint says must be signed."""
    ledger = await opened(sqlite, keyring)
    await ledger.append(people.intent())
    await ledger.close()
    await run(sqlite, damage)
    with pytest.raises(LedgerDamaged, match="checkpoint-damaged"):
        await opened(sqlite, keyring)


async def test_a_database_that_cannot_be_read_refuses_to_open(sqlite: Database, keyring: Keyring) -> None:
    """No tables: no ledger, and no checkpoint."""
    ledger = await opened(sqlite, keyring)
    await ledger.append(people.intent())
    await run(sqlite, "DROP TABLE audit_checkpoint")
    await refused(ledger.checkpoint())
    await ledger.close()
    await refused(opened(sqlite, keyring))


async def test_a_checkpoint_that_cannot_be_stored_is_refused(sqlite: Database, keyring: Keyring) -> None:
    """The database takes no new checkpoint: refused."""
    ledger = await opened(sqlite, keyring)
    await ledger.append(people.intent())
    await run(
        sqlite,
        "CREATE TRIGGER no BEFORE INSERT ON audit_checkpoint BEGIN SELECT no_such_function(); END",
    )
    assert await refused(ledger.checkpoint()) == "OperationalError"
    await ledger.close()


async def test_whatever_goes_wrong_refuses_those_who_wait(
    sqlite: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """An error nobody thought of is a refusal with its name, and the next append works."""
    ledger = await opened(sqlite, keyring)
    write = ledger._writer.write

    async def wrong(_rows: object) -> None:
        raise ZeroDivisionError

    ledger._writer.write = wrong  # type: ignore[method-assign,assignment] # a planted mistake of ours
    assert await refused(ledger.append(people.intent())) == "ZeroDivisionError"
    ledger._writer.write = write  # type: ignore[method-assign] # mended
    await ledger.append(people.intent())
    await ledger.close()
    assert (await verify_database(sqlite, public)).records == 1


async def test_what_the_database_kept_of_a_refused_append_is_counted(
    database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """The answer to a commit is lost after the commit: the caller is refused, the log goes on after that row."""
    ledger = await opened(database, keyring)
    await ledger.append(people.intent())
    write = ledger._writer.write

    async def answer_lost(rows: Any) -> None:
        await write(rows)
        raise LedgerUnavailable("answer-lost")

    ledger._writer.write = answer_lost  # type: ignore[method-assign] # the real commit, its answer lost
    assert await refused(ledger.append(people.intent())) == "answer-lost"
    ledger._writer.write = write  # type: ignore[method-assign] # mended
    assert (await ledger.append(people.intent()))[0].seq == 2
    await ledger.close()
    found = await verify_database(database, public)
    assert (found.ok, found.records) == (True, 3)
