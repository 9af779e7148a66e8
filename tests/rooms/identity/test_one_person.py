"""One person is one to the hub, whichever way they come in; and how lately they proved it is their issuer's to say."""

from pathlib import Path
from typing import Any

import pytest

from hub.identity.issuers.meaning import subject_of
from hub.identity.people_of import LATELY
from hub.identity.tokens import TokenReader
from hub.identity.trusted import trusted_issuers
from hub.identity.unauthenticated import Unauthenticated
from hub.settings import Settings, SettingsError, read_settings
from tests.rooms.identity.test_trusted import COUNCIL, FILE, NOW, settings_of, token

COUNCIL_AT, ELSEWHERE = "https://council.example.org", "https://sign-in.example.org"
SIGN_IN = """
ask = "the made-up help desk"
[sessions]
lately = 3
[[issuer]]
id = "{id}"
name = "The council"
issuer = "{issuer}"
client_id = "hub"
public = true
subject = ["tid", "oid"]
[[issuer.map]]
when = {{ roles = "x" }}
role = "social-worker"
organisation = "brookshire-council"
"""
CLAIMS: dict[str, Any] = {
    "role": "social-worker",
    "org": "brookshire-council",
    "tid": "t:1",
    "oid": "o 1",
    "sub": "pair",
}


def both(folder: Path, issuers: str = FILE, id: str = "staff", issuer: str = COUNCIL_AT) -> Settings:  # noqa: A002 -- as in the file
    """Let people of an issuer sign in, and bring tokens."""
    (folder / "sign-in.toml").write_text(SIGN_IN.format(id=id, issuer=issuer), "utf-8")
    return settings_of(folder, issuers, sign_in=str(folder / "sign-in.toml"), public_url="https://hub.example.org")


def reader(settings: Settings) -> TokenReader:
    return TokenReader(*trusted_issuers(settings).issuers, clock=lambda: NOW)


def known_as(name: str) -> str:
    return FILE.replace('name = "council"', f'name = "{name}"\npeople_of = "staff"')


@pytest.mark.parametrize(
    ("issuers", "signed_in_at"), [(FILE, COUNCIL_AT), (known_as("apps"), ELSEWHERE), (known_as("staff"), ELSEWHERE)]
)
async def test_a_token_names_whom_a_session_names(tmp_path: Path, issuers: str, signed_in_at: str) -> None:
    """By the claims that tell people apart at signing in: one account for budgets, one name where two must agree."""
    from hub.identity.issuers.reading import read_sign_in

    settings = both(tmp_path, issuers, issuer=signed_in_at)
    assert settings.sign_in is not None
    (configured,) = read_sign_in(settings.sign_in, production=False).issuers
    by_token = await reader(settings).requester(token(COUNCIL, COUNCIL_AT, **CLAIMS))
    assert by_token.subject == subject_of(configured, CLAIMS) == "staff:t%3A1:o%201"
    with pytest.raises(Unauthenticated, match="bad-claims"):
        await reader(settings).requester(token(COUNCIL, COUNCIL_AT, **CLAIMS | {"oid": ""}))


async def test_an_issuer_nobody_signs_in_at_is_as_it_was(tmp_path: Path) -> None:
    """Its people are its own: they are called by its name and their sub."""
    by_token = await reader(both(tmp_path, issuer=ELSEWHERE)).requester(token(COUNCIL, COUNCIL_AT, **CLAIMS))
    assert by_token.subject == "council:pair"


@pytest.mark.parametrize(
    ("issuers", "id", "why"),
    [
        (FILE, "council", "another issuer of that id"),
        (known_as("apps").replace('"staff"', '"nobody"'), "staff", "names no issuer of HUB_SIGN_IN"),
    ],
)
def test_two_issuers_people_are_never_called_alike(tmp_path: Path, issuers: str, id: str, why: str) -> None:  # noqa: A002 -- as in the file
    """The hub does not start where somebody's token would make them somebody else who signed in."""
    with pytest.raises(SettingsError, match=why):
        trusted_issuers(both(tmp_path, issuers, id, ELSEWHERE))


async def test_one_issuer_by_settings_says_no_name_of_those_who_sign_in_elsewhere(tmp_path: Path) -> None:
    """With HUB_ISSUER nothing stands before a sub: one that begins like others' names is refused."""
    both(tmp_path, issuer=ELSEWHERE)
    plain = {"jwks_file": str(tmp_path / "council.json"), "issuer": COUNCIL_AT, "public_url": "https://hub.example.org"}
    settings = read_settings({}, env="development", data=tmp_path, sign_in=str(tmp_path / "sign-in.toml"), **plain)
    assert (await reader(settings).requester(token(COUNCIL, COUNCIL_AT, **CLAIMS))).subject == "pair"
    with pytest.raises(Unauthenticated, match="bad-subject"):
        await reader(settings).requester(token(COUNCIL, COUNCIL_AT, **CLAIMS | {"sub": "staff:t%3A1:o%201"}))


@pytest.mark.parametrize(
    ("claims", "window", "lately"),
    [
        ({}, LATELY, False),
        ({"auth_time": NOW}, LATELY, True),
        ({"auth_time": NOW - LATELY}, LATELY, True),
        ({"auth_time": NOW - LATELY - 1}, LATELY, False),
        ({"auth_time": NOW - 180}, 180, True),
        ({"auth_time": NOW - 181}, 180, False),
        ({"auth_time": NOW + 31}, LATELY, False),
        ({"auth_time": str(NOW)}, LATELY, False),
        ({"auth_time": True}, LATELY, False),
        ({"auth_time": NOW, "client_id": "pair"}, LATELY, False),
    ],
)
async def test_how_lately_somebody_signed_in_is_what_the_token_says(
    tmp_path: Path, claims: dict[str, Any], window: int, *, lately: bool
) -> None:
    """auth_time within the minutes set for sessions; a token that says nothing, or is a system's own, never."""
    settings = both(tmp_path) if window == 180 else settings_of(tmp_path, FILE)
    asked = token(COUNCIL, COUNCIL_AT, **CLAIMS | claims)
    assert (await reader(settings).requester(asked)).lately is lately


async def test_a_token_is_no_longer_lately_after_a_while(tmp_path: Path) -> None:
    """Each time it is brought: what was so when it was first checked is not kept."""
    now = [float(NOW)]
    tokens = TokenReader(*trusted_issuers(settings_of(tmp_path, FILE)).issuers, clock=lambda: now[0])
    asked = token(COUNCIL, COUNCIL_AT, **CLAIMS, auth_time=NOW, exp=NOW + 3_600)
    assert (await tokens.requester(asked)).lately
    now[0] += LATELY + 1
    assert not (await tokens.requester(asked)).lately
