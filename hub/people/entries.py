"""Entries: one source's word for a person, as the hub works with it and as it lies sealed in the database."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from connectors.contract import Identity, LocalId, Traits
from hub.people import protection
from hub.people.sealing import Place, Sealer
from schema.labels import Label
from schema.services import Service

TABLE = "person_source"
_TRAITS = msgspec.json.Decoder(Traits)


@dataclass(frozen=True, slots=True)
class Entry:
    """One source's entry for a person."""

    id: str
    source_id: str
    service: Service
    local_id: LocalId
    traits: Traits
    labels: frozenset[Label] = frozenset()
    version: int = 1
    number: int = 0
    """Its short name in the database."""

    def now(self, identity: Identity) -> "Entry":
        """Give the entry's next version, as the feed now has it."""
        return replace(
            self,
            traits=identity.traits,
            labels=identity.labels,
            version=self.version + 1,
        )


def seal(sealer: Sealer, entry: Entry, local_hmac: str) -> dict[str, object]:
    """Give the row in which an entry lies in the database."""
    key = sealer.fresh(Place(TABLE, entry.id, entry.version))
    return {
        "id": entry.id,
        "number": entry.number,
        "source_id": entry.source_id,
        "service": entry.service.value,
        "local_hmac": local_hmac,
        "key_ct": key.wrapped,
        "local_ct": key.seal("local_ct", entry.local_id.encode()),
        "payload_ct": key.seal("payload_ct", msgspec.json.encode(entry.traits)),
        "labels": protection.written(entry.labels),
        "ended_at": None,
        "version": entry.version,
    }


def unseal(sealer: Sealer, row: Any) -> Entry:
    """Open an entry's row, however it was read; Tampered when it is not as it was sealed."""
    key = sealer.unwrap(Place(TABLE, row.id, row.version), row.key_ct)
    return Entry(
        id=row.id,
        source_id=row.source_id,
        service=Service(row.service),
        local_id=LocalId(key.open("local_ct", row.local_ct).decode()),
        traits=_TRAITS.decode(key.open("payload_ct", row.payload_ct)),
        labels=protection.read(row.labels),
        version=row.version,
        number=row.number,
    )


def utc(moment: datetime | None) -> datetime | None:
    """Give a moment with its zone: SQLite keeps none."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
