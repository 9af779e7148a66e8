"""``hub reviews``: what a lead lists and closes, what an employer gives, and what is refused in one line."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.audit.pseudonyms import Pseudonyms
from hub.cli import app
from hub.keys import create_keys, read_keys
from hub.reviews.items import Item, Items
from hub.store.database import Database
from schema.governance.review_kinds import ReviewAbout
from tests.cast import NOW

RUN = CliRunner()
WHO = ("--by", "ig-1", "--organisation", "county-council")
STAFF = "worker,given_name,family_name,postcode\nsub-1,Priya,Vane,BK1 1AA\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")

    async def fill() -> None:
        database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
        await database.upgrade()
        names = Pseudonyms(read_keys(tmp_path / "keys"))
        item = Item("county-council", ReviewAbout.NO_CASE, names.actor("sub-1"), "req-1", names.subject("p"))
        await Items(database, lambda: NOW).leave(item)
        await database.close()

    asyncio.run(fill())
    return tmp_path


def run(data: Path, *words: str) -> Result:
    return RUN.invoke(app, ["reviews", *words, *WHO, "--data", str(data)], env={"HUB_ENV": "development"})


def test_a_lead_lists_and_closes(data: Path) -> None:
    """As a table, as JSON; closed it is no longer listed."""
    (told,) = json.loads(run(data, "list", "--json").stdout)
    assert (told["about"], told["reference"], told["outcome"]) == ("NO_CASE", "req-1", None)
    assert "NO_CASE" in run(data, "list").stdout
    assert run(data, "close", told["id"], "--outcome", "IN_ORDER").exit_code == 0
    assert json.loads(run(data, "list", "--json").stdout) == []
    assert json.loads(run(data, "list", "--closed", "--json").stdout)[0]["outcome"] == "IN_ORDER"


def test_what_is_refused_is_said_in_one_line(data: Path) -> None:
    """A wrong outcome, an item that is not there, no file, a file that is wrong: nothing is changed."""
    file = data / "staff.csv"
    file.write_text("worker\n", "utf-8")
    for words, said in (
        (("close", "x", "--outcome", "FINE"), "is not one of"),
        (("close", "x", "--outcome", "IN_ORDER"), "no open review item"),
        (("workforce",), "--forget"),
        (("workforce", str(file)), "line 1"),
        (("workforce", str(data / "none.csv")), "cannot be read"),
    ):
        done = run(data, *words)
        assert done.exit_code == 1, words
        assert said in done.stderr, done.stderr
        assert "Traceback" not in done.output


def test_an_employer_gives_and_takes_back_its_workers(data: Path) -> None:
    """Only hashes are kept, and how many is said."""
    file = data / "staff.csv"
    file.write_text(STAFF, "utf-8")
    assert "1 workers are known of county-council" in run(data, "workforce", str(file)).stderr
    assert b"Vane" not in (data / "hub.db").read_bytes()
    assert "0 workers are known" in run(data, "workforce", "--forget").stderr
