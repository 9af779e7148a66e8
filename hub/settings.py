"""Settings: ``HUB_*`` environment variables, all wrong ones listed at once. Secrets also as ``HUB_…_FILE``."""

import os
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from hub.admitting.places import Room
from hub.governance.lasting import SAVED_DAYS
from hub.graphql.manner import Manner, Statuses
from hub.setting_kinds import Colour, Database, HeaderName, Image, Mailbox, Networks, Telephone, WebAddress

PREFIX = "HUB_"

SELDOM = 30
"""The fewest seconds between two looks of a watch in production."""


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
    database_url: Database = ""
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
    public_url: WebAddress = ""
    """Where people and partners reach the hub, such as `https://hub.example.org`: what it calls itself in tokens."""
    proxies: Networks = ""
    """Addresses or networks of the proxies that are believed, with commas between."""
    certificate_header: HeaderName = ""
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
    colour: Colour = "#1d3f72"
    """The council's colour, such as `#1d3f72`, behind white words: it must be dark enough to read them on."""
    logo: Image | None = None
    """File of the council's logo, SVG or PNG, shown beside its name; none if none."""
    contact_email: Mailbox = ""
    """E-mail address of the council's team for the hub, as its statements and help give it."""
    contact_phone: Telephone = ""
    """Telephone number of the same team."""
    privacy_contact: Mailbox = ""
    """E-mail address of the data protection officer, as the privacy statement gives it."""
    replica: str = "hub-1"
    """This replica's name: each writes a log of its own in the ledger."""
    checkpoint_file: Path | None = None
    """File, best on another disk, that keeps the ledger's latest signed checkpoint; an older database is not served."""
    audit_years: Annotated[int, Field(ge=1, le=120)] | None = None
    """Years for which entries of the ledger keep what they say (`hub audit retention`); for ever if none."""
    saved_days: Annotated[int, Field(ge=1, le=3650)] = SAVED_DAYS
    """Days after its last change for which a chronology that a worker saved is kept."""

    @model_validator(mode="after")
    def _signing_in(self) -> Self:
        if self.sign_in is not None and not self.public_url:
            raise ValueError("HUB_SIGN_IN needs HUB_PUBLIC_URL: where people reach the hub with a browser")
        if self.env is Environment.PRODUCTION and self.public_url.startswith("http://"):
            raise ValueError("HUB_PUBLIC_URL must begin with https:// in production: a session is worth a password")
        return self

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
