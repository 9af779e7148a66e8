"""An SSD source's settings: which half of the standard it serves, and what the authority keeps beside it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.staff_directory import DirectorySettings
from connectors.systems.ssd.optional import KEYS
from connectors.transports.sql import SqlSettings
from schema.labels import Label


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Restrictions(_Settings):
    """The authority's own table of protected people: SSD has none. ``codes`` turns its codes into labels."""

    table: str
    person: str
    code: str
    codes: dict[str, Label]
    otherwise: Label = Label.WITNESS_PROTECTION
    """The label of a code nobody listed: a restriction that is not understood protects most."""


class Changes(_Settings):
    """The authority's own table of when anything about a person last changed (with a time zone)."""

    table: str
    person: str
    changed: str


class Loaded(_Settings):
    """The authority's own table of when the data were last brought up to date."""

    table: str
    finished: str


class SsdConnection(SqlSettings):
    """An SSD source's ``[connection]``."""

    part: Literal["social-care", "early-help"]
    restrictions: Restrictions | None = None
    changes: Changes | None = None
    loaded: Loaded | None = None
    directory: DirectorySettings | None = None
    factors: dict[str, str] = Field(default_factory=dict)
    """What the CIN census's factor codes mean; a code not listed is shown as it is."""
    without: tuple[str, ...] = ()
    """Optional tables this deployment does not have: what only they hold is not declared, and never asked for."""
    stale_after_days: float | None = Field(default=None, gt=0)

    @field_validator("without")
    @classmethod
    def _optional(cls, tables: tuple[str, ...]) -> tuple[str, ...]:
        for table in tables:
            if table not in KEYS:
                message = f"{table} is not an optional table; they are {', '.join(sorted(KEYS))}"
                raise ValueError(message)
        return tables
