"""Provenance: where a record is from. Every record carries it."""

from dataclasses import field
from datetime import datetime

import strawberry

from schema.fields import envelope
from schema.labels import Label
from schema.services import Service


@strawberry.type(description="Where a record is from and how fresh it is.")
class Provenance:
    """One source's standing behind a record."""

    source: str = strawberry.field(description="The source's short name, as in `sources`.")
    service: Service = strawberry.field(description="The service the source belongs to.")
    name: str = strawberry.field(description="What workers call the source.")
    as_of: datetime | None = strawberry.field(description="When the source's data was last brought up to date.")
    retrieved_at: datetime = strawberry.field(description="When the hub read it for this answer (UTC).")


@strawberry.type
class Record:
    """What every record has: an opaque id, provenance and its own sensitivity labels."""

    id: strawberry.ID = envelope(means="Opaque reference to the record at its source.", default=strawberry.ID(""))
    provenance: Provenance | None = envelope(means="Where this is from.")
    labels: strawberry.Private[frozenset[Label]] = field(default=frozenset(), metadata={"envelope": True})
