"""What an issuer must have signed for somebody to be signed in: each lie refused, all with one page, none told of."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.rooms.signing_in.browser import Browser
from tests.rooms.signing_in.conftest import PUBLIC, liar_and_hub
from tests.rooms.signing_in.liar import CLIENT, KEY, MISSING, OTHER, Liar, half_hash, part, shared, signed

NOW = int(time.time())
HEADER = {"alg": "RS256", "kid": "liar-1", "typ": "JWT"}
PUBLIC_KEY = KEY.as_dict(private=False)

Make = Callable[[Liar], Any]

LIES: dict[str, Make] = {
    "no token": lambda _: None,
    "a number": lambda _: 7,
    "not a token": lambda _: "x",
    "alg none": lambda i: f"{part(HEADER | {'alg': 'none'})}.{part(i.claims())}.",
    "alg none with a signature": lambda i: f"{part(HEADER | {'alg': 'none'})}.{part(i.claims())}.AA",
    "alg NONE": lambda i: f"{part(HEADER | {'alg': 'NoNe'})}.{part(i.claims())}.AA",
    "HS256 with the public key in PEM": lambda i: shared(
        HEADER | {"alg": "HS256"}, i.claims(), KEY.as_pem(private=False)
    ),
    "HS256 with the public key as JSON": lambda i: shared(
        HEADER | {"alg": "HS256"}, i.claims(), json.dumps(PUBLIC_KEY).encode()
    ),
    "HS256 with the client's secret": lambda i: shared(HEADER | {"alg": "HS256"}, i.claims(), b"made-up-secret"),
    "an algorithm not configured": lambda i: signed(HEADER | {"alg": "PS256"}, i.claims()),
    "another's key": lambda i: signed(HEADER, i.claims(), OTHER),
    "another's key and its id": lambda i: signed(HEADER | {"kid": "other-1"}, i.claims(), OTHER),
    "another's key in jwk": lambda i: signed(HEADER | {"jwk": OTHER.as_dict(private=False)}, i.claims(), OTHER),
    "keys to fetch from jku": lambda i: signed(HEADER | {"jku": f"{i.url}/spoof"}, i.claims(), OTHER),
    "keys to fetch from x5u": lambda i: signed(HEADER | {"x5u": f"{i.url}/spoof"}, i.claims(), OTHER),
    "something critical": lambda i: i.token({"crit": ["exp"]}),
    "no key id": lambda i: signed({"alg": "RS256"}, i.claims()),
    "an access token": lambda i: i.token({"typ": "at+jwt"}),
    "a logout token": lambda i: i.token({"typ": "logout+jwt"}),
    "wrong issuer": lambda i: i.token(iss="https://another.example.org"),
    "issuer with a slash more": lambda i: i.token(iss=f"{i.url}/"),
    "no issuer": lambda i: i.token(iss=MISSING),
    "wrong audience": lambda i: i.token(aud="another"),
    "an audience more": lambda i: i.token(aud=[CLIENT, "another"], azp=CLIENT),
    "no audience": lambda i: i.token(aud=MISSING),
    "another authorised party": lambda i: i.token(azp="another"),
    "expired": lambda i: i.token(exp=NOW - 60, iat=NOW - 10),
    "no expiry": lambda i: i.token(exp=MISSING),
    "for ever": lambda i: i.token(exp=float("inf")),
    "valid for two days": lambda i: i.token(exp=NOW + 2 * 86_400),
    "not yet": lambda i: i.token(nbf=NOW + 3_600),
    "issued tomorrow": lambda i: i.token(iat=NOW + 86_400, exp=NOW + 86_700),
    "issued before the sign-in began": lambda i: i.token(iat=NOW - 120),
    "no issue time": lambda i: i.token(iat=MISSING),
    "issue time true": lambda i: i.token(iat=True),
    "wrong nonce": lambda i: i.token(nonce="another"),
    "no nonce": lambda i: i.token(nonce=MISSING),
    "nonce a list": lambda i: i.token(nonce=[i.claims()["nonce"]]),
    "authenticated in an hour": lambda i: i.token(auth_time=NOW + 3_600),
    "authenticated as text": lambda i: i.token(auth_time=str(NOW)),
    "another access token's hash": lambda i: i.token(at_hash=half_hash("another")),
    "no subject": lambda i: i.token(sub=MISSING),
    "a subject that is a list": lambda i: i.token(sub=["s-1"]),
    "no tenant": lambda i: i.token(tid=MISSING),
    "another tenant": lambda i: i.token(tid="t-2"),
}

REQUIRE = 'require = { tid = "t-1" }'


def bare(page: str) -> str:
    """Give a page without what is made anew for each: the reference and the style's nonce."""
    return re.sub(r"<b>[0-9a-f]{12}</b>|nonce=\"[^\"]+\"", "", page)


async def test_every_lie_is_refused_with_one_page_and_a_true_token_is_not(tmp_path: Path, browser: Browser) -> None:
    """Forty lies, one page; nothing that was sent is repeated, and the issuer's other addresses are never fetched."""
    async with liar_and_hub(tmp_path, REQUIRE) as (liar, hub):
        url = hub.at
        pages, wrong = set(), []
        for why, make in LIES.items():
            who = liar if "tenant" in why else _in_tenant(liar)
            liar.says(lambda make=make, who=who: make(who))
            answer = await liar.bring(browser, url)
            pages.add((answer.status_code, bare(answer.text)))
            if answer.status_code != 400 or "hub-session" in browser.jar[url]:
                wrong.append(why)
        assert wrong == []
        assert len(pages) == 1
        for token in (
            {"at_hash": half_hash("at-1")},
            {"aud": [CLIENT], "azp": CLIENT, "nbf": NOW - 5},
            {"auth_time": MISSING},
        ):
            liar.says(lambda token=token: liar.token(tid="t-1", **token))
            assert (await liar.bring(browser, url)).status_code == 303, token
        assert "/spoof" not in liar.asked
        codes = re.findall(r'"code": ?"([a-z0-9-]+)"', hub.logged())
    assert len(codes) == len(LIES)
    assert {"algorithm", "audience", "issuer", "nonce", "signature", "key", "expired", "type"} <= set(codes)


def _in_tenant(liar: Liar) -> Liar:
    """Give the liar as it is where the tenant is not what it lies about."""

    class Inside(Liar):
        def claims(self, **changed: Any) -> dict[str, Any]:
            return liar.claims(**({"tid": "t-1"} | changed))

    return Inside(url=liar.url)


METADATA: dict[str, dict[str, Any]] = {
    "another's": {"issuer": "https://another.example.org"},
    "without an issuer": {"issuer": MISSING},
    "without a token endpoint": {"token_endpoint": MISSING},
    "with a file for keys": {"jwks_uri": "file:///etc/passwd"},
    "with a name and password": {"token_endpoint": "https://a:b@id.example.org/token"},
    "with a number": {"authorization_endpoint": 7},
    "with a fragment": {"authorization_endpoint": "https://id.example.org/a#b"},
}


async def test_metadata_that_lead_astray_are_not_followed(tmp_path: Path, browser: Browser) -> None:
    """What an issuer publishes is taken from its own document only, and only where it leads to secure addresses."""
    async with liar_and_hub(tmp_path) as (liar, hub):
        url = hub.at
        published = hub.room.signing_in.parties["liar"].published
        for why, changed in METADATA.items():
            liar.metadata = changed
            published._failed_at = float("-inf")
            answer = await browser.send("GET", f"{url}/sign-in/liar")
            assert answer.status_code == 503, why
            assert "set-cookie" not in answer.headers
        before = len(liar.asked)
        assert (await browser.send("GET", f"{url}/sign-in/liar")).status_code == 503
        assert len(liar.asked) == before, "an issuer that was away is left alone for a while"
        liar.metadata = {"verify": False, "transport": "x", "proxy": "http://127.0.0.1:9", "scope": "everything"}
        published._failed_at = float("-inf")
        liar.says(liar.token)
        assert (await liar.bring(browser, url)).status_code == 303


@pytest.mark.parametrize(
    ("tells", "status", "shown"),
    [
        ({"error": "invalid_grant", "error_description": "c-1"}, 400, 400),
        ({}, 200, 400),
        ([], 200, 503),
        ("made-up", 500, 503),
        ("x" * 300_000, 200, 503),
    ],
)
async def test_a_token_endpoint_that_misbehaves_signs_nobody_in(
    tmp_path: Path, browser: Browser, tells: object, status: int, shown: int
) -> None:
    """Refused, empty, no object, an error of its own, too large: a page of the hub's own each time."""
    async with liar_and_hub(tmp_path) as (liar, hub):
        url = hub.at
        liar.tells, liar.status = (lambda: tells), status
        answer = await liar.bring(browser, url)
        assert answer.status_code == shown
        assert "c-1" not in answer.text
        assert "c-1" not in hub.logged()
        assert await hub.events() == []


async def test_what_is_asked_of_an_issuer_is_insisted_upon(tmp_path: Path, browser: Browser) -> None:
    """An old authentication or a weak one is refused though signed; userinfo must be of the same person."""
    more = 'userinfo = true\nmax_age = 60\nacr = ["AAL3"]\n'
    async with liar_and_hub(tmp_path, more) as (liar, hub):
        left = await browser.send("GET", f"{hub.at}/sign-in/liar")
        asked = httpx2.URL(left.headers["location"]).params
        assert (asked["max_age"], asked["acr_values"]) == ("60", "AAL3")
        liar.userinfo = {"sub": "s-1", "groups": ["duty"], "roles": ["Hub.Director"], "iss": "x"}
        for claims, userinfo, status in (
            ({"acr": "AAL3"}, liar.userinfo, 303),
            ({"acr": "AAL2"}, liar.userinfo, 400),
            ({"acr": "AAL3", "auth_time": NOW - 600}, liar.userinfo, 400),
            ({"acr": "AAL3", "auth_time": MISSING}, liar.userinfo, 400),
            ({"acr": "AAL3"}, {"sub": "s-2"}, 400),
            ({"acr": "AAL3"}, {}, 400),
            ({"acr": "AAL3"}, [], 503),
        ):
            liar.userinfo = userinfo
            liar.says(lambda claims=claims: liar.token(**claims))
            assert (await liar.bring(browser, hub.at)).status_code == status, (claims, userinfo)
        assert (await liar.bring(browser, hub.at, code="c" * 5_000)).status_code == 400
        liar.metadata = {"userinfo_endpoint": MISSING}
        hub.room.signing_in.parties["liar"].published._read_at = float("-inf")
        assert (await liar.bring(browser, hub.at)).status_code == 503
        session = await hub.room.signing_in.sessions.read(browser.cookie(hub.at))
        assert session is not None
        assert (session.requester.role, session.requester.team) == ("front-door-worker", "Duty team")
        elsewhere = await hub.room.signing_in.parties["liar"].sign_out_there("t", PUBLIC)
        assert elsewhere is None, "an issuer without its own way out is not gone to"
