"""``hub keys`` as an operator meets it: made, moved to, let go once nothing needs it; wrong input, nothing set up."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hub.cli import app
from hub.keys import create_keys, read_keys
from hub.people.index import PersonIndex
from hub.people.proving_keys import prove
from hub.store.database import Database
from tests.rooms.people.conftest import NOW
from tests.rooms.people.making import made, take, who
from tests.rooms.store.databases import upgraded_file

Hub = Callable[..., Result]
DONE = "--no-backup-needs-it"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Run the command over a data folder of its own."""
    monkeypatch.setenv("HUB_ENV", "development")
    return lambda *words: CliRunner().invoke(app, ["keys", *words, "--data", str(tmp_path)])


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Make keys and an index of three people in that folder."""

    async def fill() -> None:
        create_keys(tmp_path / "keys")
        database = Database(await upgraded_file(tmp_path / "hub.db"))
        await prove(database, read_keys(tmp_path / "keys"))
        await take(index_of(tmp_path, database), "health", made(), made("2", "Zofia"), made("3", "Rhys"))
        await database.close()

    asyncio.run(fill())
    return tmp_path


def index_of(folder: Path, database: Database) -> PersonIndex:
    return PersonIndex(database, read_keys(folder / "keys"), lambda: NOW)


def known(folder: Path) -> list[str]:
    """Give whom the source's ids stand for, opened with the keys that are there now."""

    async def read() -> list[str]:
        database = Database(f"sqlite:///{folder / 'hub.db'}")
        index = index_of(folder, database)
        found = [await who(index, "health", n) or "" for n in "123"]
        assert len(await index.people(found)) == 3
        assert all([(await index.traits(person)).names for person in found])
        await database.close()
        return found

    return asyncio.run(read())


def listed(hub: Hub) -> list[tuple[Any, ...]]:
    done = hub("list", "--json")
    assert done.exit_code == 0, done.output
    return [(row["file"], row["state"], row["rows"]) for row in json.loads(done.stdout)]


def refused(result: Result) -> str:
    """Insist on a refusal in one line, and give it."""
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("hub: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_key_is_made_moved_to_and_let_go(hub: Hub, people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each step everybody is who they were, and no file goes that anything needs."""
    monkeypatch.setattr("hub.people.rehashing.rehash.__defaults__", (0,))
    before = known(people)
    assert listed(hub) == [("index.key", "current", None), ("kek.key", "current", 3)]
    for key in ("kek", "index"):
        old, new = f"{key}.key", f"{key}-2.key"
        assert f"{old} is needed: the database holds it as current" in refused(hub("drop", key, "1", DONE))
        assert f"Made {new}" in hub("new", key).stderr
        assert f"{old} is needed" in refused(hub("drop", key, "1", DONE))
        assert f"{new} is the newest" in refused(hub("drop", key, "2", DONE))
        done = hub("rotate", key)
        assert done.exit_code == 0, done.output
        assert f"Everything is under {new}" in done.stderr
        assert hub("rotate", key).exit_code == 0
        assert "--no-backup-needs-it" in refused(hub("drop", key, "1"))
        assert (people / "keys" / old).exists()
        assert f"Removed {old}" in hub("drop", key, "1", DONE).stderr.replace("\n", " ")
        assert f"there is no {old}" in refused(hub("drop", key, "1", DONE))
        assert known(people) == before
    assert listed(hub) == [("index-2.key", "current", None), ("kek-2.key", "current", 3)]
    assert "Rows sealed under it" in hub("list").stdout


def test_a_key_that_some_rows_are_still_under_is_not_let_go(hub: Hub, people: Path) -> None:
    """A replica that did not know of the next key yet may have sealed under the old one since it was left."""
    without = read_keys(people / "keys")
    hub("new", "kek")
    assert hub("rotate", "kek").exit_code == 0

    async def late() -> None:
        database = Database(f"sqlite:///{people / 'hub.db'}")
        await take(
            PersonIndex(database, without, lambda: NOW), "health", made("4", "Wren", "Wharton", postcodes=("BK9 9ZZ",))
        )
        await database.close()

    asyncio.run(late())
    assert "1 rows are under it" in refused(hub("drop", "kek", "1", DONE))
    assert hub("rotate", "kek").exit_code == 0
    assert hub("drop", "kek", "1", DONE).exit_code == 0
    assert len(known(people)) == 3


def test_what_is_wrong_is_said_in_one_line(hub: Hub, people: Path) -> None:
    """Another key's name, a version that is none, a key of another hub, a folder that cannot be written to."""
    assert hub("new", "audit").exit_code == 2
    assert hub("rotate", "ledger").exit_code == 2
    assert hub("drop", "kek", "first").exit_code == 2
    assert "there is no kek-9.key" in refused(hub("drop", "kek", "9", DONE))
    right = (people / "keys" / "kek.key").read_text()
    (people / "keys" / "kek.key").write_text("0" * 64)
    for words in (("list",), ("rotate", "kek"), ("drop", "kek", "1", DONE)):
        assert "not the key that this database was made with" in refused(hub(*words))
    (people / "keys" / "kek.key").write_text("not a key")
    assert "kek.key is missing or is not hexadecimal" in refused(hub("new", "kek"))
    (people / "keys" / "kek.key").write_text(right)
    (people / "hub.db").write_bytes(b"this is no database at all, whatever its name says" * 100)
    assert "database cannot be used" in refused(hub("list"))


@pytest.mark.parametrize("words", [("list",), ("new", "kek"), ("rotate", "index"), ("drop", "kek", "1", DONE)])
def test_with_nothing_set_up_it_says_which_keys_are_missing(hub: Hub, words: tuple[str, ...]) -> None:
    """Every file that is missing, and nothing is made."""
    assert "kek.key is missing" in refused(hub(*words))
