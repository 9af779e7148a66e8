"""Writing the index: what one batch changes, gathered first and written in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from uuid import uuid4

import msgspec
from sqlalchemy import Table, bindparam, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.people import protection
from hub.people.compare import Evidence
from hub.people.entries import Entry, seal
from hub.people.linking import Group, Status
from hub.people.ordered import ordered_id
from hub.people.reading import parts
from hub.people.sealing import Place, Sealer
from hub.store.many import write_many
from hub.store.tables.people import AGENCY_LINK, KNOWN_DIFFERENT, LINK_KEY, PERSON, PERSON_SOURCE
from schema.labels import Label

Rows = list[dict[str, object]]

FOUND_BY = ("h", "entry", "key_version")
"""The columns of what an entry is found by."""

MACHINE = "hub"
"""Who decides when no person did."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why an entry is a person's: the rule or person that decided, and when."""

    rule: str
    rule_version: str
    decided_by: str
    decided_at: datetime
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None


@dataclass(slots=True)
class Writes:
    """What a batch changes."""

    sealer: Sealer
    persons: Rows = field(default_factory=list)
    statuses: Rows = field(default_factory=list)
    entries: Rows = field(default_factory=list)
    changes: Rows = field(default_factory=list)
    ends: Rows = field(default_factory=list)
    links: Rows = field(default_factory=list)
    unlinks: Rows = field(default_factory=list)
    keys: list[tuple[int, int, int]] = field(default_factory=list)
    """A hash, the number of the entry found by it, and the version of the key it was made with."""
    unkeyed: list[int] = field(default_factory=list)
    """Numbers of entries that are no longer to be found as they were."""
    different: Rows = field(default_factory=list)

    def person(self, group: Group) -> None:
        """Add a person."""
        self.persons.append(
            {"id": group.id, "status": group.status.value, "labels": protection.written(group.labels), "version": 1}
        )

    def status(self, group: Group, superseded_by: str | None = None) -> None:
        """Change what a person is to the index."""
        self.statuses.append(
            {
                "at": group.id,
                "status": group.status.value,
                "labels": protection.written(group.labels),
                "superseded_by": superseded_by,
            }
        )

    def entry(self, entry: Entry, local_hmac: str) -> None:
        """Add an entry."""
        self.entries.append(seal(self.sealer, entry, local_hmac))

    def change(self, entry: Entry, local_hmac: str) -> None:
        """Replace an entry by its next version."""
        row = seal(self.sealer, entry, local_hmac)
        row["at"] = row.pop("id")
        self.changes.append(row)

    def key(self, entry: Entry, versions: Mapping[int, int]) -> None:
        """Let an entry be found by hashes, each with the version of the key it was made with."""
        self.keys.extend([(h, entry.number, version) for h, version in versions.items()])

    def link(self, entry_id: str, group: Group, decision: Decision) -> None:
        """Record that an entry is a person's, and why."""
        link_id = ordered_id()
        self.links.append(
            {
                "id": link_id,
                "entry_id": entry_id,
                "person_id": group.id,
                "rule": decision.rule,
                "rule_version": decision.rule_version,
                **_grounds(self.sealer, link_id, decision),
                "decided_by": decision.decided_by,
                "decided_at": decision.decided_at,
            }
        )

    def unlink(self, entry_id: str, at: datetime, because: str) -> None:
        """End an entry's live link; it stays as history."""
        self.unlinks.append({"at": entry_id, "ended_at": at, "ended_because": because})

    def end(self, entry_id: str, number: int, at: datetime) -> None:
        """End an entry: its source holds the person no more."""
        self.ends.append({"at": entry_id, "ended_at": at})
        self.unkeyed.append(number)

    def differ(self, entry_id: str, other_id: str, decision: Decision) -> None:
        """Record that an entry is not another entry's, or not a person's."""
        key = self.sealer.fresh(Place("known_different", f"{entry_id}|{other_id}", 1))
        self.different.append(
            {
                "entry_id": entry_id,
                "other_id": other_id,
                "key_ct": key.wrapped,
                "reason_ct": key.seal("reason_ct", (decision.reason or "").encode()),
                "decided_by": decision.decided_by,
                "decided_at": decision.decided_at,
            }
        )

    async def write(self, connection: AsyncConnection) -> None:
        """Write everything, in the order in which one row may need another."""
        for part in parts(self.unkeyed):
            await connection.execute(delete(LINK_KEY).where(LINK_KEY.c.entry.in_(part)))
        await _update(connection, AGENCY_LINK, "entry_id", self.unlinks, live=True)
        await _update(connection, PERSON_SOURCE, "id", self.changes)
        await _update(connection, PERSON_SOURCE, "id", self.ends)
        await write_many(connection, LINK_KEY, FOUND_BY, sorted(self.keys, key=itemgetter(0)))
        for table, rows in (
            (PERSON, self.persons),
            (PERSON_SOURCE, self.entries),
            (AGENCY_LINK, self.links),
            (KNOWN_DIFFERENT, self.different),
        ):
            if rows:
                await write_many(connection, table, list(rows[0]), [tuple(row.values()) for row in rows])
        await _update(connection, PERSON, "id", self.statuses)


async def _update(connection: AsyncConnection, table: Table, by: str, rows: Rows, *, live: bool = False) -> None:
    if not rows:
        return
    statement = update(table).where(table.c[by] == bindparam("at"))
    if live:
        statement = statement.where(table.c.ended_at.is_(None))
    await connection.execute(statement.values({name: bindparam(name) for name in rows[0] if name != "at"}), rows)


def _grounds(sealer: Sealer, link_id: str, decision: Decision) -> dict[str, bytes | None]:
    """Seal what a decision rests on; where nothing was compared and nobody gave a reason there is nothing to seal."""
    if not decision.evidence and decision.reason is None:
        return {"key_ct": b"", "evidence_ct": b"", "reason_ct": None}
    key = sealer.fresh(Place("agency_link", link_id, 1))
    return {
        "key_ct": key.wrapped,
        "evidence_ct": key.seal("evidence_ct", msgspec.json.encode(decision.evidence)),
        "reason_ct": None if decision.reason is None else key.seal("reason_ct", decision.reason.encode()),
    }


def new_group(entry: Entry, inherits: frozenset[Label] = frozenset()) -> Group:
    """Make a person of an entry that is nobody's yet: sealed, unborn or active."""
    labels = inherits | (entry.labels & protection.SEALING)
    unborn = entry.traits.date_of_birth is None and entry.traits.expected_date_of_birth is not None
    status = Status.SEALED if labels & protection.SEALING else Status.UNBORN if unborn else Status.ACTIVE
    return Group(str(uuid4()), status, labels)
