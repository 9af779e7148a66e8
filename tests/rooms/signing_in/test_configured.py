"""The sign-in file: every mistake told at once with its place, no secret shown; what rows mean; where paths lead."""

from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from hub.commands.check import findings
from hub.identity.issuers.configured import IssuerConfig
from hub.identity.issuers.meaning import Meaning, meaning_of, subject_of
from hub.identity.issuers.proving import WrongKey, proof_of
from hub.identity.issuers.reading import WrongSignIn, read_sign_in
from hub.identity.same_site import origin_of
from hub.settings import SettingsError, read_settings
from hub.web.local_path import HOME, local_path
from tests.rooms.signing_in.certificates import certificate
from tests.rooms.signing_in.files import LIAR, liar_file

RSA = RSAKey.generate_key(2048, {"kid": "hub-1"})

TENANT = "11111111-2222-3333-4444-555555555555"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"

MISTAKES: dict[str, tuple[str, str, str]] = {
    "no issuer at all": ("[[issuer]]", "[[issuers]]", "issuers: is not a word of this file"),
    "nobody to ask": ('ask = "the made-up help desk"', "", "ask: is missing"),
    "a word it does not know": ("client_id", "client", "issuer 1 client: is not a word of this file"),
    "a role there is not": ('role = "front-door-worker"', 'role = "director"', "map 1 role: not a role: one of"),
    "an organisation misspelt": (
        'organisation = "cast-social-care"', 'organisation = "Cast"', "issuer 1 map 1 organisation: an agency's id"),
    "a row that gives nothing": ('team = "Duty team"', "", "issuer 1 map 2: gives nothing"),
    "no way to prove itself": ("secret = ", "key_id = 'x'\n# ", "issuer 1: say how the hub proves itself"),
    "two ways": ("secret = ", "public = true\nsecret = ", "issuer 1: say how the hub proves itself"),
    "an issuer that is no address": ('issuer = "{url}"', 'issuer = "council"', "issuer 1 issuer: the issuer's own"),
    "one that is not secure": ('issuer = "{url}"', 'issuer = "http://id.example.org"', "must begin with https://"),
    "a shared algorithm": ("secret = ", 'algorithms = ["HS256"]\nsecret = ', "algorithms 1: is not one of the"),
    "no openid": ("secret = ", 'scopes = ["profile"]\nsecret = ', "issuer 1 scopes: must have openid"),
    "a secret that is not there": ('file = "{secret}"', 'file = "{secret}-not"', "issuer liar: file "),
    "a secret in the file itself": ('{{ file = "{secret}" }}', '"s3cr3t-in-the-file"', "secret: names where it is"),
    "anybody's tenant": (
        'issuer = "{url}"', 'issuer = "https://login.microsoftonline.com/common/v2.0"', "pin the council's own tenant"),
    "no tenant insisted on": ('issuer = "{url}"', f'issuer = "{ENTRA}"', "require = { tid = "),
    "people known by e-mail": (
        'issuer = "{url}"', f'issuer = "{ENTRA}"\nsubject = ["email"]\nrequire = {{{{ tid = "{TENANT}" }}}}',
        'subject = ["tid", "oid"]'),
    "the name of partners' clients": ('id = "liar"', 'id = "partner"', "issuer 1 id: is kept for partners' clients"),
    "half a line": ("[[issuer.map]]", "[[issuer.map", "is not TOML (line"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_no_secret(tmp_path: Path, mistake: str) -> None:
    """One mistake each; what was written in the place of a secret is not repeated."""
    before, after, told = MISTAKES[mistake]
    assert before in LIAR
    (tmp_path / "secret").write_text("made-up-secret", "utf-8")
    text = LIAR.replace(before, after, 1).format(
        url="https://id.example.org", client="c", secret=tmp_path / "secret", more=""
    )
    path = tmp_path / "sign-in.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(WrongSignIn) as refused:
        read_sign_in(path, production=False)
    assert told in str(refused.value)
    assert "sign-in.toml: " in str(refused.value)
    assert "s3cr3t" not in str(refused.value)
    assert "needs at least one" not in str(refused.value)
    assert "made-up-secret" not in str(refused.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """An operator mends a file once, not mistake by mistake; a second issuer alike is one."""
    path = liar_file(tmp_path, "https://id.example.org", 'prompt = "none"\nmax_age = -1\n')
    with pytest.raises(WrongSignIn) as refused:
        read_sign_in(path, production=False)
    assert str(refused.value).count("sign-in.toml: issuer 1 ") == 2
    text = path.read_text("utf-8").replace('prompt = "none"\nmax_age = -1\n', "")
    path.write_text(text + text.partition('help desk"\n')[2], "utf-8")
    with pytest.raises(WrongSignIn, match="two issuers have the same id"):
        read_sign_in(path, production=False)
    with pytest.raises(WrongSignIn, match=r"cannot be read \(FileNotFoundError\)"):
        read_sign_in(tmp_path / "none.toml", production=False)


def test_production_takes_no_demonstration(tmp_path: Path) -> None:
    """No public client, no plain HTTP, no sign-in without the hub's own address; ``hub check`` says so."""
    path = liar_file(tmp_path, "http://127.0.0.1:1")
    path.write_text(path.read_text("utf-8").replace("secret = ", "public = true # "), "utf-8")
    assert read_sign_in(path, production=False).issuers[0].public
    with pytest.raises(WrongSignIn) as refused:
        read_sign_in(path, production=True)
    assert "public = true is for demonstrations" in str(refused.value)
    assert "must begin with https://" in str(refused.value)
    with pytest.raises(SettingsError, match="HUB_SIGN_IN needs HUB_PUBLIC_URL"):
        read_settings({"HUB_ENV": "development", "HUB_SIGN_IN": str(path)})
    production = {"HUB_DATABASE_URL": "sqlite:///x", "HUB_SOURCES": "x", "HUB_KEYS": "x", "HUB_ISSUER": "x"}
    production |= {"HUB_JWKS_FILE": "x", "HUB_SIGN_IN": str(path), "HUB_PUBLIC_URL": "http://hub.example.org"}
    with pytest.raises(SettingsError, match="must begin with https:// in production"):
        read_settings(production)
    settings = read_settings(production | {"HUB_PUBLIC_URL": "https://hub.example.org/"})
    assert settings.base_url == "https://hub.example.org"
    found = {f.what: f for f in findings(settings)}
    assert not found["sign-in"].ok
    for wrong in ("https://hub.example.org/hub", "hub.example.org", "https://hub:port", "ftp://hub", "https://"):
        with pytest.raises(SettingsError, match="HUB_PUBLIC_URL: must be an address without a path"):
            read_settings({"HUB_ENV": "demo", "HUB_PUBLIC_URL": wrong})


def issuer(**given: Any) -> IssuerConfig:
    plain: dict[str, Any] = {"id": "nhs", "name": "N", "issuer": "https://id.example.org", "client_id": "c"}
    return IssuerConfig.model_validate(plain | {"public": True} | given)


ROW = {"when": {"roles": "A"}, "role": "police-officer", "organisation": "police"}


def test_rows_are_read_in_order_and_exactly() -> None:
    """The first whose every condition holds; a role and its organisation come from one row, a team from one there."""
    rows = [
        {"when": {"roles": "A", "dept": "x"}, "role": "analyst", "organisation": "council"},
        ROW,
        {"when": {"groups": "g1"}, "organisation": "council", "team": "Not there"},
        {"when": {"groups": "g2"}, "organisation": "police", "team": "Night"},
    ]
    read = issuer(map=rows)
    for claims, meant in (
        ({"roles": ["B", "A"]}, Meaning("police-officer", "police")),
        ({"roles": "A", "dept": "x"}, Meaning("analyst", "council")),
        ({"roles": ["A"], "groups": ["g1", "g2"]}, Meaning("police-officer", "police", "Night")),
        ({"roles": ["a"]}, None),
        ({"roles": [["A"]]}, None),
        ({"roles": {"A": 1}}, None),
        ({"roles": "A B"}, None),
        ({"groups": ["g2"]}, None),
        ({}, None),
    ):
        assert meaning_of(read, claims) == meant, claims


def test_of_several_roles_only_the_chosen_one_counts() -> None:
    """NHS CIS2 lists every role somebody has: without the choice, or with one not listed once, they have none."""
    listed = [{"person_roleid": "1", "org_code": "RXX", "role_code": "A"}, {"person_roleid": "2", "org_code": "RYY"}]
    row = {"when": {"nhsid_nrbac_roles": {"org_code": "RXX", "role_code": "A"}}, "role": "health-practitioner"}
    chosen = {"list": "nhsid_nrbac_roles", "key": "person_roleid", "by": "selected_roleid"}
    read = issuer(map=[row | {"organisation": "trust"}], chosen=chosen)
    for by, roles, meant in (
        ("1", listed, True),
        ("2", listed, False),
        ("3", listed, False),
        (None, listed, False),
        ("1", listed + listed, False),
        ("1", "1", False),
    ):
        claims = {"nhsid_nrbac_roles": roles} | ({"selected_roleid": by} if by else {})
        assert (meaning_of(read, claims) is not None) is meant


def test_people_are_told_apart_by_every_claim_that_does() -> None:
    """Two people never have one name here, whatever their ids hold; without one of the claims nobody has a name."""
    read = issuer(map=[ROW], subject=["tid", "oid"])
    assert subject_of(read, {"tid": "t", "oid": "o"}) == "nhs:t:o"
    assert subject_of(read, {"tid": "t:o", "oid": "x"}) != subject_of(read, {"tid": "t", "oid": "o:x"})
    for lacking in ({"tid": "t"}, {"tid": "t", "oid": ""}, {"tid": "t", "oid": 7}):
        assert subject_of(read, lacking) is None


STAY = ("/", "/people/ab12", "/a?b=c&d=/e", "/x?to=https://evil.example")
LEAVE = (
    None, "", "x", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https:evil.example", "https://evil.example", "javascript:alert(1)", "/%2fevil.example/..//", "/%5cevil.example",
    "%2f%2fevil.example", "/%2Fevil.example", "/%25252Fevil.example", "/\tevil", "/\n/evil.example",
    "/%09/evil.example", "/%0d%0aSet-Cookie:x=y", " /", "/ ", "/a%20b", "/\u2215evil", "/" + "a" * 600, "/#//evil",
)  # fmt: skip


def test_only_a_path_of_the_hub_is_a_way_back() -> None:
    """Every known way of writing another address leads home; a path with a query stays what it is."""
    assert [path for path in STAY if local_path(path) != path] == []
    assert [path for path in LEAVE if local_path(path) != HOME] == []


def test_origins_are_written_as_browsers_write_them() -> None:
    """Small letters, and no port that the scheme has anyway."""
    for url, origin in (
        ("https://Hub.example.org:443/x", "https://hub.example.org"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://hub.example.org:8443", "https://hub.example.org:8443"),
    ):
        assert origin_of(url) == origin


def test_an_assertion_is_short_lived_and_names_its_key() -> None:
    """What Entra ID and CIS2 ask of one: the algorithm, kid or thumbprint, an id of its own, a minute at most."""
    pem = certificate(RSA)
    proof = proof_of(secret=None, key=RSA.as_pem(private=True).decode(), certificate=pem, key_id="k", signing="PS256")
    assert proof.assertion is not None

    class Auth:
        client_id = "hub"

    seen = [jwt.decode(proof.assertion.sign(Auth(), "https://t"), RSA, algorithms=["PS256"]) for _ in range(2)]
    for token in seen:
        assert token.claims["exp"] - token.claims["iat"] == 60
        assert (token.claims["iss"], token.claims["sub"], token.claims["aud"]) == ("hub", "hub", "https://t")
        assert token.header["kid"] == "k"
        assert len(token.header["x5t#S256"]) == 43
    assert seen[0].claims["jti"] != seen[1].claims["jti"]
    assert "PRIVATE" not in repr(proof)


def test_a_key_that_cannot_be_used_is_refused_at_the_start() -> None:
    """Not a key, a public one, of another kind than the algorithm, or another's certificate: told, never shown."""
    private, public = RSA.as_pem(private=True).decode(), RSA.as_pem(private=False).decode()
    other = certificate(RSAKey.generate_key(2048))
    elliptic = ECKey.generate_key("P-256").as_pem(private=True).decode()
    for given, why in (
        ({"key": "x"}, "no private key"),
        ({"key": "{}"}, "no private key"),
        ({"key": public}, "public key"),
        ({"key": elliptic}, "does not go with that kind"),
        ({"key": private, "certificate": "x"}, "no certificate"),
        ({"key": private, "certificate": other}, "of another key"),
    ):
        with pytest.raises(WrongKey, match=why) as refused:
            proof_of(**({"secret": None, "certificate": None, "key_id": None, "signing": "RS256"} | given))
        assert "BEGIN" not in str(refused.value)
    assert proof_of(secret=None, key=elliptic, certificate=None, key_id=None, signing="ES256").assertion
