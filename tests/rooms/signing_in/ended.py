"""Sessions ended at one replica and asked with at the other, over and over (D3, D4: nothing but the store tells it).

``python -m tests.rooms.signing_in [times]`` does so a thousand times on PostgreSQL and prints the table; the tests a
few times on both databases. Two hubs answer over real HTTP, each with connections of its own; neither tells the other.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx2

from hub.audit.entries import Event, new_record_id
from hub.clock import now
from hub.identity.sessions import SESSION, end_sessions, hashed
from tests.house import WHO
from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.conftest import PUBLIC, Replica
from tests.rooms.signing_in.liar import MISSING, Liar
from tests.rooms.signing_in.two import Two

LOGOUT: Final = {"http://schemas.openid.net/event/backchannel-logout": {}}
CANARY: Final = "Quillfeather"
"""The child's family name: what an answer must not have once the session is over."""


@dataclass
class Seen:
    """What became of sessions ended in one way. ``taken`` are seconds from the end's being said to the refusal."""

    answered_before: int = 0
    refused_after: int = 0
    told_after: int = 0
    taken: list[float] = field(default_factory=list)


async def sign_out(two: Two, browser: Browser) -> None:
    """Press the button at the one replica."""
    home = await browser.send("GET", f"{two.one.at}/")
    form = home.text.partition('name="form" value="')[2].partition('"')[0]
    gone = await browser.send("POST", f"{two.one.at}/sign-out", data={"form": form}, headers={"origin": PUBLIC})
    assert gone.status_code == 303


async def told_by_the_issuer(two: Two, browser: Browser) -> None:
    """Let the issuer say to the one replica that everybody of that name is signed out."""
    token = logout_token(two.liar)
    url = f"{two.one.at}/sign-in/liar/signed-out-there"
    assert (await browser.client.post(url, data={"logout_token": token})).status_code == 200


def logout_token(liar: Liar) -> str:
    """Give an issuer's word that somebody is signed out (OpenID Connect Back-Channel Logout 1.0)."""
    plain = {"nonce": MISSING, "events": LOGOUT, "jti": new_record_id(), "exp": MISSING, "typ": MISSING}
    return liar.token({"typ": "logout+jwt"}, **plain)


async def revoke(two: Two, browser: Browser) -> None:
    """End the session as ``hub sessions revoke`` does, at the one replica's database."""
    event = Event(new_record_id(), new_record_id(), now(), "sessions-revoked", facts={"which": "session"})
    which = SESSION.c.id_hash == hashed(browser.cookie(two.one.at))
    assert await end_sessions(two.one.home.database, lambda _: event, which)


WAYS: Final[Mapping[str, Callable[[Two, Browser], Awaitable[None]]]] = {
    "signed out": sign_out,
    "ended by the issuer": told_by_the_issuer,
    "revoked by an operator": revoke,
}


async def signed_in(two: Two, client: httpx2.AsyncClient) -> Browser:
    """Sign somebody in at the one; a hub whose machine is too busy to write that down refuses, and is asked again."""
    for _ in range(10):
        browser = Browser(client)
        if (await two.liar.bring(browser, two.one.at)).status_code == 303:
            return browser
    raise AssertionError("nobody can sign in")


async def ended(two: Two, client: httpx2.AsyncClient, how: str, times: int) -> Seen:
    """Sign in at the one, ask at the other, end it, and ask at the other at once, so many times."""
    seen = Seen()
    for _ in range(times):
        browser = await signed_in(two, client)
        thief = Browser(client, {two.other.at: {"hub-session": browser.cookie(two.one.at)}})
        before = await ask(thief, two.other)
        seen.answered_before += before.status_code == 200 and CANARY in before.text
        await WAYS[how](two, browser)
        said = time.perf_counter()
        after = await ask(thief, two.other)
        seen.taken.append(time.perf_counter() - said)
        seen.refused_after += after.status_code == 401
        seen.told_after += CANARY in after.text
    return seen


async def ask(browser: Browser, replica: Replica) -> httpx2.Response:
    """Ask who is involved with a child."""
    context = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
    body = {"query": WHO, "variables": {"id": replica.home.ids["maya"], "context": context}}
    headers = {"origin": PUBLIC, "sec-fetch-site": "same-origin", "x-hub-request": "1"}
    return await browser.send("POST", f"{replica.at}/graphql", json=body, headers=headers)
