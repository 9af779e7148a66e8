"""Leaving and coming in droves: whoever signs out is out, whatever is away; and nobody fills the store by beginning."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from starlette.requests import Request

from hub.audit.entries import Event, new_record_id
from hub.audit.errors import UNKNOWN, LedgerUnavailable
from hub.audit.ledger import Ledger
from hub.identity import arriving, attempts, owed
from hub.identity.arriving import Arrivals, TooMany
from hub.identity.attempts import ATTEMPT, LASTS
from hub.identity.owed import LEASE, OWED, RECORDS, Owed
from hub.identity.proxies import Proxies
from hub.identity.sessions import SESSION
from hub.store.database import Database, StoreUnavailable
from hub.store.seconds import Now
from tests.cast import NOW
from tests.house import house
from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.conftest import Replica, sign_in


async def signed_out(replica: Replica) -> list[dict[str, Any]]:
    return [event for event in await replica.events() if event["name"] == "signed-out"]


async def test_whoever_signs_out_is_out_though_it_cannot_be_written_down(replica: Replica, browser: Browser) -> None:
    """The session ends at once; the log has its reference; the ledger has it, with its moment, once it can."""
    home = await sign_in(browser, replica.url, "social-worker")
    token = browser.cookie(replica.url)
    database = replica.home.database
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit_record RENAME TO elsewhere")
    gone = await browser.submit(home, until="/development-issuer")
    assert gone.status_code == 303
    browser.jar[replica.url]["hub-session"] = token
    assert (await browser.ask(replica.url)).status_code == 401
    assert "sign-out-not-written" in replica.logged()
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO audit_record")
    assert await signed_out(replica) == []
    later = Owed(
        database, replica.home.ledger, replica.room.signing_in.owed.unwritten
    )  # of another process: this one died
    await later.settle()
    await later.settle()
    (event,) = await signed_out(replica)
    assert event["about"] in replica.logged()


async def test_what_is_owed_is_written_once_wherever_whoever_carries_it_dies(
    replica: Replica, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written though nobody said so, it is known by its id; nobody else takes it up at once; the unreadable stays."""
    home, database = await sign_in(browser, replica.url, "social-worker"), replica.home.database
    with monkeypatch.context() as dying:

        async def written(ledger: Ledger, *events: Event) -> None:
            await ledger.append(*events)
            raise LedgerUnavailable(UNKNOWN)

        dying.setattr(Ledger, "carry", written)
        assert (await browser.submit(home, until="/development-issuer")).status_code == 303
    assert "sign-out-not-written" in replica.logged()
    settled = replica.room.signing_in.owed
    await settled.settle()
    async with database.begin() as connection:
        assert (await connection.execute(select(OWED.c.record_id))).scalar_one(), "another has it for a while"
        await connection.execute(update(OWED).values(claimed=Now() - LEASE - 1))
        unreadable = {"record_id": "damaged", "at": "2026", "event": b"{}", "claimed": 0}
        await connection.execute(insert(OWED).values(unreadable))
    await settled.settle()
    async with database.read() as connection:
        assert (await connection.execute(select(OWED.c.record_id))).scalar_one() == "damaged"
    assert len(await signed_out(replica)) == 1
    assert "owed-unreadable" in replica.logged()


async def test_two_who_carry_at_once_write_each_event_once(tmp_path: Path) -> None:
    """Twenty owed, three who settle them together: each is in the ledger once, and none is owed any more."""
    async with house(tmp_path) as home:
        events = [Event(new_record_id(), new_record_id(), NOW, "sessions-revoked") for _ in range(20)]
        async with home.database.begin() as connection:
            for event in events:
                await owed.owe(connection, event)
        carriers = [Owed(home.database, home.ledger, lambda *_: None) for _ in range(3)]
        await asyncio.gather(*(each.settle() for each in carriers))
        async with home.database.read() as connection:
            found = [r.record_id for r in await connection.execute(select(RECORDS.c.record_id))]
            assert not (await connection.execute(select(OWED.c.record_id))).all()
        assert sorted(found) == sorted(event.record_id for event in events)


async def test_a_browser_forgets_its_session_though_the_store_is_away(
    replica: Replica, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told the truth: signed out of this browser, and the session itself not yet."""
    home = await sign_in(browser, replica.url)
    with monkeypatch.context() as away:

        def gone(_: Database) -> None:
            raise StoreUnavailable("gone")

        away.setattr(Database, "local", property(gone))
        told = await browser.submit(home)
    assert told.status_code == 503
    assert "This browser is signed out" in told.text
    assert "hub-session" not in browser.jar[replica.url]


async def test_nobody_begins_sign_ins_without_end(
    replica: Replica, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One address begins so many in the time one lasts; all together so many; what is over is swept away."""
    monkeypatch.setattr(arriving, "OF_ADDRESS", 3)
    begin = f"{replica.url}/sign-in/demo"
    answers = [await browser.send("GET", begin) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [303] * 3 + [429] * 2
    assert answers[-1].headers["retry-after"] == str(LASTS)
    count = select(func.count()).select_from(ATTEMPT)
    async with replica.home.database.begin() as connection:
        assert (await connection.execute(count)).scalar_one() == 3
        await connection.execute(update(ATTEMPT).values(began=Now() - LASTS - 1))
        assert (await connection.execute(select(func.count()).select_from(SESSION))).scalar_one() == 0
    await replica.room.signing_in.attempts.sweep()
    await replica.room.signing_in.sessions.sweep()
    async with replica.home.database.read() as connection:
        assert (await connection.execute(count)).scalar_one() == 0
    monkeypatch.setattr(arriving, "OF_ADDRESS", 1_000)
    monkeypatch.setattr(attempts, "MOST", 1)
    assert [(await browser.send("GET", begin)).status_code for _ in range(2)] == [303, 429]
    assert "too-many-sign-ins" in replica.logged()


def coming(address: str, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw, "client": (address, 1)})


def begun(arrivals: Arrivals, *requests: Request) -> list[bool]:
    """Say of each whether it may begin."""

    def may(request: Request) -> bool:
        try:
            arrivals.begin(request)
        except TooMany:
            return False
        return True

    return [may(request) for request in requests]


def test_addresses_are_counted_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the proxy's word where there is one, IPv6 by its network, anew after a while, and only so many remembered."""
    monkeypatch.setattr(arriving, "OF_ADDRESS", 1)
    monkeypatch.setattr(arriving, "MOST", 2)
    now = [time.monotonic()]
    arrivals = Arrivals(Proxies.of(["10.0.0.0/8"], "client-cert"), lambda: now[0])
    assert begun(arrivals, coming("1.1.1.1"), coming("1.1.1.1"), coming("1.1.1.2")) == [True, False, True]
    by_proxy = [
        coming("10.0.0.1", x_forwarded_for=a) for a in ("2001:db8:1:1::1", "2001:db8:1:1:2::2", "2001:db8:1:2::1")
    ]
    assert begun(arrivals, *by_proxy) == [True, False, True]
    assert begun(arrivals, coming("::ffff:1.1.1.9"), coming("1.1.1.9")) == [True, False]
    now[0] += LASTS
    assert begun(arrivals, coming("1.1.1.9")) == [True]
    assert begun(arrivals, coming("1.1.1.1"), coming("1.1.1.3"), coming("1.1.1.9")) == [True] * 3
    odd = [coming("a-socket"), coming("1.1.1.4", client_cert="x"), coming("1.1.1.4", client_cert="x")]
    assert begun(arrivals, *odd) == [True, True, False]
