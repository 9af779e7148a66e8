"""Several trusted issuers by one file: each with its keys, and no word for anybody else's organisation."""

from pathlib import Path

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from hub.identity.tokens import TokenReader
from hub.identity.trusted import trusted_issuers
from hub.identity.unauthenticated import Unauthenticated
from hub.settings import Environment, Settings, SettingsError, read_settings

NOW = 1_800_000_000
COUNCIL, TRUST = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))

FILE = """
[[issuer]]
name = "council"
issuer = "https://council.example.org"
audience = "children-hub"
jwks_file = "council.json"
organisations = ["brookshire-council"]

[[issuer]]
name = "trust"
issuer = "https://trust.example.org"
audience = "api://hub"
jwks_file = "trust.json"
organisations = ["brookshire-nhs"]
roles = ["health-practitioner"]
types = ["jwt"]
algorithms = ["ES256"]
"""


def settings_of(folder: Path, text: str, **given: str) -> Settings:
    for name, key in (("council", COUNCIL), ("trust", TRUST)):
        (folder / f"{name}.json").write_bytes(orjson.dumps({"keys": [key.as_dict(private=False)]}))
    (folder / "issuers.toml").write_text(text, "utf-8")
    return read_settings({}, env="development", data=folder, issuers=folder / "issuers.toml", **given)


def token(key: ECKey, issuer: str, **changed: object) -> str:
    claims = {"iss": issuer, "aud": "children-hub", "sub": "1", "name": "N", "role": "health-practitioner"}
    claims |= {"org": "brookshire-nhs", "client_id": "c", "iat": NOW, "exp": NOW + 60}
    typ = str(changed.pop("typ", "at+jwt"))
    return "Bearer " + jwt.encode({"alg": "ES256", "typ": typ, "kid": key.kid}, claims | changed, key)


def reader(folder: Path) -> TokenReader:
    return TokenReader(*trusted_issuers(settings_of(folder, FILE)).issuers, clock=lambda: NOW)


async def test_each_issuer_is_believed_for_its_own_and_told_apart(tmp_path: Path) -> None:
    """Both know somebody as 1: they are two people to the hub. The type may be written in full (RFC 9068)."""
    tokens = reader(tmp_path)
    theirs = {"role": "social-worker", "org": "brookshire-council"}
    council = token(COUNCIL, "https://council.example.org", typ="application/at+jwt", **theirs)
    assert (await tokens.requester(council)).subject == "council:1"
    trust = await tokens.requester(token(TRUST, "https://trust.example.org", aud="api://hub", typ="JWT"))
    assert (trust.subject, trust.organisation) == ("trust:1", "brookshire-nhs")


@pytest.mark.parametrize(
    ("key", "issuer", "changed", "code"),
    [
        (COUNCIL, "council", {}, "bad-organisation"),
        (TRUST, "council", {"org": "brookshire-council"}, "unknown-key"),
        (COUNCIL, "trust", {"aud": "api://hub", "typ": "jwt"}, "unknown-key"),
        (TRUST, "trust", {"typ": "jwt"}, "bad-audience"),
        (TRUST, "trust", {"aud": "api://hub"}, "bad-type"),
        (TRUST, "trust", {"aud": "api://hub", "typ": "jwt", "role": "social-worker"}, "bad-role"),
        (TRUST, "trust", {"aud": "api://hub", "typ": "jwt", "org": "brookshire-council"}, "bad-organisation"),
        (TRUST, "trust", {"aud": "api://hub", "typ": "jwt", "sub": "x" * 513}, "bad-claims"),
    ],
)
async def test_no_issuer_speaks_for_another(
    tmp_path: Path, key: ECKey, issuer: str, changed: dict[str, object], code: str
) -> None:
    """One agency's issuer, whoever holds its key, cannot make a worker of another agency or of a role not its own."""
    with pytest.raises(Unauthenticated, match=code):
        await reader(tmp_path).requester(token(key, f"https://{issuer}.example.org", **changed))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("issuer =", "isuer ="), "issuer"),
        (('jwks_file = "trust.json"', ""), "one of jwks_file and jwks_url"),
        (('jwks_file = "trust.json"', 'jwks_url = "http://trust.example.org/keys"'), "https"),
        (('jwks_file = "trust.json"', 'jwks_url = "https://user@trust.example.org/keys"'), "https"),
        (('jwks_file = "trust.json"', 'jwks_url = "file:///etc/passwd"'), "https"),
        (('jwks_file = "trust.json"', 'jwks_file = "none.json"'), "none.json"),
        (('name = "trust"', 'name = "council"'), "one name"),
        (("https://trust", "https://council"), "one issuer"),
        (('organisations = ["brookshire-nhs"]', "organisations = []"), "organisations"),
        (('["health-practitioner"]', '["director"]'), "no role"),
        (('["ES256"]', '["HS256"]'), "algorithms"),
        (("[[issuer]]", "[[issuer"), "TOML"),
    ],
)
def test_a_wrong_file_of_issuers_is_refused_at_start(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """Whatever is wrong is said with its place, and nothing is trusted by halves."""
    with pytest.raises(SettingsError, match=said):
        trusted_issuers(settings_of(tmp_path, FILE.replace(*change)))


async def test_keys_by_url_are_https_but_on_this_machine_in_development(tmp_path: Path) -> None:
    """A test's issuer needs no certificate; production's does."""
    text = FILE.replace('jwks_file = "trust.json"', 'jwks_url = "http://127.0.0.1:9/keys"')
    trusted = trusted_issuers(settings_of(tmp_path, text))
    assert len(trusted.remote) == 1
    await trusted.close()
    settings = settings_of(tmp_path, text, database_url="sqlite://", sources="x", keys="x")
    with pytest.raises(SettingsError, match="https"):
        trusted_issuers(settings.model_copy(update={"env": Environment.PRODUCTION}))


def test_a_file_of_issuers_stands_alone(tmp_path: Path) -> None:
    """Two ways of saying whom to trust at once would leave one of them unread."""
    with pytest.raises(SettingsError, match="HUB_ISSUERS"):
        settings_of(tmp_path, FILE, issuer="https://council.example.org")
    with pytest.raises(SettingsError, match="cannot be read"):
        trusted_issuers(read_settings({}, env="development", data=tmp_path, issuers=tmp_path / "none.toml"))
