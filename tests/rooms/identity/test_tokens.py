"""Bearer tokens: only what the issuer signed for this hub, for now and in full, names a requester."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.routing import Route

from hub.graphql.http import GraphQLEndpoint
from hub.identity.development_issuer import ISSUER, DevelopmentIssuer, DevelopmentIssuerRefused
from hub.identity.door import Door
from hub.identity.requester import Requester
from hub.identity.tokens import BIGGEST, KEPT, LONGEST, TokenReader, Unauthenticated, read_public_keys
from hub.observing import Observer
from hub.settings import Environment

NOW = 1_800_000_000
AUDIENCE = "children-hub"
WHO = Requester("demo:grace", "Grace Attwater", "front-door-worker", "brookshire-council", "tests")
KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
OTHER = ECKey.generate_key("P-256", auto_kid=True)
WIDE = ECKey.generate_key("P-384", auto_kid=True)
RSA = RSAKey.generate_key(2048, auto_kid=True)
PUBLIC = KeySet(
    [ECKey.import_key(k.as_dict(private=False)) for k in (KEY, WIDE)] + [RSAKey.import_key(RSA.as_dict(private=False))]
)
MISSING = object()


def claims(**changed: Any) -> dict[str, Any]:
    plain = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": WHO.subject,
        "name": WHO.name,
        "role": WHO.role,
        "org": WHO.organisation,
        "client_id": WHO.client,
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 600,
    }
    return {name: value for name, value in (plain | changed).items() if value is not MISSING}


def header(**changed: Any) -> dict[str, Any]:
    plain = {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}
    return {name: value for name, value in (plain | changed).items() if value is not MISSING}


def part(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def signed(head: dict[str, Any] | None = None, key: Any = KEY, **changed: Any) -> str:
    """Sign as any issuer would, header checks of the signer's own library aside."""
    algorithm = (head or header())["alg"]
    plain = {"alg": algorithm} | {k: v for k, v in (head or header()).items() if k in {"typ", "kid"}}
    token: str = jwt.encode(plain, claims(**changed), key, algorithms=[algorithm])
    return token


def resigned(head: dict[str, Any], **changed: Any) -> str:
    """Sign with the right key a header that no library would write."""
    return raw(f"{part(head)}.{part(claims(**changed))}")


def sign(signing: str) -> bytes:
    """Sign with the right key, in DER."""
    signature: bytes = KEY.private_key.sign(signing.encode(), ec.ECDSA(hashes.SHA256()))  # type: ignore[union-attr] # generated as private
    return signature


def raw(signing: str) -> str:
    """Finish a token as RFC 7518 section 3.4 has it."""
    r, s = decode_dss_signature(sign(signing))
    return f"{signing}.{part(r.to_bytes(32) + s.to_bytes(32))}"


def twice(start: bytes) -> str:
    """Sign claims that say a name twice; the last, which most readers take, is right."""
    body = json.dumps(claims()).encode().replace(b'"iss": ', start, 1)
    return raw(f"{part(header())}.{part(body)}")


def ending(signature: bytes) -> str:
    """Give a token with this in the place of its signature."""
    return f"{part(header())}.{part(claims())}.{part(signature)}"


def der() -> bytes:
    """Sign the right thing in the wrong form."""
    return sign(f"{part(header())}.{part(claims())}")


def misnamed(said: str, done: str) -> str:
    """Sign with the RSA key by one scheme and say another."""
    pads: dict[str, padding.AsymmetricPadding] = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH),
    }
    signing = f"{part(header(alg=said, kid=RSA.kid))}.{part(claims())}"
    return f"{signing}.{part(RSA.private_key.sign(signing.encode(), pads[done], hashes.SHA256()))}"  # type: ignore[union-attr] # the same


def shared_secret(secret: bytes, **head: Any) -> str:
    """Sign with the public key as if it were a shared secret: the key confusion attack."""
    signing = f"{part(header(alg='HS256', **head))}.{part(claims())}"
    return f"{signing}.{part(hmac.new(secret, signing.encode(), hashlib.sha256).digest())}"


def pem() -> bytes:
    return KEY.as_pem(private=False)


BAD: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "not a token": lambda: "x",
    "two parts": lambda: "a.b",
    "no signature, alg none": lambda: f"{part(header(alg='none'))}.{part(claims())}.",
    "alg none in capitals": lambda: f"{part(header(alg='NONE'))}.{part(claims())}.",
    "no alg": lambda: f"{part(header(alg=MISSING))}.{part(claims())}.AA",
    "alg a number": lambda: f"{part(header(alg=1))}.{part(claims())}.AA",
    "HS256 with the public key in PEM": lambda: shared_secret(pem()),
    "HS256 with the public key as JSON": lambda: shared_secret(json.dumps(KEY.as_dict(private=False)).encode()),
    "HS256 without a kid": lambda: shared_secret(pem(), kid=MISSING),
    "HS256 with a key of its own": lambda: signed(header(alg="HS256"), OctKey.generate_key(256)),
    "another's key": lambda: signed(key=OTHER),
    "another's key and its kid": lambda: signed(header(kid=OTHER.kid), OTHER),
    "another's key in jwk": lambda: resigned(header(jwk=OTHER.as_dict(private=False))),
    "keys to fetch from jku": lambda: resigned(header(jku="http://127.0.0.1:9/keys")),
    "keys to fetch from x5u": lambda: resigned(header(x5u="http://127.0.0.1:9/keys")),
    "something critical": lambda: resigned(header(crit=["exp"])),
    "something critical nobody knows": lambda: resigned(header(crit=["b64"], b64=False)),
    "a kid that is a path": lambda: resigned(header(kid="../../etc/passwd")),
    "a kid that is a query": lambda: resigned(header(kid="' OR 1=1 --")),
    "a kid that is a list": lambda: resigned(header(kid=["x"])),
    "a kid that is empty": lambda: resigned(header(kid="x" * 2_000)),
    "an id token": lambda: signed(header(typ="JWT")),
    "no type": lambda: resigned(header(typ=MISSING)),
    "type a list": lambda: resigned(header(typ=["at+jwt"])),
    "wrong issuer": lambda: signed(iss="urn:another"),
    "issuer a list": lambda: signed(iss=[ISSUER]),
    "no issuer": lambda: signed(iss=MISSING),
    "wrong audience": lambda: signed(aud="another"),
    "audience within another": lambda: signed(aud=AUDIENCE + "-2"),
    "audiences without ours": lambda: signed(aud=["a", "b"]),
    "no audience": lambda: signed(aud=MISSING),
    "audience an object": lambda: signed(aud={AUDIENCE: True}),
    "a partner's client": lambda: signed(sub="partner:case-system"),
    "expired": lambda: signed(exp=NOW - 31, iat=NOW - 100, nbf=NOW - 100),
    "not yet": lambda: signed(nbf=NOW + 31),
    "issued tomorrow": lambda: signed(iat=NOW + 90_000, nbf=NOW, exp=NOW + 90_600),
    "valid for too long": lambda: signed(exp=NOW + LONGEST + 1),
    "issued long ago and still valid": lambda: signed(iat=NOW - LONGEST, nbf=NOW),
    "no expiry": lambda: signed(exp=MISSING),
    "no issue time": lambda: signed(iat=MISSING),
    "expiry true": lambda: signed(exp=True),
    "issue time false": lambda: signed(iat=False),
    "expiry a text": lambda: signed(exp=str(NOW + 600)),
    "expiry NaN": lambda: signed(exp=float("nan")),
    "every time NaN": lambda: signed(exp=float("nan"), iat=float("nan"), nbf=float("nan")),
    "expiry for ever": lambda: signed(exp=float("inf")),
    "start a text": lambda: signed(nbf="now"),
    "unknown role": lambda: signed(role="director"),
    "role any": lambda: signed(role="*"),
    "role a list": lambda: signed(role=["front-door-worker"]),
    "an empty name": lambda: signed(name=""),
    "claims a list": lambda: f"{part(header())}.{part([1])}.AA",
    "deep header": lambda: f"{part(b'[' * 4_000)}.{part(claims())}.AA",
    "a huge token": lambda: signed(extra="x" * BIGGEST),
    "issuer given twice": lambda: twice(b'"iss": "urn:another", "iss": '),
    "role given twice": lambda: twice(b'"role": "ig-officer", "iss": '),
    "a token within a token": lambda: resigned(header(cty="JWT")),
    "a certificate to trust": lambda: resigned(header(x5c=["AAAA"])),
    "a payload that is not encoded": lambda: resigned(header(b64=False)),
    "compressed": lambda: resigned(header(zip="DEF")),
    "unsigned": lambda: f"{part(header())}.{part(claims())}.",
    "no third part": lambda: f"{part(header())}.{part(claims())}",
    "a dot after": lambda: f"{signed()}.",
    "dots after": lambda: f"{signed()}..",
    "encrypted": lambda: f"{part({'alg': 'RSA-OAEP', 'enc': 'A256GCM', 'kid': RSA.kid})}.AA.AA.AA.AA",
    "encrypted with no key": lambda: f"{part({'alg': 'dir', 'enc': 'A256GCM', 'kid': RSA.kid})}..AA.AA.AA",
    "padded": lambda: f"{signed()}=",
    "a kid with a nought byte": lambda: resigned(header(kid=f"{KEY.kid}\x00")),
    "a kid that is a device": lambda: shared_secret(b"", kid="/dev/null"),
    "another curve": lambda: signed(header(alg="ES384", kid=WIDE.kid), WIDE),
    "an algorithm of another curve": lambda: resigned(header(alg="ES384")),
    "an EdDSA header on an ECDSA signature": lambda: resigned(header(alg="EdDSA")),
    "an RSA header on an elliptic key": lambda: resigned(header(alg="RS256")),
    "an elliptic header on an RSA key": lambda: resigned(header(kid=RSA.kid)),
    "PKCS1 said to be PSS": lambda: misnamed("PS256", "RS256"),
    "PSS said to be PKCS1": lambda: misnamed("RS256", "PS256"),
    "a signature of noughts": lambda: ending(bytes(64)),
    "a signature of ones": lambda: ending(b"\xff" * 64),
    "a signature too short": lambda: ending(bytes(63)),
    "a signature too long": lambda: ending(bytes(65)),
    "a signature in DER": lambda: ending(der()),
    "expiry an object": lambda: signed(exp={"$gt": 0}),
    "expiry a list": lambda: signed(exp=[NOW + 600]),
    "expiry too large to reckon with": lambda: signed(exp=10**400),
    "expiry before time began": lambda: signed(exp=-1, iat=-2, nbf=-2),
    "subject an object": lambda: signed(sub={"id": WHO.subject}),
    "organisation a list": lambda: signed(org=[WHO.organisation]),
    "audience a list within a list": lambda: signed(aud=[[AUDIENCE]]),
    "bound to a key nobody shows": lambda: signed(cnf={"jkt": "x"}),
    "bound to a certificate nobody shows": lambda: signed(cnf={"x5t#S256": "x"}),
    "bound to null": lambda: signed(cnf=None),
    "not ASCII": lambda: "\u00e9.\u00e9.\u00e9",
} | {f"no {name}": (lambda n=name: signed(**{n: MISSING})) for name in ("sub", "name", "role", "org", "client_id")}


def reader(clock: Callable[[], float] = lambda: NOW) -> TokenReader:
    return TokenReader.of_keys(PUBLIC, issuer=ISSUER, audience=AUDIENCE, clock=clock)


async def test_a_right_token_names_its_requester() -> None:
    """Everything about the requester comes from the credential; the scheme's case does not matter."""
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert await reader().requester(f"{scheme} {signed()}") == WHO
    assert await reader().requester(f"Bearer {signed(aud=['a', AUDIENCE])}") == WHO
    assert await reader().requester(f"Bearer {signed(nbf=MISSING)}") == WHO
    assert await reader().requester(f"Bearer {signed(exp=NOW + 60.5)}") == WHO
    assert await reader().requester(f"Bearer {signed(header(alg='PS256', kid=RSA.kid), RSA)}") == WHO
    assert await reader().requester(f"Bearer {resigned(header())}") == WHO


@pytest.mark.parametrize("why", BAD)
async def test_a_wrong_token_names_nobody(why: str) -> None:
    """One attack each; the error holds a code and nothing of the token."""
    token = BAD[why]()
    with pytest.raises(Unauthenticated) as refused:
        await reader().requester(f"Bearer {token}")
    assert not token or token not in str(refused.value)


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer ", "Basic eDp5", "Token x", " Bearer x", "Bearer  x"])
async def test_no_bearer_token_is_nobody(given: str | None) -> None:
    """A header of another scheme or with nothing in it is refused."""
    with pytest.raises(Unauthenticated):
        await reader().requester(given)


async def test_every_refusal_looks_the_same_from_outside() -> None:
    """Whatever was wrong, the client gets one status, one body and one challenge; the log has the code."""
    import io

    log = io.StringIO()
    endpoint = GraphQLEndpoint(None, Door(reader()), Observer(log))  # type: ignore[arg-type] # nobody gets that far
    app = Starlette(routes=[Route("/graphql", endpoint.__call__, methods=["POST"])])
    seen = set()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub") as client:
        for make in BAD.values():
            sent = {"authorization": f"Bearer {make()}".encode()}
            response = await client.post("/graphql", content=b"{}", headers=sent)
            body = response.json()
            assert body.pop("extensions")["requestId"]
            kept = {name: value for name, value in response.headers.items() if name != "date"}
            seen.add((response.status_code, orjson.dumps(body), orjson.dumps(kept)))
    assert len(seen) == 1
    codes = {orjson.loads(line)["code"] for line in log.getvalue().splitlines()}
    assert codes >= {"bad-form", "bad-type", "bad-header", "bad-issuer", "bad-audience", "bad-time", "too-long"}
    assert codes >= {"expired", "not-yet", "bad-claims", "bad-role", "unknown-key", "bad-algorithm", "bad-signature"}


async def test_a_token_already_checked_still_expires() -> None:
    """What was checked once is kept, and refused the moment it is over; before its start it is refused too."""
    now = [float(NOW)]
    tokens = reader(lambda: now[0])
    token = f"Bearer {signed()}"
    assert await tokens.requester(token) == WHO
    now[0] = NOW + 630
    assert await tokens.requester(token) == WHO
    for moment in (NOW + 631, NOW - 31):
        now[0] = moment
        with pytest.raises(Unauthenticated):
            await tokens.requester(token)


async def test_what_is_kept_has_a_bound() -> None:
    """Many tokens do not fill the memory, and are all still answered."""
    tokens = reader()
    tokens._checked = dict.fromkeys(map(str, range(KEPT)))  # type: ignore[arg-type] # nobody looks at these
    assert await tokens.requester(f"Bearer {signed()}") == WHO
    assert len(tokens._checked) == 1


def test_a_requester_is_not_printed() -> None:
    """Who somebody is appears in no repr: it would end in a log."""
    assert WHO.subject not in repr(WHO)
    assert WHO.name not in repr(WHO)


def test_the_development_issuer_refuses_production(tmp_path: Path) -> None:
    """Tokens anybody at a desk can sign have no place in production; not even its key is made."""
    with pytest.raises(DevelopmentIssuerRefused):
        DevelopmentIssuer(tmp_path, Environment.PRODUCTION)
    assert not list(tmp_path.iterdir())


async def test_the_development_key_is_its_owners_alone_and_is_kept(tmp_path: Path) -> None:
    """The key is made once, readable by its owner only; a second start signs with the same one."""
    folder = tmp_path / "new"
    first = DevelopmentIssuer(folder, Environment.DEMO)
    key = folder / "development-issuer.json"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    token = DevelopmentIssuer(folder, Environment.DEVELOPMENT).token(WHO, audience=AUDIENCE)
    assert key.read_bytes() == before
    assert (
        await TokenReader.of_keys(first.public_keys, issuer=ISSUER, audience=AUDIENCE).requester(f"Bearer {token}")
        == WHO
    )


async def test_a_development_token_lasts_as_long_as_it_is_told(tmp_path: Path) -> None:
    """Its lifetime is counted from the moment given."""
    issuer = DevelopmentIssuer(tmp_path, Environment.DEMO)
    tokens = TokenReader.of_keys(issuer.public_keys, issuer=ISSUER, audience=AUDIENCE, skew=0, clock=lambda: NOW + 61)
    assert await tokens.requester(f"Bearer {issuer.token(WHO, audience=AUDIENCE, now=NOW, lifetime=61)}") == WHO
    with pytest.raises(Unauthenticated):
        await tokens.requester(f"Bearer {issuer.token(WHO, audience=AUDIENCE, now=NOW, lifetime=60)}")


async def test_public_keys_are_read_from_a_file(tmp_path: Path) -> None:
    """A JSON Web Key Set of public keys is what an issuer publishes."""
    path = tmp_path / "keys.json"
    path.write_bytes(orjson.dumps({"keys": [KEY.as_dict(private=False)]}))
    tokens = TokenReader.of_keys(read_public_keys(path), issuer=ISSUER, audience=AUDIENCE, clock=lambda: NOW)
    assert await tokens.requester(f"Bearer {signed()}") == WHO


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"{",
        b"3",
        b"null",
        b"[]",
        b"{}",
        b'{"keys":3}',
        b'{"keys":[{}]}',
        b'{"keys":[{"kty":"EC"}]}',
        b'{"keys":["x"]}',
        b'{"keys":[]}',
        orjson.dumps({"keys": [KEY.as_dict(private=True)]}),
        orjson.dumps({"keys": [KEY.as_dict(private=False), OTHER.as_dict(private=True)]}),
        orjson.dumps({"keys": [OctKey.generate_key(256).as_dict(private=True)]}),
        orjson.dumps(KEY.as_dict(private=True)),
    ],
    ids=count(),
)
def test_a_file_that_holds_no_public_keys_or_a_secret_one_is_refused(tmp_path: Path, content: bytes) -> None:
    """Garbage is refused by the file's name; so is a private or shared key, which must not lie on this machine."""
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"keys\.json") as refused:
        read_public_keys(path)
    secret = KEY.as_dict(private=True)["d"]
    assert str(secret) not in str(refused.value)


def test_no_file_of_public_keys_is_said(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ValueError, match=r"none\.json"):
        read_public_keys(tmp_path / "none.json")


# A team is told where the issuer tells it, and is a word; anything else is no claim at all.
async def test_a_team_is_a_word_or_absent() -> None:
    assert (await reader().requester(f"Bearer {signed(team='east')}")).team == "east"
    assert (await reader().requester(f"Bearer {signed()}")).team is None
    for wrong in ("", 7, ["east"]):
        with pytest.raises(Unauthenticated):
            await reader().requester(f"Bearer {signed(team=wrong)}")
