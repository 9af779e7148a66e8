"""Attacks on the token endpoint, over real HTTP and two replicas of one hub: all are refused alike and none leaks."""

import base64
import hmac
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.requests import Request

from hub.identity.door import Door
from hub.identity.partners import endpoint
from hub.identity.partners.client import Method
from hub.identity.partners.limiting import OF_ADDRESS, OF_ONE
from hub.identity.partners.registering import revoke
from hub.identity.partners.signing import FOLDER
from hub.identity.requester import Requester
from tests.rooms.authzen.asking import kind_question, role
from tests.rooms.identity.partners import (
    ENDPOINT,
    ME,
    OFFICER,
    Served,
    acting_at,
    assertion_of,
    client_of,
    key,
    person_of,
    serving_partners,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWN, OTHER = key(), key()
RENAMED = ECKey.import_key(OTHER.as_dict(private=True) | {"kid": OWN.kid})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Served, Served]]:
    """Serve two replicas of one hub, behind a proxy on this machine."""
    folder = tmp_path_factory.mktemp("hub")
    async with (
        serving_partners(folder, proxies="127.0.0.1") as first,
        serving_partners(folder, proxies="127.0.0.1", replica="hub-2") as second,
    ):
        await first.add(client_of("keyed", OWN), OWN)
        await first.add(client_of("another", OTHER), OTHER)
        await first.add(client_of("vouching", OWN, on_behalf_of=True), OWN)
        yield first, second


def at() -> dict[str, str]:
    """Come from an address nobody came from before, as the proxy tells it."""
    return {"x-forwarded-for": f"198.51.100.7, 10.{'.'.join(str(secrets.randbelow(256)) for _ in range(3))}"}


def told(response: httpx2.Response) -> tuple[int, bytes, str]:
    headers = {name: value for name, value in response.headers.items() if name != "date"}
    return response.status_code, response.content, json.dumps(headers, sort_keys=True)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def claims() -> dict[str, Any]:
    return {"iss": "keyed", "sub": "keyed", "aud": ENDPOINT, "exp": now() + 60, "jti": secrets.token_hex(8)}


def forged() -> str:
    """Sign with the client's public key as if it were a shared secret."""
    signing = f"{part({'alg': 'HS256', 'kid': OWN.kid})}.{part(claims())}"
    digest = hmac.digest(OWN.as_pem(private=False), signing.encode(), "sha256")
    return f"{signing}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def unsigned() -> str:
    return f"{part({'alg': 'none', 'kid': OWN.kid})}.{part(claims())}."


def now() -> int:
    return int(time.time())


BAD: dict[str, Callable[[], str]] = {
    "another client's key": lambda: assertion_of("keyed", OTHER),
    "another client's key under one's own id": lambda: assertion_of("keyed", RENAMED),
    "a key nobody registered": lambda: assertion_of("keyed", key()),
    "a client nobody knows": lambda: assertion_of("nobody-at-all", OWN),
    "a client whose id is a query": lambda: assertion_of("' OR 1=1 --", OWN),
    "somebody else vouching": lambda: assertion_of("keyed", OWN, iss="another"),
    "for somebody else": lambda: assertion_of("keyed", OWN, sub="another"),
    "expired": lambda: assertion_of("keyed", OWN, iat=now() - 400, exp=now() - 60),
    "not yet": lambda: assertion_of("keyed", OWN, nbf=now() + 60),
    "for a year": lambda: assertion_of("keyed", OWN, exp=now() + 31_536_000),
    "for ever": lambda: assertion_of("keyed", OWN, exp=None),
    "expiry a text": lambda: assertion_of("keyed", OWN, exp="never"),
    "expiry true": lambda: assertion_of("keyed", OWN, exp=True),
    "no id": lambda: assertion_of("keyed", OWN, jti=None),
    "an id without end": lambda: assertion_of("keyed", OWN, jti="x" * 500),
    "an id with an end of line": lambda: assertion_of("keyed", OWN, jti="x\ny"),
    "for another server": lambda: assertion_of("keyed", OWN, aud="https://elsewhere.example.org"),
    "for another server too": lambda: assertion_of("keyed", OWN, aud=[ENDPOINT, "https://elsewhere.example.org"]),
    "for nobody": lambda: assertion_of("keyed", OWN, aud=None),
    "for a list of lists": lambda: assertion_of("keyed", OWN, aud=[[ENDPOINT]]),
    "the public key as a secret": forged,
    "no signature": unsigned,
    "nothing": lambda: "",
    "not a token": lambda: "x.y.z",
    "one made for a person": lambda: person_of("keyed", OWN),
}


async def test_every_bad_assertion_is_answered_alike(two: tuple[Served, Served]) -> None:
    """One status, one body, one set of headers: the same as for a wrong secret, a client nobody knows, or none."""
    first, _ = two
    seen = {}
    for why, make in BAD.items():
        seen[why] = told(await first.asserted(make(), at()))
    secret = await first.add(client_of("secretive"))
    revoked = await first.add(client_of("revoked"))
    await revoke(acting_at(first.hub), OFFICER, "revoked")
    form = {"grant_type": "client_credentials"}
    basic = {"authorization": f"Basic {base64.b64encode(b'secretive:wrong').decode()}"}
    seen |= {
        "wrong secret": told(await first.post(at(), client_id="secretive", client_secret="wrong", **form)),
        "unknown client": told(await first.post(at(), client_id="nobody-at-all", client_secret="wrong", **form)),
        "no such id": told(await first.post(at(), client_id="<script>", client_secret="wrong", **form)),
        "revoked": told(await first.post(at(), client_id="revoked", client_secret=revoked, **form)),
        "another's secret": told(await first.post(at(), client_id="another", client_secret=secret, **form)),
        "no secret": told(await first.post(at(), client_id="secretive", **form)),
        "no client": told(await first.post(at(), **form)),
        "basic": told(await first.post(at() | basic, **form)),
        "basic that is none": told(await first.post(at() | {"authorization": "Basic %%%"}, **form)),
        "a bearer token": told(await first.post(at() | {"authorization": "Bearer x"}, **form)),
    }
    assert {why for why, one in seen.items() if one != seen["wrong secret"]} == set()
    assert seen["wrong secret"][0] == 401
    assert (await first.post(at(), client_id="secretive", client_secret=secret, **form)).status_code == 200


async def test_a_refusal_takes_a_whole_number_of_steps(
    two: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a client is known cannot be told by a clock: every refusal waits for the next step."""
    monkeypatch.setattr(endpoint, "STEP", 0.3)
    for name in ("keyed", "nobody-at-all", "<script>"):
        began = time.perf_counter()
        form = {"grant_type": "client_credentials", "client_id": name, "client_secret": "wrong"}
        assert (await two[0].post(at(), **form)).status_code == 401
        assert time.perf_counter() - began >= 0.3


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ("grant_type=client_credentials&grant_type=x&client_id=keyed", {}),
        ("grant_type=client_credentials&client_id=keyed&client_secret=x&client_assertion=y", {}),
        ("grant_type=client_credentials&client_id=keyed&client_secret=x", {"authorization": "Basic eDp5"}),
        ("grant_type=client_credentials&client_assertion=x", {}),
        ("&".join(f"a{n}=b" for n in range(40)), {}),
        ("a=%ff&\xff", {}),
        ("{}", {"content-type": "application/json"}),
    ],
    ids=range(7),
)
async def test_a_form_that_says_two_things_is_refused(
    two: tuple[Served, Served], form: str, headers: dict[str, str]
) -> None:
    """Nothing is chosen among several clients, several proofs or several values of one parameter."""
    sent = {"content-type": "application/x-www-form-urlencoded"} | at() | headers
    response = await two[0].http.post("/oauth/token", content=form.encode("latin-1"), headers=sent)
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


async def test_a_stranger_has_no_more_read_of_them_than_a_form_may_be(two: tuple[Served, Served]) -> None:
    """Nobody knows yet who sends it: what is longer than any form is refused by what it says of its length."""
    sent = {"content-type": "application/x-www-form-urlencoded"} | at()
    response = await two[0].http.post("/oauth/token", content=b"a=" + b"x" * 40_000, headers=sent)
    assert (response.status_code, response.json()) == (413, {"error": "invalid_request"})


async def test_what_is_asked_for_is_from_a_closed_list(two: tuple[Served, Served]) -> None:
    """Another grant is said to be none of ours, without repeating it."""
    for grant in ("password", "authorization_code", "refresh_token", "<script>"):
        response = await two[0].asserted(assertion_of("keyed", OWN), grant_type=grant)
        assert (response.status_code, response.json()) == (400, {"error": "unsupported_grant_type"})
    assert (await two[0].asserted(assertion_of("keyed", OWN), grant_type="")).status_code == 400


async def test_an_assertion_is_worth_one_token_at_all_replicas_together(two: tuple[Served, Served]) -> None:
    """Replayed at the replica that took it or at the other one, it proves nothing; so with who uses the client."""
    first, second = two
    once = assertion_of("keyed", OWN)
    assert (await first.asserted(once)).status_code == 200
    assert [(await replica.asserted(once)).status_code for replica in (first, second)] == [401, 401]
    person = person_of("vouching", OWN)
    assert (await second.exchanged(assertion_of("vouching", OWN), person)).status_code == 200
    again = await first.exchanged(assertion_of("vouching", OWN), person)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "person",
    [
        lambda: person_of("vouching", OWN, sub="vouching"),
        lambda: person_of("vouching", OWN, iss="keyed"),
        lambda: person_of("vouching", OTHER),
        lambda: person_of("vouching", OWN, name=None),
        lambda: person_of("vouching", OWN, sub="x" * 200),
        lambda: person_of("vouching", OWN, sub="a\nb"),
        lambda: person_of("vouching", OWN, sub={"id": "jdoe"}),
        lambda: person_of("vouching", OWN, exp=now() - 60),
        lambda: "",
    ],
    ids=range(9),
)
async def test_nobody_is_named_by_whoever_may_not(two: tuple[Served, Served], person: Callable[[], str]) -> None:
    """Only the client's own key vouches for its users, for a few minutes, by an id and a name."""
    response = await two[0].exchanged(assertion_of("vouching", OWN), person())
    assert (response.status_code, response.json()) == (400, {"error": "invalid_grant"})


async def test_an_exchange_is_of_what_the_hub_exchanges(two: tuple[Served, Served]) -> None:
    """Another type of token, or somebody acting for somebody acting, is refused."""
    for more in ({"subject_token_type": "x"}, {"requested_token_type": "x"}, {"actor_token": "x"}):
        response = await two[0].exchanged(assertion_of("vouching", OWN), person_of("vouching", OWN), **more)
        assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


async def test_a_token_of_ones_own_making_is_none(two: tuple[Served, Served]) -> None:
    """A client's key signs assertions and no tokens; the hub's key signs tokens for clients there are, as they are."""
    first, _ = two
    good = (await first.asserted(assertion_of("keyed", OWN))).json()["access_token"]
    path = max((first.hub.settings.keys_folder / FOLDER).glob("signing-*.json"))
    ours = ECKey.import_key(json.loads(path.read_text())["key"])
    read = jwt.decode(good, ours, algorithms=["ES256"])
    person = {"sub": "partner:keyed:jdoe", "name": "Jo", "act": {"sub": "partner:keyed"}}
    wrong = [{"client_id": "nobody-at-all"}, {"generation": 2}, {"client_id": "vouching"}, person]
    tokens = [jwt.encode(read.header, read.claims | changed, ours) for changed in wrong]
    tokens.append(jwt.encode(read.header | {"kid": OWN.kid}, read.claims, OWN))
    tokens.append(jwt.encode(read.header, read.claims, OWN))
    assert {(await first.ask(token)).status_code for token in tokens} == {401}
    assert (await first.ask(good)).status_code == 200


async def test_what_is_revoked_at_one_replica_is_refused_at_the_other(two: tuple[Served, Served]) -> None:
    """The next question is refused, wherever it is asked: nothing of a client is kept between two."""
    first, second = two
    secret = await first.add(client_of("leaving"))
    token = (await second.credentials("leaving", secret)).json()["access_token"]
    assert (await second.ask(token)).status_code == 200
    await revoke(acting_at(first.hub), OFFICER, "leaving")
    assert (await second.ask(token)).status_code == 401
    assert (await second.credentials("leaving", secret)).status_code == 401


@pytest.mark.parametrize("path", ["/graphql", "/access/v1/evaluation"])
async def test_what_is_revoked_while_it_is_answered_is_not_answered(
    two: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """An answer in flight is held back too, as GraphQL and as a decision; another client's is not."""
    first, second = two
    names = [f"{name}-{secrets.token_hex(4)}" for name in ("leaving", "staying")]
    tokens = [(await second.credentials(n, await first.add(client_of(n)))).json()["access_token"] for n in names]
    body = ME if path == "/graphql" else kind_question(subject=role("front-door-worker", "made-up-homes"))
    insist = Door.insist

    async def revoked_by_now(door: Door, request: Request, requester: Requester) -> None:
        if requester.client == names[0]:
            await revoke(acting_at(first.hub), OFFICER, names[0])
        await insist(door, request, requester)

    monkeypatch.setattr(Door, "insist", revoked_by_now)
    sent = [await second.http.post(path, json=body, headers={"authorization": f"Bearer {t}"}) for t in tokens]
    assert [answer.status_code for answer in sent] == [401, 200], sent[1].text
    assert not {"data", "decision"} & set(sent[0].json())


async def test_guessing_is_stopped_and_locks_nobody_else_out(two: tuple[Served, Served]) -> None:
    """After ten wrong secrets a client waits at that address; elsewhere, and others there, go on. An alert is given."""
    first, _ = two
    secret, neighbour = await first.add(client_of("guessed")), await first.add(client_of("neighbour"))
    here, form = at(), {"grant_type": "client_credentials"}
    assert (await first.post(here, client_id="neighbour", client_secret=neighbour, **form)).status_code == 200
    tries = [(await first.post(here, client_id="guessed", client_secret=str(n), **form)) for n in range(OF_ONE + 2)]
    assert [t.status_code for t in tries] == [401] * OF_ONE + [429] * 2
    assert tries[-1].headers["retry-after"] == "60"
    assert (await first.post(here, client_id="guessed", client_secret=secret, **form)).status_code == 429
    assert (await first.post(at(), client_id="guessed", client_secret=secret, **form)).status_code == 200
    for n in range(OF_ADDRESS):
        await first.post(here, client_id=f"sprayed-{n}", client_secret="x", **form)
    assert (await first.post(here, client_id="sprayed-anew", client_secret="x", **form)).status_code == 429
    assert (await first.post(here, client_id="neighbour", client_secret=neighbour, **form)).status_code == 200
    alerts = [line for line in first.log.getvalue().splitlines() if '"event": "alert"' in line]
    assert len(alerts) == 2
    assert 'hub_alerts_total{code="secret-guessing"} 2.0' in (await first.http.get("/metrics")).text
    assert "guessed" not in first.log.getvalue()
    assert not re.search(r"\b10(?:\.\d{1,3}){3}\b", "".join(alerts))


async def test_a_client_proves_itself_in_its_own_way_alone(two: tuple[Served, Served]) -> None:
    """A secret for a client that signs, or a signature for one with a secret, is nothing, though it be right."""
    first, _ = two
    secret = await first.add(client_of("both", OWN, method=Method.SECRET), OWN)
    assert (await first.credentials("both", secret)).status_code == 200
    assert (await first.asserted(assertion_of("both", OWN))).status_code == 401
    assert (await first.post(at(), grant_type="client_credentials", client_id="both")).status_code == 401


async def test_nothing_is_answered_while_nobody_can_say_who_asks(tmp_path: Path) -> None:
    """Without the database a token is not believed, and the endpoint gives none: later, not no."""
    async with serving_partners(tmp_path) as served:
        secret = await served.add(client_of("waiting"))
        token = (await served.credentials("waiting", secret)).json()["access_token"]
        database = served.hub.database.local
        assert database is not None
        database.close()
        answers = [await served.ask(token), await served.credentials("waiting", secret)]
        answers.append(await served.http.post("/access/v1/evaluation", headers={"authorization": f"Bearer {token}"}))
    assert [(a.status_code, a.headers["retry-after"]) for a in answers] == [(503, "5")] * 3


async def test_a_client_is_not_printed_with_its_secrets() -> None:
    """Hashes and keys are in no repr."""
    client = replace(client_of("printed", OWN), secrets=("0" * 64,))
    assert "0" * 64 not in repr(client)
    assert str(OWN.kid) not in repr(client)
