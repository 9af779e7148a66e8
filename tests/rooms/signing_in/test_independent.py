"""An independent, certified provider instead of one of ours: what it and the hub make of each other over real HTTP."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from joserfc.jwk import RSAKey

from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.conftest import Replica, replica_of
from tests.rooms.signing_in.independent import provider

KEY = RSAKey.generate_key(2048, {"kid": "hub-1", "use": "sig", "alg": "RS512"})

FILE = """
ask = "the made-up help desk"

[[issuer]]
id = "council"
name = "Made-up council"
issuer = "{at}/council"
client_id = "hub"
secret = {{ file = "{folder}/secret" }}
subject = ["tid", "oid"]
require = {{ tid = "t-1" }}
prompt = "login"

[[issuer.map]]
when = {{ roles = "Hub.FrontDoor" }}
role = "front-door-worker"
organisation = "cast-social-care"

[[issuer]]
id = "nhs"
name = "Made-up trust"
issuer = "{at}/nhs"
client_id = "hub-nhs"
key = {{ file = "{folder}/key.pem" }}
key_id = "hub-1"
signing = "RS512"
scopes = ["openid", "profile", "nationalrbacaccess"]
acr = ["AAL3"]
userinfo = true
chosen = {{ list = "nhsid_nrbac_roles", key = "person_roleid", by = "selected_roleid" }}

[[issuer.map]]
when = {{ nhsid_nrbac_roles = {{ org_code = "RXX", role_code = "nurse" }} }}
role = "health-practitioner"
organisation = "cast-health"
"""

NURSE = {"person_roleid": "r-1", "org_code": "RXX", "role_code": "nurse"}
CLERK = {"person_roleid": "r-2", "org_code": "RXX", "role_code": "clerk"}
PEOPLE = {
    "ada": {"claims": {"name": "Ada Made-Up", "tid": "t-1", "oid": "o-1", "roles": ["Hub.FrontDoor"]}},
    "guest": {"claims": {"name": "Guest", "tid": "t-2", "oid": "o-1", "roles": ["Hub.FrontDoor"]}},
    "temp": {"claims": {"name": "Temp", "tid": "t-1", "oid": "o-2", "roles": []}},
    "nye": {
        "acr": "AAL3",
        "claims": {"name": "Nye Made-Up", "nhsid_nrbac_roles": [CLERK, NURSE], "selected_roleid": "r-1"},
    },
    "clerk": {
        "acr": "AAL3",
        "claims": {"name": "Clerk", "nhsid_nrbac_roles": [CLERK, NURSE], "selected_roleid": "r-2"},
    },
    "weak": {"acr": "AAL2", "claims": {"name": "Weak", "nhsid_nrbac_roles": [NURSE], "selected_roleid": "r-1"}},
}


@dataclass
class Certified:
    """The provider's address, and the door that the hub it knows must open at."""

    at: str
    door: socket.socket

    @property
    def hub(self) -> str:
        return f"http://127.0.0.1:{self.door.getsockname()[1]}"


@pytest.fixture(scope="module")
def certified() -> Iterator[Certified]:
    """Run one provider for all these tests, which know the hub by its address."""
    door = socket.create_server(("127.0.0.1", 0))
    hub = f"http://127.0.0.1:{door.getsockname()[1]}"

    def client(issuer: str, name: str) -> dict[str, object]:
        return {
            "client_id": name,
            "redirect_uris": [f"{hub}/sign-in/{issuer}/return"],
            "post_logout_redirect_uris": [f"{hub}/"],
            "backchannel_logout_uri": f"{hub}/sign-in/{issuer}/signed-out-there",
            "backchannel_logout_session_required": True,
        }

    council = client("council", "hub") | {"client_secret": "made-up-secret"}
    nhs = client("nhs", "hub-nhs") | {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "RS512",
        "jwks": {"keys": [KEY.as_dict(private=False)]},
    }
    with provider({"council": [council], "nhs": [nhs]}, PEOPLE) as at:
        yield Certified(at, door)
    door.close()


@pytest.fixture
async def hub(certified: Certified, tmp_path: Path) -> AsyncIterator[Replica]:
    async with hub_of(certified, tmp_path) as made:
        yield made


def hub_of(certified: Certified, folder: Path) -> AbstractAsyncContextManager[Replica]:
    (folder / "secret").write_text("made-up-secret", "utf-8")
    (folder / "key.pem").write_bytes(KEY.as_pem(private=True))
    text = FILE.format(at=certified.at, folder=folder)
    (folder / "sign-in.toml").write_text(text, "utf-8")
    return replica_of(
        folder / "hub", door=certified.door.dup(), sign_in=folder / "sign-in.toml", public_url=certified.hub
    )


async def enter(browser: Browser, hub: Replica, issuer: str, person: str) -> httpx2.Response:
    """Sign in at an issuer, whose own sign-in page asks only who one is."""
    return await browser.submit(await browser.get(f"{hub.url}/sign-in/{issuer}"), person=person)


async def test_both_ways_of_proving_oneself_lead_to_a_session_and_out_again(
    hub: Replica, browser: Browser, certified: Certified
) -> None:
    """PKCE, nonce, secret or signed assertion, userinfo, chosen role; signing out here signs out there."""
    chosen = await browser.get(f"{hub.url}/sign-in")
    assert "Made-up council" in chosen.text
    assert "Made-up trust" in chosen.text
    for issuer, person, me, subject in (
        ("council", "ada", ("Ada Made-Up", "front-door-worker", "cast-social-care"), "council:t-1:o-1"),
        ("nhs", "nye", ("Nye Made-Up", "health-practitioner", "cast-health"), "nhs:nye"),
    ):
        shown = await enter(browser, hub, issuer, person)
        assert "You are signed in" in shown.text, hub.logged()
        said = (await browser.ask(hub.url)).json()["data"]["me"]
        assert tuple(said.values()) == me
        token = browser.cookie(hub.url)
        session = await hub.room.signing_in.sessions.read(token)
        assert session is not None
        assert session.requester.subject == subject
        assert session.requester.lately is (issuer == "council"), "only the council was asked when"
        there = await browser.submit(shown)
        assert "/session/end" in browser.seen[-1]
        gone = await browser.submit(there, logout="yes")
        assert str(gone.url).startswith(certified.hub)
        assert "You are not signed in" in gone.text
        assert (await browser.ask(hub.url)).status_code == 401


async def test_whom_the_hub_does_not_take_the_provider_may_have_signed_in(hub: Replica, browser: Browser) -> None:
    """Another tenant, a weaker proof, a role that was not chosen, none at all, nobody: each as it is told."""
    for issuer, person, status in (
        ("council", "guest", 400),
        ("council", "temp", 403),
        ("council", "nobody", 400),
        ("nhs", "clerk", 403),
        ("nhs", "weak", 400),
    ):
        fresh = Browser(browser.client)
        assert (await enter(fresh, hub, issuer, person)).status_code == status, person
        assert "hub-session" not in fresh.jar[hub.url]


async def test_a_code_or_verifier_that_is_not_this_browsers_gets_nothing(hub: Replica, browser: Browser) -> None:
    """A stolen code brought to the thief's own sign-in fails at the provider (PKCE); replayed, at the hub."""
    there = await browser.get(f"{hub.url}/sign-in/council")
    stopped = await browser.submit(there, until=f"{hub.url}/sign-in/council/return", person="ada")
    stolen = httpx2.URL(browser.seen[-1]).params
    assert stopped.status_code == 303
    thief = Browser(browser.client)
    left = await thief.send("GET", f"{hub.url}/sign-in/council")
    mine = httpx2.URL(left.headers["location"]).params["state"]
    back = {"code": stolen["code"], "state": mine, "iss": stolen["iss"]}
    assert (await thief.send("GET", f"{hub.url}/sign-in/council/return", params=back)).status_code == 400
    assert "code-refused" in hub.logged()
    assert (await thief.send("GET", browser.seen[-1])).status_code == 400
    assert "hub-session" not in thief.jar[hub.url]
    assert stolen["code"] not in hub.logged()


async def test_the_provider_ends_sessions_here(hub: Replica, browser: Browser) -> None:
    """Signing out there, from wherever, ends the session here by back-channel logout."""
    shown = await enter(browser, hub, "council", "ada")
    assert shown.status_code == 200
    session = await hub.room.signing_in.sessions.read(browser.cookie(hub.url))
    assert session is not None
    party = hub.room.signing_in.parties["council"]
    elsewhere = await party.sign_out_there(session.id_token, f"{hub.url}/")
    assert elsewhere is not None
    assert (await browser.ask(hub.url)).status_code == 200
    await browser.submit(await browser.get(elsewhere), logout="yes")
    assert (await browser.ask(hub.url)).status_code == 401
    assert [e["name"] for e in await hub.events()] == ["signed-in", "issuer-ended-sessions"]


async def test_signing_in_again_is_asked_and_shown(hub: Replica, browser: Browser) -> None:
    """With ``again`` the provider asks anew although it knows the browser, and says when: the session is lately."""
    await enter(browser, hub, "nhs", "nye")
    before = browser.cookie(hub.url)
    again = await browser.get(f"{hub.url}/sign-in?again=yes")
    assert "/interaction/" in str(again.url), "it asks again"
    await browser.submit(again, person="nye")
    session = await hub.room.signing_in.sessions.read(browser.cookie(hub.url))
    assert session is not None
    assert session.requester.lately
    assert await hub.room.signing_in.sessions.read(before) is None


async def test_a_hub_that_cannot_prove_itself_signs_nobody_in(
    certified: Certified, tmp_path: Path, browser: Browser
) -> None:
    """A wrong secret is a refusal like any other, and is in no log."""
    async with hub_of(certified, tmp_path) as made:
        party = made.room.signing_in.parties["council"]
        object.__setattr__(party._proof, "secret", "wrong-secret")
        assert (await enter(browser, made, "council", "ada")).status_code == 400
        assert "code-refused" in made.logged()
        assert "wrong-secret" not in made.logged()
