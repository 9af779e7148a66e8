"""What another hub's file says: how it is asked, who is told to be asking, and which of its sources may be."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

import schema.person  # noqa: F401 -- declares every governed field
from connectors.errors import SourceMisconfigured
from connectors.neighbour import QUESTION_ID, Part
from connectors.source import ContactConfig, CoverageConfig, Name, SourceConfig
from connectors.transports.client import HttpConnection
from schema.fields import CATALOGUE, RECORDS, FieldId
from schema.purposes import Purpose
from schema.services import Service

Issuer = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^https?://[^\s/?#]+$")]
"""What a hub calls itself: its address, without a path (HUB_PUBLIC_URL)."""

NAMED = frozenset(FieldId(f"PersonName.{name}") for name in ("given", "family"))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartConfig(_Table):
    """One ``[[connection.sources]]``."""

    theirs: Name
    service: Service
    agency: Name
    name: str
    owner: str
    contact: ContactConfig | None = None
    coverage: CoverageConfig = CoverageConfig()


class Trial(_Table):
    """``[connection.trial]``: as whom and why ``hub sources check`` and ``preview`` ask, where no user does."""

    role: str
    organisation: Name
    purpose: Purpose
    reference: str | None = None


class HubConnection(HttpConnection):
    """Another hub's ``[connection]``.

    ``margin`` is the seconds kept back of those left, for the way there and back; ``hops`` how many hubs a question
    may have come through with this one: 1 asks for this hub's own users alone. ``records`` are the kinds of record, or
    fields, that it is asked for at most.
    """

    echoes: str = QUESTION_ID
    hub: Issuer
    ours: Issuer
    sources: tuple[PartConfig, ...] = Field(min_length=1, max_length=40)
    trial: Trial
    margin: float = Field(default=0.25, ge=0.0, le=5.0)
    hops: int = Field(default=1, ge=1, le=3)
    records: tuple[str, ...] = ()
    people_most: int = Field(default=100, ge=1, le=100)
    cost_most: int = Field(default=25_000, ge=1_000)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.hub == self.ours:
            message = "hub and ours are one hub"
            raise ValueError(message)
        if len({part.theirs for part in self.sources}) < len(self.sources):
            message = "sources names a source twice"
            raise ValueError(message)
        unknown = sorted(set(self.records) - set(RECORDS) - set(CATALOGUE))
        if unknown:
            message = f"records: {unknown[0]} is neither a kind of record nor a field"
            raise ValueError(message)
        return self

    @property
    def fields(self) -> frozenset[FieldId]:
        """Give the fields it is asked for at most."""
        named = frozenset(self.records)
        return frozenset(f for f, held in CATALOGUE.items() if not named or named & {f, held.record})


def parts_of(source: SourceConfig, connection: HubConnection) -> tuple[Part, ...]:
    """Give each of the other hub's sources as a source of this one."""
    return tuple(_parts(source, connection))


def _parts(source: SourceConfig, connection: HubConnection) -> Iterable[Part]:
    for named in connection.sources:
        own = named.model_dump() | {"id": f"{source.id}-{named.theirs}"}
        own["contact"] = own["contact"] or (source.contact.model_dump() if source.contact else None)
        own.pop("theirs")
        try:
            config = SourceConfig(**own, system=source.system, limits=source.limits, path=source.path)
        except ValidationError:
            where = f"{source.path.name}: connection.sources.{named.theirs}"
            raise SourceMisconfigured("connection", f"{where}: {own['id']} is too long for a source's id") from None
        yield Part(named.theirs, config)
