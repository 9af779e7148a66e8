"""Two replicas over one database, of each kind: what one ends is dead at the other before it says that it did."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from hub.cli import app
from hub.identity.owed import RECORDS
from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.conftest import PUBLIC
from tests.rooms.signing_in.ended import WAYS, ended
from tests.rooms.signing_in.two import Two, two_of
from tests.rooms.store.databases import upgraded_database

TRIES = 2


@pytest.fixture(params=["sqlite", "postgresql"])
async def two(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Two]:
    url = f"sqlite:///{tmp_path / 'both.db'}"
    if request.param == "postgresql":
        url = await upgraded_database(str(request.getfixturevalue("postgresql")))
    async with two_of(tmp_path, url) as made:
        yield made


async def test_a_sign_in_begun_at_one_ends_at_the_other_and_its_end_is_everywhere(
    two: Two, browser: Browser, client: httpx2.AsyncClient
) -> None:
    """State, session and its end are the store's: a stolen cookie is dead at every replica, however it ended."""
    asked = await browser.send("GET", f"{two.one.at}/sign-in/liar")
    said = httpx2.URL(asked.headers["location"]).params
    two.liar.nonce = said["nonce"]
    browser.jar[two.other.at] = browser.jar[two.one.at]
    back = {"code": "c", "state": said["state"], "iss": two.liar.url}
    replayed = Browser(client, {two.one.at: dict(browser.jar[two.one.at])})
    assert (await browser.send("GET", f"{two.other.at}/sign-in/liar/return", params=back)).status_code == 303
    assert (await replayed.send("GET", f"{two.one.at}/sign-in/liar/return", params=back)).status_code == 400
    for how in WAYS:
        seen = await ended(two, client, how, TRIES)
        assert (seen.answered_before, seen.refused_after, seen.told_after) == (TRIES, TRIES, 0), how


async def test_an_operator_ends_sessions_everywhere(tmp_path: Path, browser: Browser) -> None:
    """``hub sessions`` lists by pseudonym and ends one, a person's, an issuer's or all; who does it must be said."""
    async with two_of(tmp_path, f"sqlite:///{tmp_path / 'both.db'}") as two:
        variables = {"HUB_DATA": str(two.folder), "HUB_DATABASE_URL": two.url, "HUB_ENV": "development"}

        async def hub(*arguments: str) -> tuple[int, str]:
            done = await asyncio.to_thread(CliRunner().invoke, app, ["sessions", *arguments], env=variables)
            return done.exit_code, done.stdout

        await two.liar.bring(browser, two.one.at)
        code, said = await hub("list", "--json")
        (listed,) = json.loads(said)
        assert (code, listed["issuer"], listed["role"]) == (0, "liar", "front-door-worker")
        assert "Somebody" not in said
        assert listed["reference"] in (await hub("list", "--person", "liar:s-1"))[1]
        for which in ([listed["reference"]], ["--person", "liar:s-1"], ["--issuer", "liar"], ["--all"]):
            assert (await browser.ask(two.one.at, of=PUBLIC)).status_code == 200
            browser.jar[two.other.at] = browser.jar[two.one.at]
            assert (await hub("revoke", *which))[0] == 1
            assert (await hub("revoke", *which, "--by", "ops-1"))[0] == 0
            assert (await browser.ask(two.other.at, of=PUBLIC)).status_code == 401
            await two.liar.bring(browser, two.one.at)
        assert (await hub("revoke", "0" * 32, "--by", "ops-1"))[0] == 1
        database, settle = two.one.home.database, two.one.room.signing_in.owed.settle
        async with database.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE audit_record RENAME TO elsewhere")
        assert (await hub("revoke", "--all", "--by", "ops-2"))[0] == 0, "a session ends though the ledger is away"
        assert (await browser.ask(two.other.at, of=PUBLIC)).status_code == 401
        async with database.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO audit_record")
        await asyncio.gather(settle(), two.other.room.signing_in.owed.settle())
        actor = two.one.home.acting.pseudonyms.actor("ops-2")
        async with database.read() as connection:
            written = select(RECORDS.c.actor).where(RECORDS.c.actor == actor)
            assert len((await connection.execute(written)).all()) == 1, "and it is in the ledger once, later"
        assert (await hub("revoke", "--all", "--issuer", "liar", "--by", "ops-1"))[0] == 1
