"""Settings: ``HUB_*`` environment variables, all wrong ones listed at once. Secrets also as ``HUB_…_FILE``."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from hub.admitting.places import Room
from hub.graphql.manner import Manner, Statuses

PREFIX = "HUB_"

DARKEST = 0.04045
"""Where the curve of sRGB begins (IEC 61966-2-1)."""

SELDOM = 30
"""The fewest seconds between two looks of a watch in production."""

READABLE = 4.5
"""The least contrast of words with what is behind them (WCAG 2.2, success criterion 1.4.3)."""


class SettingsError(Exception):
    """One or more settings are wrong; the message lists them all and never a value."""


class Environment(StrEnum):
    """Where the hub runs; production refuses everything meant for a demonstration."""

    DEMO = "demo"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """The hub's settings. Each is an environment variable with ``HUB_`` before its name."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, use_attribute_docstrings=True)

    env: Environment = Environment.PRODUCTION
    """`demo`, `development` or `production`; production refuses the development issuer and makes no keys."""
    data: Path = Path(".demo")
    """Folder of the hub's own files."""
    database_url: str = ""
    """`postgresql://…` or `sqlite:///…`; an SQLite file in the data folder if none."""
    sources: Path | None = None
    """Folder of source files, one TOML file a source; `sources` in the data folder if none."""
    keys: Path | None = None
    """Folder of the hub's keys; `keys` in the data folder if none."""
    weights: Path | None = None
    """File of matching weights, as `hub people train` writes them; the shipped ones if none."""
    equivalents: Path | None = None
    """File of names that stand for each other here, beside the shipped ones: a group a line, commas between."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on."""
    issuer: str = ""
    """The `iss` that tokens must carry; with HUB_JWKS_FILE."""
    audience: str = "children-hub"
    """The `aud` that tokens must carry."""
    jwks_file: Path | None = None
    """File of the issuer's public keys (JWKS)."""
    issuers: Path | None = None
    """File of several trusted issuers (TOML), in place of HUB_ISSUER, HUB_AUDIENCE and HUB_JWKS_FILE."""
    sign_in: Path | None = None
    """File of where people sign in with a browser (TOML); outside production, the development issuer if none."""
    public_url: str = ""
    """Where people and partners reach the hub, such as `https://hub.example.org`: what it calls itself in tokens."""
    proxies: str = ""
    """Addresses or networks of the proxies that are believed, with commas between."""
    certificate_header: str = ""
    """Header in which those proxies put a client's certificate, such as `Client-Cert`; none is read if empty."""
    clock_skew: Annotated[int, Field(ge=0, le=60)] = 30
    """Seconds by which clocks may differ when a token's times are checked."""
    answer_step: Annotated[int, Field(ge=0, le=100)] = 5
    """Milliseconds of the grid on which GraphQL answers leave, so that their time tells no more; 0 for none."""
    notices: Path | None = None
    """File of where agencies' leads are told at once (TOML); their notices wait to be listed if none."""
    budgets: Path | None = None
    """File of budgets: how many people a user, a system or an organisation may come to; those that ship if none."""
    deadline: Annotated[float, Field(gt=0, le=30)] = 8.0
    """Seconds a whole question may take; each source has its own beneath it."""
    at_once: Annotated[int, Field(ge=1, le=1024)] = 32
    """Questions and pages one process answers at once."""
    waiting: Annotated[int, Field(ge=0, le=4096)] = 256
    """Questions and pages that may wait for their turn; whoever comes then is told to come again (503)."""
    patience: Annotated[float, Field(gt=0, le=30)] = 1.0
    """Seconds one of them may wait; whoever would wait longer is told so at once."""
    at_once_each: Annotated[int, Field(ge=1, le=1024)] = 4
    """Of those, how many of one person or system while anybody else asks; the rest of theirs wait."""
    reconcile_hours: Annotated[int, Field(ge=0, le=720)] = 24
    """Hours after which an index feed is read whole again, and whom it no longer names is taken off; 0 is never."""
    watch_seconds: Annotated[float, Field(gt=0, le=3600)] = 300.0
    """Seconds between two looks of a watch (a GraphQL subscription); at least 30 in production."""
    watches: Annotated[int, Field(ge=0, le=1000)] = 100
    """Watches this replica keeps at once; 0 for none at all."""
    watches_each: Annotated[int, Field(ge=1, le=1000)] = 10
    """Watches of one person, or of one partner's system that names nobody."""
    graphql_get: bool | None = None
    """Whether a question may come in an address, by GET with a bearer token; not in production if unset."""
    graphql_statuses: Statuses = Statuses.SETTLED
    """`settled`: the HTTP statuses that GraphQL clients know; `2026`: those of GraphQL over HTTP's first edition."""
    council: str = ""
    """What the council is called, as every page shows it; `Children's services` if empty."""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1d3f72"
    """The council's colour, such as `#1d3f72`, behind white words: it must be dark enough to read them on."""
    logo: Path | None = None
    """File of the council's logo, SVG or PNG, shown beside its name; none if none."""
    contact_email: str = ""
    """E-mail address of the council's team for the hub, as its statements and help give it."""
    contact_phone: str = ""
    """Telephone number of the same team."""
    privacy_contact: str = ""
    """E-mail address of the data protection officer, as the privacy statement gives it."""
    replica: str = "hub-1"
    """This replica's name: each writes a log of its own in the ledger."""
    checkpoint_file: Path | None = None
    """File, best on another disk, that keeps the ledger's latest signed checkpoint; an older database is not served."""
    audit_years: Annotated[int, Field(ge=1, le=120)] | None = None
    """Years for which entries of the ledger keep what they say (`hub audit retention`); for ever if none."""

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, value: str) -> str:
        if not value:
            return value
        try:
            name = make_url(value).get_backend_name()
        except (ArgumentError, ValueError):  # SQLAlchemy says a wrong port in a ValueError that repeats it
            name = ""
        if name not in {"sqlite", "postgresql"}:
            raise ValueError("must be a sqlite or postgresql URL")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            whole = False
        if value and not (whole and parts.path in {"", "/"} and not parts.query and not parts.fragment):
            raise ValueError("must be an address without a path, such as https://hub.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _signing_in(self) -> Self:
        if self.sign_in is not None and not self.public_url:
            raise ValueError("HUB_SIGN_IN needs HUB_PUBLIC_URL: where people reach the hub with a browser")
        if self.env is Environment.PRODUCTION and self.public_url.startswith("http://"):
            raise ValueError("HUB_PUBLIC_URL must begin with https:// in production: a session is worth a password")
        return self

    @field_validator("colour")
    @classmethod
    def _readable(cls, value: str) -> str:
        if contrast_with_white(value) < READABLE:
            raise ValueError("is too light for white words to be read on: a contrast of 4.5 to 1 is needed")
        return value

    @field_validator("contact_email", "privacy_contact")
    @classmethod
    def _a_mailbox(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^\s@<>\"]{1,64}@[A-Za-z0-9.-]{1,190}", value):
            raise ValueError("must be an e-mail address, such as hub@example.org")
        return value

    @field_validator("contact_phone")
    @classmethod
    def _a_number(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9+() ]{3,30}", value):
            raise ValueError("must be a telephone number: digits, spaces, brackets and a plus")
        return value

    @field_validator("logo")
    @classmethod
    def _an_image(cls, value: Path | None) -> Path | None:
        if value is not None and (value.suffix.lower() not in {".svg", ".png"} or not value.is_file()):
            raise ValueError("must be a file that is there, named .svg or .png")
        return value

    @field_validator("proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for network in filter(None, map(str.strip, value.split(","))):
            try:
                ip_network(network)
            except ValueError:
                raise ValueError("must be addresses or networks with commas between, such as 10.0.0.1") from None
        return value

    @field_validator("certificate_header")
    @classmethod
    def _a_header(cls, value: str) -> str:
        if value and re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", value) is None:
            raise ValueError("must be a header's name, such as Client-Cert")
        return value

    @model_validator(mode="after")
    def _watching(self) -> Self:
        if self.env is Environment.PRODUCTION and self.watch_seconds < SELDOM:
            raise ValueError(f"HUB_WATCH_SECONDS must be at least {SELDOM} in production: each look asks every source")
        return self

    @model_validator(mode="after")
    def _partners(self) -> Self:
        if self.certificate_header and not self.proxies:
            raise ValueError("HUB_CERTIFICATE_HEADER needs HUB_PROXIES: nobody else is believed about a certificate")
        return self

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuers is not None and (self.issuer or self.jwks_file is not None):
            raise ValueError("HUB_ISSUERS takes the place of HUB_ISSUER and HUB_JWKS_FILE: set it alone")
        if self.env is Environment.PRODUCTION:
            missing = [
                f"{PREFIX}{name.upper()}"
                for name in ("database_url", "sources", "keys", *(() if self.issuers else ("issuer", "jwks_file")))
                if not getattr(self, name)
            ]
            if missing:
                raise ValueError(
                    f"HUB_ENV is production (the default), which needs {', '.join(missing)}; "
                    "HUB_ENV=development needs none of them"
                )
        return self

    @property
    def base_url(self) -> str:
        """Give where people and partners reach the hub: what is set, or where it listens."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(self.host, self.host)  # noqa: S104 -- read, not bound
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def proxy_networks(self) -> tuple[str, ...]:
        """Give the proxies that are believed, one by one."""
        return tuple(filter(None, map(str.strip, self.proxies.split(","))))

    @property
    def room(self) -> Room:
        """Give how many are answered at once, and how many may wait."""
        return Room(self.at_once, self.waiting, self.patience, self.at_once_each)

    @property
    def manner(self) -> Manner:
        """Give the manner in which GraphQL is answered."""
        open_here = self.env is not Environment.PRODUCTION
        by_get = open_here if self.graphql_get is None else self.graphql_get
        return Manner(by_get, self.graphql_statuses, automatic=open_here)

    @property
    def database(self) -> str:
        """Give the database URL: the one set, or an SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'hub.db'}"

    @property
    def sources_folder(self) -> Path:
        """Give the folder of source files."""
        return self.sources or self.data / "sources"

    @property
    def reconcile_every(self) -> timedelta | None:
        """Give how often index feeds are read whole; never if none."""
        return timedelta(hours=self.reconcile_hours) if self.reconcile_hours else None

    @property
    def keys_folder(self) -> Path:
        """Give the folder of keys."""
        return self.keys or self.data / "keys"

    @classmethod
    def settings_customise_sources(  # noqa: D102 -- pydantic-settings' own hook
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, dotenv_settings, file_secret_settings
        return (init_settings, env_settings)


def contrast_with_white(colour: str) -> float:
    """Give the contrast of white words on a colour such as `#1d3f72` (WCAG 2.2, relative luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= DARKEST else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def read_settings(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Read the settings; what is given here wins over the environment. SettingsError lists all that is wrong."""
    environ = os.environ if environ is None else environ
    wrong = [f"{name} is not a setting" for name in sorted(_unknown(environ))]
    values: dict[str, object] = {}
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        if variable in environ:
            values[name] = environ[variable]
        elif (file := environ.get(f"{variable}_FILE")) and f"{name}_file" not in Settings.model_fields:
            try:
                values[name] = Path(file).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                wrong.append(f"{variable}_FILE: {file} cannot be read")
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for e in error.errors(include_input=False):
            place = f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()}: " if e["loc"] else ""
            wrong.append(f"{place}{e['msg'].removeprefix('Value error, ')}")
        settings = None
    if wrong or settings is None:
        raise SettingsError("; ".join(wrong))
    return settings


def _unknown(environ: Mapping[str, str]) -> set[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known}
    return {name for name in environ if name.startswith(PREFIX)} - known
