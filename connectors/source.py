"""A source: a connector configured for one agency by one TOML file. Addresses and secrets come only from here."""

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from connectors.contract import Limits
from connectors.errors import SourceMisconfigured
from schema.services import Service

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]


class SecretRef(BaseModel):
    """Where a secret is: an environment variable or a file, never the secret itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            message = "name either env or file"
            raise ValueError(message)
        return self

    def read(self) -> SecretStr:
        """Read the secret; SourceMisconfigured when it is not there."""
        if self.env is not None:
            value = os.environ.get(self.env)
            if not value:
                raise SourceMisconfigured("secret-missing", f"environment variable {self.env} is not set")
            return SecretStr(value)
        assert self.file is not None  # noqa: S101 -- by the validator
        try:
            return SecretStr(self.file.read_text("utf-8").strip())
        except OSError:
            raise SourceMisconfigured("secret-missing", f"file {self.file} cannot be read") from None


class ContactConfig(BaseModel):
    """Whom to ring at the service: published, not part of a record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    team: str
    phone: str | None = None
    email: str | None = None
    hours: str | None = None


class CoverageConfig(BaseModel):
    """What the source covers: days, area, ages in whole years."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: date | None = None
    end: date | None = None
    area: str | None = None
    youngest: int | None = Field(default=None, ge=0)
    oldest: int | None = Field(default=None, ge=0)


class LimitsConfig(BaseModel):
    """Budgets: seconds, calls at once, bytes, records."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    deadline: float = Field(default=3.0, gt=0, le=30)
    connect: float = Field(default=1.0, gt=0, le=10)
    concurrency: int = Field(default=16, ge=1, le=256)
    bytes: int = Field(default=2 * 1024 * 1024, ge=1024)
    records: int = Field(default=5_000, ge=1)
    depth: int = Field(default=64, ge=4, le=256)

    def budget(self) -> Limits:
        """Give the limits as the connector's contract has them."""
        return Limits(
            self.deadline,
            self.connect,
            self.concurrency,
            self.bytes,
            self.records,
            self.depth,
        )


class SourceConfig(BaseModel):
    """One source. ``connection`` and ``map`` belong to the system named and are checked by it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    service: Service
    name: str
    owner: str
    agency: Name
    system: str
    contact: ContactConfig | None = None
    coverage: CoverageConfig = CoverageConfig()
    limits: LimitsConfig = LimitsConfig()
    connection: Mapping[str, Any] = {}
    map: tuple[Mapping[str, Any], ...] = ()
    path: Path = Path()


def read_source(path: Path) -> SourceConfig:
    """Read one source file; SourceMisconfigured says the file, the key and what is wrong with it."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceMisconfigured("unreadable", f"{path.name}: {type(error).__name__}: {error}") from None
    try:
        return SourceConfig(**content, path=path)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SourceMisconfigured("invalid", f"{path.name}: {wrong}") from None
    except TypeError as error:
        raise SourceMisconfigured("invalid", f"{path.name}: {error}") from None


def read_sources(folder: Path) -> tuple[SourceConfig, ...]:
    """Read every ``*.toml`` in a folder, by name; two sources may not share an id."""
    if not folder.is_dir():
        raise SourceMisconfigured("no-folder", f"{folder} is not a folder of source files")
    sources = tuple(read_source(path) for path in sorted(folder.glob("*.toml")))
    seen: dict[str, Path] = {}
    for source in sources:
        if source.id in seen:
            raise SourceMisconfigured(
                "duplicate",
                f"{source.path.name} and {seen[source.id].name} are both {source.id}",
            )
        seen[source.id] = source.path
    return sources
