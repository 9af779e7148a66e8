"""Reading the sign-in file: every mistake with its place and what to do, and never what was written there."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from connectors.errors import SourceMisconfigured
from connectors.source import SecretRef
from hub.identity.issuers.configured import IssuerConfig, SignInConfig
from hub.identity.issuers.proving import Proof, WrongKey, proof_of

_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a word of this file",
    "literal_error": "is not one of the words allowed",
    "too_short": "needs at least one",
    "string_pattern_mismatch": "is not spelt as it must be: see hub/docs/operator.md",
}


SECRETS: Final = frozenset({"secret", "key", "certificate"})
NAMED: Final = 'names where it is, { env = "…" } or { file = "…" }, and never says the secret itself'

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class WrongSignIn(Exception):
    """The sign-in file is wrong; the message lists every mistake with its place, and no value."""


def read_sign_in(path: Path, *, production: bool) -> SignInConfig:
    """Read the file; WrongSignIn lists all that is wrong."""
    try:
        read = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSignIn(f"{path.name}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        line = str(error).rpartition("(at ")[2].rstrip(")")
        raise WrongSignIn(f"{path.name}: is not TOML ({line})") from None
    try:
        found = SignInConfig.model_validate(read)
    except ValidationError as error:
        wrong = list(_told(error))
    else:
        wrong = [f"issuer {issuer.id}: {why}" for issuer in found.issuers for why in _wrong(issuer, production)]
    if wrong:
        raise WrongSignIn("; ".join(f"{path.name}: {one}" for one in wrong))
    return found


def _told(error: ValidationError) -> Iterator[str]:
    """Tell every mistake once: a list whose members are wrong is not told to be empty besides."""
    found = error.errors(include_input=False)
    for one in found:
        within = [e for e in found if e is not one and e["loc"][: len(one["loc"])] == one["loc"]]
        if one["type"] != "too_short" or not within:
            said = NAMED if one["type"] == "model_type" and one["loc"][-1] in SECRETS else _why(one["type"], one["msg"])
            yield f"{_place(one['loc'])}: {said}"


def _place(loc: tuple[int | str, ...]) -> str:
    """Say where: ``issuer 1 map 2 role``, counted from one as somebody reading the file counts."""
    parts = [str(part + 1) if isinstance(part, int) else part for part in loc]
    return " ".join(parts) or "the file"


def _why(kind: str, message: str) -> str:
    return _WORDS.get(kind) or message.removeprefix("Value error, ")


def _wrong(issuer: IssuerConfig, production: bool) -> list[str]:  # noqa: FBT001 -- a fact of the settings
    wrong = []
    if production and issuer.public:
        wrong.append("public = true is for demonstrations: give secret or key")
    parts = urlsplit(issuer.issuer)
    if parts.scheme != "https" and (production or parts.hostname not in LOOPBACK):
        wrong.append("issuer must begin with https://, but for one on this machine outside production")
    try:
        proof(issuer)
    except (SourceMisconfigured, WrongKey) as error:
        wrong.append(str(error).removeprefix("secret-missing: "))
    return wrong


def proof(issuer: IssuerConfig) -> Proof:
    """Read what the hub proves itself to an issuer with."""
    return proof_of(
        secret=_read("secret", issuer.secret),
        key=_read("key", issuer.key),
        certificate=_read("certificate", issuer.certificate),
        key_id=issuer.key_id,
        signing=issuer.signing,
    )


def _read(what: str, where: SecretRef | None) -> str | None:
    if where is None:
        return None
    try:
        value = where.read().get_secret_value()
    except UnicodeDecodeError:
        value = ""
    if not value:
        raise WrongKey(f"{what}: what it names is empty or is no text")
    return value
