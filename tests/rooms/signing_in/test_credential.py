"""A session as a credential: taken from the hub's own pages and from nowhere else, and only while it stands."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import HTTPConnection

from connectors.contract import Ask
from hub.audit.entries import Event
from hub.graphql.watching.arrival import Arrivals
from hub.identity.cookie_credential import Forged
from hub.identity.door import Door
from hub.identity.tokens import TokenReader
from hub.identity.unauthenticated import Unauthenticated
from hub.store.database import Database, StoreUnavailable
from tests.house import WHO
from tests.rooms.graphql.watchers import ONCE, WATCH, post_of
from tests.rooms.signing_in.browser import ME, Browser
from tests.rooms.signing_in.conftest import PUBLIC, Replica, liar_and_hub, sign_in

FORGED: dict[str, dict[str, str]] = {
    "without the header": {"x-hub-request": ""},
    "with another header": {"x-hub-request": "yes"},
    "from another origin": {"origin": "https://evil.example"},
    "from a null origin": {"origin": "null"},
    "from a subdomain": {"origin": "http://evil.127.0.0.1"},
    "from another site": {"sec-fetch-site": "cross-site"},
    "from another host of the site": {"sec-fetch-site": "same-site"},
    "typed in": {"sec-fetch-site": "none"},
    "with nothing said of where from": {"origin": "", "sec-fetch-site": ""},
}


async def test_a_question_another_site_had_the_browser_send_is_not_answered(replica: Replica, browser: Browser) -> None:
    """Forged requests all look alike, with a session that stands or with none; bodies that forms send are none."""
    await sign_in(browser, replica.url)
    mutation = 'mutation { endEmergencyAccess(reference: "0") { problem { code } } }'
    bodies = set()
    for headers in FORGED.values():
        for query in (ME, mutation, "{ not graphql"):
            answer = await browser.ask(replica.url, query, **{k.replace("-", "_"): v for k, v in headers.items()})
            assert answer.status_code == 403
            body = answer.json()
            assert body.pop("extensions")
            bodies.add(str(body))
    token = browser.jar[replica.url].pop("hub-session")
    browser.jar[replica.url]["hub-session"] = "nobody's"
    answer = await browser.ask(replica.url, x_hub_request="")
    bodies.add(str({"errors": answer.json()["errors"]}))
    assert len(bodies) == 1
    browser.jar[replica.url]["hub-session"] = token
    here = {"origin": replica.url, "x-hub-request": "1"}
    graphql = f"{replica.url}/graphql"
    sent: list[tuple[str, dict[str, Any]]] = [
        ("GET", {"params": {"query": ME}}),
        ("POST", {"data": {"query": ME}}),
        ("POST", {"files": {"query": ("q", ME)}}),
        ("POST", {"content": ME, "headers": {"content-type": "text/plain"}}),
        ("POST", {"content": '{"query":"{me{name}}"}', "headers": {"content-type": "application/graphql"}}),
    ]
    for method, body in sent:
        answer = await browser.send(method, graphql, **body | {"headers": here | body.get("headers", {})})
        assert answer.status_code in {405, 415}, body
        assert "Grace" not in answer.text
    assert (await browser.ask(replica.url)).status_code == 200
    assert (await browser.ask(replica.url, origin="")).status_code == 200
    assert (await browser.ask(replica.url, sec_fetch_site="")).status_code == 200


async def test_a_token_is_never_passed_over_for_a_cookie(replica: Replica, browser: Browser) -> None:
    """Whoever sends a bad token is nobody, whatever session their browser has."""
    await sign_in(browser, replica.url)
    assert (await browser.ask(replica.url, authorization="Bearer x")).status_code == 401
    assert (await browser.ask(replica.url, authorization="")).status_code == 200


async def test_another_site_is_given_leave_for_nothing(replica: Replica, browser: Browser) -> None:
    """A preflight is answered with no leave at all: the header no form can send stays the hub's own."""
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    asked |= {"access-control-request-headers": "x-hub-request,content-type"}
    answer = await browser.send("OPTIONS", f"{replica.url}/graphql", headers=asked)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_an_answer_under_way_when_its_session_ends_is_not_sent(tmp_path: Path, browser: Browser) -> None:
    """Sources are held open, the session is ended, and what they told goes nowhere."""
    async with liar_and_hub(tmp_path) as (liar, hub):
        liar.says(liar.token)
        await liar.bring(browser, hub.at)
        token = browser.cookie(hub.at)
        asked, released = asyncio.Event(), asyncio.Event()

        async def held(_: Ask) -> None:
            asked.set()
            await released.wait()

        for connector in hub.home.connectors.values():
            connector.misbehave = held
        context = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
        body = {"query": WHO, "variables": {"id": hub.home.ids["maya"], "context": context}}
        headers = {"origin": PUBLIC, "x-hub-request": "1"}
        question = asyncio.create_task(browser.send("POST", f"{hub.at}/graphql", json=body, headers=headers))
        await asked.wait()
        await hub.room.signing_in.sessions.end(token, Event("r", "r", hub.home.acting.clock(), "signed-out"))
        released.set()
        answer = await question
        assert answer.status_code == 401
        assert "Quillfeather" not in answer.text
        assert "session-ended" in hub.logged()
        for connector in hub.home.connectors.values():
            connector.misbehave = None
        await liar.bring(browser, hub.at)
        answer = await browser.send("POST", f"{hub.at}/graphql", json=body, headers=headers)
        assert "Quillfeather" in answer.text


async def test_while_the_store_is_away_nobody_is_anybody(
    replica: Replica, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session is never believed from memory; pages and questions say that it cannot be known."""
    home = await sign_in(browser, replica.url)
    shown = await browser.submit(home, until="/development-issuer")
    assert shown.status_code == 303
    await sign_in(browser, replica.url)
    with monkeypatch.context() as away:

        def gone(_: Database) -> None:
            raise StoreUnavailable("gone")

        away.setattr(Database, "local", property(gone))
        answer = await browser.ask(replica.url)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "NOT_READY")
        page = await browser.send("GET", f"{replica.url}/")
        assert page.status_code == 503
        assert "Grace" not in page.text
    assert (await browser.ask(replica.url)).status_code == 200


async def test_while_nothing_can_be_written_down_nobody_signs_in(replica: Replica, browser: Browser) -> None:
    """No ledger, no session: a sign-in that nobody could prove never was."""
    chosen: httpx2.Response = await browser.submit(
        await browser.get(f"{replica.url}/sign-in"), person="police", until="/return"
    )
    await replica.home.ledger.close()
    answer = await browser.send("GET", chosen.headers["location"])
    assert answer.status_code == 503
    assert "hub-session" not in browser.jar[replica.url]
    async with replica.home.database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM session")).scalar_one() == 0


async def sockets_by_session(replica: Replica, cookie: str, folder: Path) -> None:
    """Open sockets with the session: from elsewhere, while nobody can say whose it is, and as is right."""
    ours = {"cookie": cookie, "origin": replica.url}
    async with post_of(replica.home, folder, ONCE, cookie=replica.room.credential) as post:
        assert (await post.speak(ours | {"origin": "https://evil.example"}).hear())["status"] == 403

        def gone(_: Database) -> None:
            raise StoreUnavailable("gone")

        with pytest.MonkeyPatch.context() as away:
            away.setattr(Database, "local", property(gone))
            assert (await post.speak(ours).hear())["status"] == 503
        speaker = post.speak(ours)
        await speaker.hear()
        speaker.say("connection_init")
        assert await speaker.hear() == {"type": "connection_ack"}
        speaker.say("subscribe", "1", {"query": WATCH, "variables": post.variables()})
        assert (await speaker.hear())["type"] == "next"


async def test_a_socket_is_opened_by_a_session_from_the_hubs_own_pages_alone(
    replica: Replica, browser: Browser, tmp_path: Path
) -> None:
    """A browser sends the cookie along whichever page opens the socket: `Origin` must be there, and the hub's."""
    await sign_in(browser, replica.url)
    cookie = f"hub-session={browser.cookie(replica.url)}"
    arrivals = Arrivals(Door(TokenReader()), replica.room.credential)

    def opened(**headers: str) -> HTTPConnection:
        raw = [(n.replace("_", "-").encode(), v.encode()) for n, v in ({"cookie": cookie} | headers).items()]
        return HTTPConnection({"type": "websocket", "headers": raw})

    strange: list[dict[str, str]] = [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": replica.url, "sec_fetch_site": "same-site"},
        {"sec_fetch_site": "same-origin"},
    ]
    for headers in strange:
        with pytest.raises(Forged):
            await arrivals.at_the_door(opened(**headers))
    await sockets_by_session(replica, cookie, tmp_path)
    credential = await arrivals.at_the_door(opened(origin=replica.url))
    assert credential is not None
    assert credential.requester.name == "Grace Attwater"
    await credential.insist()
    with pytest.raises(Unauthenticated):
        await arrivals.in_a_message(opened(), credential, {"authorization": "Bearer x"})
    over = Event("r", "r", replica.home.acting.clock(), "signed-out")
    await replica.room.signing_in.sessions.end(browser.cookie(replica.url), over)
    with pytest.raises(Unauthenticated):
        await credential.insist()
    with pytest.raises(Unauthenticated):
        await arrivals.at_the_door(opened(origin=replica.url))
    assert await arrivals.at_the_door(opened(cookie="")) is None
