"""The development issuer as a provider: for this hub alone, one code at a time, and never in production."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request

from hub.identity.attempts import new_word
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.development_provider import DevelopmentProvider, MadeUp, WrongGrant, WrongRequest
from hub.identity.sign_in_room import configured
from hub.settings import Environment, read_settings
from hub.web.development_issuer import PAGES
from hub.web.routes import sign_in_routes
from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.conftest import Replica

BASE = "http://127.0.0.1:8000"
VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
ASKED = {
    "client_id": "hub",
    "redirect_uri": f"{BASE}/sign-in/demo/return",
    "response_type": "code",
    "scope": "openid profile",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
GRANT = {"grant_type": "authorization_code", "client_id": "hub", "redirect_uri": ASKED["redirect_uri"]}


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(tmp_path: Path, clock: Clock) -> DevelopmentProvider:
    people = [MadeUp("ada", "Ada Made-Up", "worker")]
    return DevelopmentProvider(DevelopmentIssuer(tmp_path, Environment.DEMO), BASE, people, clock=clock)


def code_of(provider: DevelopmentProvider) -> str:
    return parse_qs(urlsplit(provider.choose(ASKED, "ada")).query)["code"][0]


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/return"},
        {"redirect_uri": f"{BASE}.evil.example/sign-in/demo/return"},
        {"redirect_uri": f"{BASE}/elsewhere"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
    ],
)
def test_only_this_hub_may_ask(provider: DevelopmentProvider, changed: dict[str, str]) -> None:
    """Another client, another way back, another flow, or none of PKCE: sent nowhere."""
    with pytest.raises(WrongRequest):
        provider.choose(ASKED | changed, "ada")


def test_a_code_is_good_once_for_its_verifier_and_a_minute(provider: DevelopmentProvider, clock: Clock) -> None:
    """A wrong verifier, another way back, another client or a replay spends nothing but the code."""
    whole = GRANT | {"code_verifier": VERIFIER}
    for changed in (
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{BASE}/x"},
        {"client_id": "another"},
        {"grant_type": "password"},
        {"code": "x"},
    ):
        with pytest.raises(WrongGrant):
            provider.token(whole | {"code": code_of(provider)} | changed)
    code = code_of(provider)
    assert provider.token(whole | {"code": code})["id_token"]
    with pytest.raises(WrongGrant):
        provider.token(whole | {"code": code})
    code = code_of(provider)
    clock.now += 61
    with pytest.raises(WrongGrant):
        provider.token(whole | {"code": code})


def test_nobody_is_an_answer_and_signing_out_leads_to_the_hub(provider: DevelopmentProvider) -> None:
    """Whoever is not listed is refused with state and issuer; no other address is ever gone to afterwards."""
    assert "error=access_denied" in provider.choose(ASKED, "mallory")
    assert provider.signed_out({"post_logout_redirect_uri": "https://evil.example/"}) == f"{BASE}/"
    assert len(new_word()) == 43


async def test_its_pages_answer_a_wrong_request_with_a_page(replica: Replica, browser: Browser) -> None:
    """Wrong requests lead nowhere, wrong grants are an error of OAuth, and neither breaks anything."""
    at = f"{replica.url}/development-issuer"
    assert (await browser.send("GET", f"{at}/authorize")).status_code == 400
    assert (await browser.send("POST", f"{at}/authorize", content=b"\xff")).status_code == 400
    refused = await browser.send("POST", f"{at}/token", data={"grant_type": "authorization_code"})
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_client"})
    assert (await browser.send("GET", f"{at}/keys")).json()["keys"][0].keys() & {"d", "k"} == set()


def _no_hub(_: Request) -> Any:
    raise AssertionError("no page is asked for")


def test_production_has_no_such_pages_and_no_such_issuer(tmp_path: Path) -> None:
    """Neither its routes nor its people are there; without a file nobody signs in."""
    paths = {route.path for route in sign_in_routes(_no_hub, development=False)}
    assert not paths & PAGES.keys()
    assert {route.path for route in sign_in_routes(_no_hub, development=True)} >= PAGES.keys()
    given = {"HUB_DATABASE_URL": "sqlite:///x", "HUB_SOURCES": "x", "HUB_KEYS": "x", "HUB_ISSUER": "x"}
    assert configured(read_settings(given | {"HUB_JWKS_FILE": "x", "HUB_DATA": str(tmp_path)})) is None
