"""Signing in and out with a browser: what each step gives, and what nobody gets by going about it another way."""

import io
import time
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import update

from hub.identity.cookies import Cookies
from hub.identity.sessions import SESSION
from hub.store.seconds import Now
from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.conftest import PUBLIC, Replica, liar_and_hub, replica_of, sign_in
from tests.rooms.signing_in.liar import MISSING
from tests.rooms.signing_in.test_vouching import bare

BREAK_GLASS = """mutation { breakGlass(access: {person: "0", agencies: ["cast-health"], reason: IMMEDIATE_DANGER,
    text: "made up", reference: "R 1", minutes: 5}) { problem { code message } } }"""


async def test_somebody_signs_in_asks_and_signs_out(
    replica: Replica, browser: Browser, everything_logged: io.StringIO
) -> None:
    """One issuer is gone to at once; the session asks as who it is; out is out; no secret of it is in any log."""
    shown = await sign_in(browser, replica.url, "social-worker", "/sign-in?return=/somewhere")
    assert browser.seen[-1] == f"{replica.url}/somewhere"
    assert shown.status_code == 404
    home = await browser.get(f"{replica.url}/")
    assert "Imran Sheikh" in home.text
    token = browser.cookie(replica.url)
    answer = (await browser.ask(replica.url)).json()["data"]["me"]
    assert answer == {"name": "Imran Sheikh", "role": "social-worker", "organisation": "brookshire-social-care"}
    gone = await browser.submit(home)
    assert any("/development-issuer/sign-out" in url for url in browser.seen)
    assert "You are not signed in" in gone.text
    assert "hub-session" not in browser.jar[replica.url]
    browser.jar[replica.url]["hub-session"] = token
    assert (await browser.ask(replica.url)).status_code == 401
    names = [(e["name"], e["role"], e["organisation"]) for e in await replica.events()]
    worker = ("social-worker", "brookshire-social-care")
    assert names == [("signed-in", *worker), ("signed-out", *worker)]
    told = replica.logged() + everything_logged.getvalue()
    secret = [token, *(v for url in browser.seen for v in httpx2.URL(url).params.values() if len(v) > 20)]
    assert [s for s in secret if s in told and "http" not in s] == []
    assert "Imran" not in told
    async with replica.home.database.read() as connection:
        stored = str((await connection.exec_driver_sql("SELECT * FROM session")).all())
    assert token not in stored


async def test_nothing_a_browser_had_before_is_its_session_afterwards(replica: Replica, browser: Browser) -> None:
    """The id changes with each sign-in, the one before it is dead, and one that was planted never lives (fixation)."""
    browser.jar[replica.url] = {"hub-session": "planted"}
    await sign_in(browser, replica.url)
    first = browser.cookie(replica.url)
    assert first != "planted"
    await sign_in(browser, replica.url)
    second = browser.cookie(replica.url)
    assert second != first
    for token, status in (("planted", 401), (first, 401), (second, 200), ("", 401), ("x" * 4_000, 401)):
        browser.jar[replica.url]["hub-session"] = token
        assert (await browser.ask(replica.url)).status_code == status


def test_cookies_are_the_hosts_own_and_no_scripts() -> None:
    """Behind TLS they cannot be set by another host, read by a script, or sent along by another site's form."""
    from starlette.responses import Response

    for secure, flags in ((True, {"httponly", "path=/", "samesite=lax", "secure"}), (False, {"httponly"})):
        cookies, answer = Cookies(secure), Response()
        cookies.begin_session(answer, "t")
        line = answer.headers.getlist("set-cookie")[0]
        assert flags <= {part.strip().lower() for part in line.split(";")}
        assert line.startswith("__Host-") is secure
        assert "domain" not in line.lower()
        assert "max-age" not in line.lower()


async def test_a_way_back_that_is_not_this_hubs_leads_home(replica: Replica, browser: Browser) -> None:
    """However another address is written, whoever signed in stays here."""
    for way in ("//evil.example", "/\\evil.example", "https:evil.example", "/%2f%2fevil.example", "/%5cevil.example"):
        shown = await sign_in(browser, replica.url, path=f"/sign-in?return={httpx2.QueryParams({'a': way})}"[:-2])
        assert shown.status_code in {200, 404}
        left = await browser.send("GET", f"{replica.url}/sign-in/demo", params={"return": way})
        await browser.submit(await browser.follow(replica.url, left), person="police")
        assert all(url.startswith(replica.url) for url in browser.seen)
        assert browser.seen[-1] == f"{replica.url}/"


async def test_a_return_counts_once_and_for_the_browser_that_left(
    replica: Replica, browser: Browser, client: httpx2.AsyncClient
) -> None:
    """A replayed code, another browser's return, a state of nobody's, an error, a word said twice: one page for all."""
    chosen = await browser.submit(await browser.get(f"{replica.url}/sign-in"), person="police", until="/return")
    back = f"{chosen.headers['location']}"
    stranger = Browser(client)
    pages = [await stranger.send("GET", back)]
    await stranger.get(f"{replica.url}/sign-in")
    pages.append(await stranger.send("GET", back))
    spent = dict(browser.jar[replica.url])
    assert (await browser.send("GET", back)).status_code == 303
    pages.append(await browser.send("GET", back))
    browser.jar[replica.url] = spent
    pages.append(await browser.send("GET", back))
    for changed in ("?state=x&code=y", "?code=y", "?state=x", "", "?state=x&state=y&code=z"):
        wrong = await stranger.send("GET", f"{replica.url}/sign-in/demo/return{changed}")
        pages.append(wrong)
    shown = await stranger.get(f"{replica.url}/sign-in")
    nobody = await stranger.submit(shown, person="")
    pages.append(nobody)
    assert {(page.status_code, bare(page.text)) for page in pages} == {(400, bare(pages[0].text))}
    assert "hub-session" not in stranger.jar[replica.url]
    assert [e["name"] for e in await replica.events()] == ["signed-in"]
    assert (await stranger.send("GET", f"{replica.url}/sign-in/nobody/return?state=x")).status_code == 404
    assert (await stranger.send("GET", f"{replica.url}/sign-in/nobody")).status_code == 404


async def test_an_answer_of_another_issuer_is_not_taken(tmp_path: Path, browser: Browser) -> None:
    """An issuer that names itself must be the one that was left for (RFC 9207); the code goes to nobody."""
    async with liar_and_hub(tmp_path) as (liar, hub):
        liar.says(liar.token)
        for said in ("https://another.example.org", f"{liar.url}/", ""):
            assert (await liar.bring(browser, hub.at, iss=said)).status_code == 400
        assert liar.forms == []
        assert (await liar.bring(browser, hub.at)).status_code == 303
        form = liar.forms[0]
        assert form["redirect_uri"] == f"{PUBLIC}/sign-in/liar/return"
        assert len(form["code_verifier"]) == 43


async def test_whoever_has_no_role_here_is_signed_in_to_nothing_and_told_whom_to_ask(
    tmp_path: Path, browser: Browser
) -> None:
    """An issuer's word alone gives nothing: what no row is about means nothing, and the ledger has it."""
    async with liar_and_hub(tmp_path) as (liar, hub):
        for roles in (MISSING, [], ["Hub.Director"], "Hub.FrontDoor ", {"Hub.FrontDoor": True}, ["front-door-worker"]):
            liar.says(lambda roles=roles: liar.token(roles=roles, role="front-door-worker", org="cast-social-care"))
            shown = await liar.bring(browser, hub.at)
            assert shown.status_code == 403
            assert "Your account has no role here" in shown.text
            assert "the made-up help desk" in shown.text
            assert "hub-session" not in browser.jar[hub.at]
        events = await hub.events()
        assert [e["name"] for e in events] == ["signed-in-to-nothing"] * 6
        assert {(e["role"], e["organisation"]) for e in events} == {(None, None)}
        assert len({e["actor"] for e in events}) == 1
        liar.says(lambda: liar.token(groups=["duty"]))
        assert (await liar.bring(browser, hub.at)).status_code == 303
        session = await hub.room.signing_in.sessions.read(browser.cookie(hub.at))
        assert session is not None
        assert (session.requester.team, session.requester.subject) == ("Duty team", "liar:s-1")


async def test_a_session_ends_by_itself(tmp_path: Path, browser: Browser) -> None:
    """Unused for its idle time, as old as any may be, or configured otherwise meanwhile: dead. Used, it lives on."""
    async with liar_and_hub(tmp_path, sessions="\n[sessions]\nidle = 20\nlongest = 60\n") as (liar, hub):
        liar.says(liar.token)

        async def later(**columns: int) -> int:
            await liar.bring(browser, hub.at)
            async with hub.home.database.begin() as connection:
                await connection.execute(update(SESSION).values({n: Now() - s for n, s in columns.items()}))
            return (await browser.ask(hub.at, of=PUBLIC)).status_code

        assert await later(seen=0) == 200
        assert await later(seen=20 * 60 + 1) == 401
        assert await later(until=1) == 401
        assert await later(seen=19 * 60) == 200
        async with hub.home.database.read() as connection:
            seen, now = (await connection.execute(SESSION.select().with_only_columns(SESSION.c.seen, Now()))).one()
        assert now - seen < 60
        hub.room.signing_in.sessions._configured = {"liar": "another"}
        assert (await browser.ask(hub.at, of=PUBLIC)).status_code == 401


async def test_one_session_each_where_that_is_asked(
    tmp_path: Path, browser: Browser, client: httpx2.AsyncClient
) -> None:
    """A second sign-in ends the first, anywhere; without the option both stand."""
    for option, status in (("", 200), ("\n[sessions]\none_each = true\n", 401)):
        async with liar_and_hub(tmp_path / str(status), sessions=option) as (liar, hub):
            liar.says(liar.token)
            second = Browser(client)
            await liar.bring(browser, hub.at)
            await liar.bring(second, hub.at)
            assert (await second.ask(hub.at, of=PUBLIC)).status_code == 200
            assert (await browser.ask(hub.at, of=PUBLIC)).status_code == status


async def test_signing_out_is_asked_by_a_page_of_the_hub(tmp_path: Path, browser: Browser) -> None:
    """Another site's form signs nobody out: not without this session's own word, nor from elsewhere."""
    async with replica_of(tmp_path) as hub:
        home = await sign_in(browser, hub.url)
        from tests.rooms.signing_in.browser import FIELD

        word = dict(FIELD.findall(home.text))["form"]
        here = {"origin": hub.url, "sec-fetch-site": "same-origin"}
        for form, headers in (
            ({}, here),
            ({"form": "x"}, here),
            ({"form": word}, {}),
            ({"form": word}, here | {"origin": "https://evil.example"}),
            ({"form": word}, here | {"origin": "null"}),
            ({"form": word}, here | {"sec-fetch-site": "cross-site"}),
        ):
            refused = await browser.send("POST", f"{hub.url}/sign-out", data=form, headers=headers)
            assert refused.status_code == 400
        json = await browser.send("POST", f"{hub.url}/sign-out", json={"form": word}, headers=here)
        assert json.status_code == 400
        assert (await browser.send("GET", f"{hub.url}/sign-out")).status_code == 405
        assert (await browser.ask(hub.url)).status_code == 200
        browser.jar[hub.url] = {}
        elsewhere = await browser.send("POST", f"{hub.url}/sign-out", data={}, headers={"sec-fetch-site": "cross-site"})
        assert elsewhere.status_code == 400
        assert "set-cookie" not in elsewhere.headers, "a browser keeps the cookie that it did not send"
        out = await browser.send("POST", f"{hub.url}/sign-out", data={"form": word}, headers=here)
        assert out.headers["location"] == "/"


async def test_what_is_grave_wants_somebody_who_proved_who_they_are_just_now(tmp_path: Path, browser: Browser) -> None:
    """``again`` sends to the same issuer with prompt=login; an issuer that does not do it signs nobody in."""
    async with liar_and_hub(tmp_path) as (liar, hub):
        liar.says(lambda: liar.token(auth_time=MISSING))
        await liar.bring(browser, hub.at)
        sessions = hub.room.signing_in.sessions

        async def lately() -> bool:
            session = await sessions.read(browser.cookie(hub.at))
            assert session is not None
            return session.requester.lately

        assert not await lately(), "an issuer that does not say when is never lately"
        refused = (await browser.ask(hub.at, BREAK_GLASS, of=PUBLIC)).json()["data"]["breakGlass"]["problem"]
        assert refused["code"] == "sign-in-again"
        assert "/sign-in?again=yes" in refused["message"]
        sent = await browser.send("GET", f"{hub.at}/sign-in", params={"again": "yes", "return": "/x"})
        left = await browser.send("GET", f"{hub.at}{sent.headers['location']}")
        asked = httpx2.URL(left.headers["location"]).params
        assert (asked["prompt"], asked["max_age"]) == ("login", "0")
        liar.nonce = asked["nonce"]
        back = {"code": "c", "state": asked["state"], "iss": liar.url}
        liar.says(lambda: liar.token(auth_time=int(time.time()) - 600))
        answer = await browser.send("GET", f"{hub.at}/sign-in/liar/return", params=back)
        assert answer.status_code == 400
        assert "not-again" in hub.logged()
        assert not await lately()
        liar.says(liar.token)
        await liar.bring(browser, hub.at)
        assert await lately()
        other = (await browser.ask(hub.at, BREAK_GLASS, of=PUBLIC)).json()["data"]["breakGlass"]["problem"]["code"]
        assert other != "sign-in-again"
        async with hub.home.database.begin() as connection:
            await connection.execute(update(SESSION).values(authenticated=Now() - 301))
        assert not await lately()


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
async def test_an_issuer_that_says_nothing_ends_nothing(replica: Replica, browser: Browser, token: str) -> None:
    """A back-channel sign-out must be the issuer's own word."""
    await sign_in(browser, replica.url)
    answer = await browser.send("POST", f"{replica.url}/sign-in/demo/signed-out-there", data={"logout_token": token})
    assert answer.status_code == 400
    assert (await browser.ask(replica.url)).status_code == 200


async def test_an_issuer_ends_a_session_or_all_of_a_persons(
    tmp_path: Path, browser: Browser, client: httpx2.AsyncClient
) -> None:
    """Its logout token, and no other token of its, ends what it names (Back-Channel Logout 1.0)."""
    event = {"http://schemas.openid.net/event/backchannel-logout": {}}
    async with liar_and_hub(tmp_path) as (liar, hub):
        browsers = [browser, Browser(client), Browser(client)]
        for each, sid in zip(browsers, ("sid-1", "sid-2", "sid-3"), strict=True):
            liar.says(lambda sid=sid: liar.token(sid=sid))
            await liar.bring(each, hub.at)

        async def told(issuer: str = "liar", **claims: object) -> int:
            plain = {"nonce": MISSING, "events": event, "jti": "j", "exp": MISSING, "typ": MISSING} | claims
            token = liar.token({"typ": "logout+jwt"}, **plain)
            url = f"{hub.at}/sign-in/{issuer}/signed-out-there"
            return (await client.post(url, data={"logout_token": token})).status_code

        async def standing() -> list[bool]:
            return [(await b.ask(hub.at, of=PUBLIC)).status_code == 200 for b in browsers]

        for wrong in (
            {"events": MISSING}, {"events": {}}, {"nonce": "n"}, {"jti": MISSING}, {"aud": "another"},
            {"iss": "https://another.example.org"}, {"iat": 1}, {"sub": MISSING, "sid": MISSING}, {"sid": 7},
        ):  # fmt: skip
            assert await told(**wrong) == 400, wrong
        assert await told("nobody") == 404
        assert await standing() == [True, True, True]
        assert await told(sid="sid-2") == 200
        assert await standing() == [True, False, True]
        assert await told() == 200
        assert await standing() == [False, False, False]
        assert [e["name"] for e in await hub.events()][3:] == ["issuer-ended-sessions"] * 2


async def test_an_end_of_a_session_it_never_named_ends_that_persons(tmp_path: Path, browser: Browser) -> None:
    """An ID token that said no session's id leaves no telling which one ended: of that person's it is taken to be."""
    event = {"http://schemas.openid.net/event/backchannel-logout": {}}
    async with liar_and_hub(tmp_path) as (liar, hub):
        liar.says(lambda: liar.token(sid=MISSING))
        await liar.bring(browser, hub.at)
        for sub, status in (("another", 200), (None, 401)):
            said = {"sub": sub} if sub else {}
            claims = {"nonce": MISSING, "events": event, "jti": "j", "exp": MISSING, "typ": MISSING, "sid": "s"} | said
            token = liar.token({"typ": "logout+jwt"}, **claims)
            url = f"{hub.at}/sign-in/liar/signed-out-there"
            assert (await browser.send("POST", url, data={"logout_token": token})).status_code == 200
            assert (await browser.ask(hub.at, of=PUBLIC)).status_code == status
