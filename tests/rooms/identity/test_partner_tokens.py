"""A partner's system gets a token and asks: by its secret, by its own key, and on behalf of who uses it."""

import base64
import secrets
from collections.abc import AsyncIterator
from urllib.parse import quote_plus

import httpx2
import orjson
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select

from hub.audit.pseudonyms import Pseudonyms
from hub.identity.partners import signing
from hub.identity.partners.registering import revoke, rotate
from hub.identity.partners.signing import FOLDER, make_keys
from hub.keys import read_keys
from hub.store.database import table
from hub.store.tables.audit import AuditRecord
from tests.rooms.identity.partners import (
    ADDRESS,
    ENDPOINT,
    OFFICER,
    Served,
    acting_at,
    assertion_of,
    client_of,
    key,
    person_of,
    published,
    serving_partners,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """Serve one hub for all of these."""
    async with serving_partners(tmp_path_factory.mktemp("hub")) as served:
        yield served


def named() -> str:
    return f"cms-{secrets.token_hex(4)}"


def token_in(response: httpx2.Response) -> str:
    assert response.status_code == 200, response.text
    return str(response.json()["access_token"])


async def test_a_secret_is_worth_a_token_and_a_token_an_answer(at: Served) -> None:
    """In a form or as HTTP Basic; the token lives ten minutes, is no cache's, and says no role or organisation."""
    name = named()
    secret = await at.add(client_of(name))
    form = await at.credentials(name, secret)
    basic = base64.b64encode(f"{quote_plus(name)}:{quote_plus(secret)}".encode()).decode()
    header = await at.post({"authorization": f"Basic {basic}"}, grant_type="client_credentials")
    for response in (form, header):
        told = response.json()
        assert (told["token_type"], told["expires_in"], len(told)) == ("Bearer", 600, 3)
        assert response.headers["cache-control"] == "no-store"
        answer = await at.ask(token_in(response))
        assert answer.json()["data"] == {"me": {"name": f"The system {name}"}}
    keys = KeySet.import_key_set((await at.http.get("/oauth/jwks")).json())
    read = jwt.decode(token_in(form), keys, algorithms=["ES256"])
    assert read.header["typ"] == "at+jwt"
    assert read.claims["exp"] - read.claims["iat"] == 600
    wanted = {"iss": ADDRESS, "aud": "children-hub", "sub": f"partner:{name}", "client_id": name}
    assert wanted.items() <= read.claims.items()
    assert not {"role", "org", "name"} & read.claims.keys()


async def test_a_library_finds_what_it_needs(at: Served) -> None:
    """RFC 8414: the issuer, its endpoint and its keys; no private part of any."""
    told = (await at.http.get("/.well-known/oauth-authorization-server")).json()
    assert (told["issuer"], told["token_endpoint"], told["jwks_uri"]) == (ADDRESS, ENDPOINT, f"{ADDRESS}/oauth/jwks")
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    assert not told["tls_client_certificate_bound_access_tokens"]
    assert not any("d" in one for one in (await at.http.get("/oauth/jwks")).json()["keys"])
    assert (await at.http.get("/oauth/token")).status_code == 405


async def test_a_key_of_ones_own_is_worth_a_token(at: Served) -> None:
    """RFC 7523: made for the token endpoint or for the issuer, with or without the client's id beside it."""
    name, own = named(), key()
    await at.add(client_of(name, own), own)
    for audience in (ENDPOINT, ADDRESS, [ENDPOINT]):
        token = token_in(await at.asserted(assertion_of(name, own, aud=audience), client_id=name))
        assert (await at.ask(token)).status_code == 200


async def test_a_token_on_behalf_of_somebody_names_them_in_the_ledger(at: Served) -> None:
    """RFC 8693: the person is who asks, as far as their own system says so, and never somebody of another's."""
    name, own = named(), key()
    await at.add(client_of(name, own, on_behalf_of=True), own)
    response = await at.exchanged(assertion_of(name, own), person_of(name, own))
    assert response.json()["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    answer = await at.ask(token_in(response))
    assert answer.json()["data"] == {"me": {"name": "Jo Doe"}}
    context = {"purpose": "SAFEGUARDING_TRIAGE", "reference": "R 1"}
    query = 'query($c: RequestContext!) { person(id: "0", context: $c) { sources { outcome } } }'
    await at.ask(token_in(response), {"query": query, "variables": {"c": context}})
    jo = Pseudonyms(read_keys(at.hub.settings.keys_folder)).actor(f"partner:{name}:jdoe")
    records = table(AuditRecord)
    async with at.hub.database.read() as connection:
        rows = (await connection.execute(select(records.c.kind, records.c.body))).all()
    written = [(row.kind, orjson.loads(row.body)) for row in rows]
    mine = [(kind, body.get("about")) for kind, body in written if body.get("actor") == jo]
    assert ("EVENT", name) in mine
    assert "INTENT" in {kind for kind, _ in mine}


async def test_who_must_name_its_user_cannot_ask_without_and_who_need_not_cannot_name_one(at: Served) -> None:
    """The one sort of token is no way around the other."""
    system, person, own = named(), named(), key()
    await at.add(client_of(system, own), own)
    await at.add(client_of(person, own, on_behalf_of=True), own)
    for response in (
        await at.asserted(assertion_of(person, own)),
        await at.exchanged(assertion_of(system, own), person_of(system, own)),
    ):
        assert (response.status_code, response.json()) == (400, {"error": "unauthorized_client"})


async def test_what_an_officer_changes_acts_on_tokens_already_out(at: Served) -> None:
    """Revoked, rotated at once, or made to name its users: the next question is refused as if it had no token."""
    gone, lost, kept = named(), named(), named()
    out = {name: token_in(await at.credentials(name, await at.add(client_of(name)))) for name in (gone, lost, kept)}
    acting = acting_at(at.hub)
    await revoke(acting, OFFICER, gone)
    for name, hours in ((lost, 0), (kept, 24)):
        client = await at.register.client(name)
        assert client is not None
        fresh = await rotate(acting, OFFICER, client, at.pepper, None, hours)
        assert fresh is not None
        assert (await at.credentials(name, fresh)).status_code == 200
    statuses = {name: (await at.ask(token)).status_code for name, token in out.items()}
    assert statuses == {gone: 401, lost: 401, kept: 200}


async def test_an_old_secret_is_valid_as_long_as_was_said(at: Served) -> None:
    """A partner changes over without a gap; a secret that somebody found is worth nothing at once."""
    name = named()
    first = await at.add(client_of(name))
    client = await at.register.client(name)
    assert client is not None
    second = await rotate(acting_at(at.hub), OFFICER, client, at.pepper, None, 24) or ""
    assert {(await at.credentials(name, s)).status_code for s in (first, second)} == {200}
    third = await rotate(acting_at(at.hub), OFFICER, client, at.pepper, None, 0) or ""
    assert [(await at.credentials(name, s)).status_code for s in (first, second, third)] == [401, 401, 200]


async def test_new_keys_take_the_place_of_the_old(at: Served) -> None:
    """A partner that rotates its own key is known by the new one alone."""
    name, old, new = named(), key(), key()
    await at.add(client_of(name, old), old)
    client = await at.register.client(name)
    assert client is not None
    assert await rotate(acting_at(at.hub), OFFICER, client, at.pepper, published([new]), 24) is None
    assert (await at.asserted(assertion_of(name, old))).status_code == 401
    assert (await at.asserted(assertion_of(name, new))).status_code == 200


async def test_the_hubs_own_key_rotates_under_way(at: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new key is published first and signs once every replica has it; tokens of the old one are still believed."""
    name = named()
    secret = await at.add(client_of(name))
    monkeypatch.setattr(signing, "LOOKED", 0.0)
    before = token_in(await at.credentials(name, secret))
    fresh = make_keys(at.hub.settings.keys_folder / FOLDER, now())
    assert fresh in {one["kid"] for one in (await at.http.get("/oauth/jwks")).json()["keys"]}
    assert kid_of(token_in(await at.credentials(name, secret))) == kid_of(before) != fresh
    monkeypatch.setattr(signing, "SETTLED", -1.0)
    after = token_in(await at.credentials(name, secret))
    assert kid_of(after) == fresh
    assert {(await at.ask(token)).status_code for token in (before, after)} == {200}


def now() -> float:
    import time

    return time.time()


def kid_of(token: str) -> str:
    head = token.partition(".")[0]
    return str(orjson.loads(base64.urlsafe_b64decode(head + "=="))["kid"])


async def test_nothing_secret_is_written_anywhere(at: Served) -> None:
    """E8: no secret, assertion or token is in the log, the database, the ledger or what the register tells."""
    name = named()
    secret = await at.add(client_of(name))
    await at.ask(token_in(await at.credentials(name, secret)))
    await at.credentials(name, f"{secret}x")
    vouching, own = named(), key()
    await at.add(client_of(vouching, own, on_behalf_of=True), own)
    await at.ask(token_in(await at.exchanged(assertion_of(vouching, own), person_of(vouching, own))))
    assert len(at.secret) >= 6
    folder = at.hub.settings.data
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert name.encode() in stored
    texts = [stored, at.log.getvalue().encode(), repr(await at.register.clients()).encode()]
    assert not any(one.encode() in text for one in at.secret for text in texts)
    assert "client-refused" in at.log.getvalue()
