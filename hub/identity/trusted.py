"""The issuers whose tokens are believed: one by two settings, or several by a file, each with what it may say."""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hub.identity.development_issuer import ISSUER, DevelopmentIssuer
from hub.identity.keys_held import ALGORITHMS, HeldKeys, Keys, read_public_keys
from hub.identity.naming import PARTNER, ByClaims, Naming
from hub.identity.people_of import LATELY, People
from hub.identity.remote_keys import RemoteKeys
from hub.settings import Environment, Settings, SettingsError
from policies.vocabulary import AGENCY, ROLES

ACCESS_TOKEN = "at+jwt"  # noqa: S105 -- a media type, not a secret
"""The type of a token that is for calling an API and for nothing else (RFC 9068 section 2.1)."""

Told = Callable[[str, str], None]
"""Is told an issuer's name and, as a code, why its keys could not be read."""


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """One issuer: what its tokens must say, the keys that check them, and who names their requesters.

    ``lately`` is how many seconds ago somebody may have proved who they are for what is grave.
    """

    issuer: str
    audience: str
    keys: Keys
    naming: Naming = ByClaims()  # noqa: RUF009 -- frozen: all may share it
    types: frozenset[str] = frozenset({ACCESS_TOKEN})
    algorithms: frozenset[str] = frozenset(ALGORITHMS)
    lately: int = LATELY


class _Entry(BaseModel):
    """One ``[[issuer]]`` of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    issuer: Annotated[str, Field(min_length=1, max_length=512)]
    audience: Annotated[str, Field(min_length=1, max_length=512)]
    organisations: Annotated[list[Annotated[str, Field(pattern=AGENCY.pattern)]], Field(min_length=1)]
    jwks_file: Path | None = None
    jwks_url: str | None = None
    roles: list[str] = sorted(ROLES)
    types: Annotated[list[Literal["at+jwt", "jwt"]], Field(min_length=1)] = ["at+jwt"]
    people_of: Annotated[str, Field(min_length=1)] | None = None
    algorithms: Annotated[list[Literal[ALGORITHMS]], Field(min_length=1)] = list(ALGORITHMS)  # type: ignore[valid-type] # the words themselves

    @model_validator(mode="after")
    def _whole(self) -> "_Entry":
        if (self.jwks_file is None) is (self.jwks_url is None):
            raise ValueError("give one of jwks_file and jwks_url")
        if self.name == PARTNER:
            raise ValueError("name is kept for partners' clients: choose another")
        if not set(self.roles) <= set(ROLES):
            raise ValueError("roles holds a word that is no role")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Annotated[list[_Entry], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Trusted:
    """Every issuer that is trusted."""

    issuers: tuple[TrustedIssuer, ...]
    remote: tuple[RemoteKeys, ...] = field(default=())

    async def close(self) -> None:
        """Let go of what is being fetched."""
        for keys in self.remote:
            await keys.close()


def _nobody(_name: str, _code: str) -> None:
    """Tell nobody."""


def trusted_issuers(settings: Settings, told: Told = _nobody) -> Trusted:
    """Give the issuers the settings name; SettingsError or ValueError where one cannot be."""
    people = People.of(settings)
    if settings.issuers is not None:
        return _of_file(settings.issuers, settings.env, people, told)
    if settings.jwks_file is not None:
        keys, issuer = read_public_keys(settings.jwks_file), settings.issuer
    else:
        keys, issuer = DevelopmentIssuer(settings.data, settings.env).public_keys, ISSUER
    named, held = people.named(ByClaims(), issuer), HeldKeys(keys.keys)
    return Trusted((TrustedIssuer(issuer, settings.audience, held, named, lately=people.lately),))


def _of_file(path: Path, env: Environment, people: People, told: Told) -> Trusted:
    entries = _read(path)
    for what, said in (("name", [e.name for e in entries]), ("issuer", [e.issuer for e in entries])):
        if len(set(said)) != len(said):
            raise SettingsError(f"{path.name}: two issuers have one {what}")
    made = [_issuer(path, entry, env, people, told) for entry in entries]
    return Trusted(tuple(made), tuple(one.keys for one in made if isinstance(one.keys, RemoteKeys)))


def _read(path: Path) -> list[_Entry]:
    try:
        return _File.model_validate(tomllib.loads(path.read_text("utf-8"))).issuer
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"HUB_ISSUERS: {path} cannot be read") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name} is not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError(f"{path.name}: {'; '.join(_wrong(error))}") from None


def _wrong(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_input=False, include_url=False):
        yield f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}"


def _issuer(path: Path, entry: _Entry, env: Environment, people: People, told: Told) -> TrustedIssuer:
    by_claims = ByClaims(f"{entry.name}:", frozenset(entry.organisations), frozenset(entry.roles))
    naming = people.named(by_claims, entry.issuer, entry.people_of, f"{path.name}: issuer {entry.name}")
    keys: Keys
    if entry.jwks_url is not None:
        keys = RemoteKeys(_address(path, entry.jwks_url, env), lambda code: told(entry.name, code))
    else:
        assert entry.jwks_file is not None  # noqa: S101 -- the file was checked to name one of the two
        try:
            keys = HeldKeys(_keys(path.parent / entry.jwks_file))
        except ValueError as error:
            raise SettingsError(f"{path.name}: issuer {entry.name}: {error}") from None
    types, algorithms = frozenset(entry.types), frozenset(map(str, entry.algorithms))
    return TrustedIssuer(entry.issuer, entry.audience, keys, naming, types, algorithms, people.lately)


def _keys(path: Path) -> Iterable:  # type: ignore[type-arg] # joserfc's own list of keys
    return read_public_keys(path).keys


def _address(path: Path, url: str, env: Environment) -> str:
    """Give the address of a key set; over HTTPS, and over HTTP on this machine alone where it is no production."""
    parts = urlsplit(url)
    here = env is not Environment.PRODUCTION and parts.scheme == "http" and parts.hostname == "127.0.0.1"
    if not (parts.scheme == "https" or here) or not parts.hostname or parts.username is not None:
        raise SettingsError(f"{path.name}: jwks_url must be an https address without a user name")
    return url
