"""What was read for one answer: rows by table and person, and the tables shared between people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.contract import LocalId
from connectors.mapping.reading import Reading
from connectors.staff_directory import Desk, StaffMember
from connectors.systems.ssd.asked import Asked
from connectors.systems.ssd.cells import Row, text
from schema.labels import Label

Grouped = dict[str, dict[str, list[Row]]]


@dataclass(slots=True)
class Rows:
    """Everything an answer is made from; filled in two or three rounds of queries, then only read."""

    asked: Asked
    reading: Reading
    by_table: Grouped = field(default_factory=dict)
    professionals: "Professionals" = field(default_factory=lambda: Professionals(()))
    teams: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, StaffMember] = field(default_factory=dict)
    desks: Mapping[str, Desk] = field(default_factory=dict)
    factors: Mapping[str, list[str]] = field(default_factory=dict)
    labels: Mapping[str, frozenset[Label]] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, table: str, person: LocalId | str) -> list[Row]:
        """Give a person's rows of a table, those of their duplicates included."""
        rows = self.by_table.get(table)
        if not rows:
            return []
        found = rows.get(person, [])
        duplicates = self.aliases.get(person)
        return [*found, *(r for d in duplicates for r in rows.get(d, []))] if duplicates else found

    def all(self, table: str) -> Iterable[Row]:
        """Give every row of a table that was read."""
        return (row for rows in self.by_table.get(table, {}).values() for row in rows)


class Professionals:
    """Rows of ssd_professionals, found by professional id and by staff id."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Index; an id that two different people have resolves to nobody."""
        self._by_key: dict[str, Row | None] = {}
        self._by_staff: dict[str, Row | None] = {}
        for row in rows:
            key, staff = text(row, "prof_professional_id"), text(row, "prof_staff_id")
            _put(self._by_key, key, row, key)
            _put(self._by_staff, staff, row, key)

    def by_key(self, reference: str) -> Row | None:
        """Resolve a professional id; then, where nobody has it, a staff id."""
        return self._by_key[reference] if reference in self._by_key else self._by_staff.get(reference)

    def by_staff(self, reference: str) -> Row | None:
        """Resolve a staff id, which some builds fill with professional ids: nobody where the two differ."""
        staff, key = self._by_staff.get(reference), self._by_key.get(reference)
        if staff is None or key is None:
            return staff or key
        return staff if staff["prof_professional_id"] == key["prof_professional_id"] else None


def _put(index: dict[str, Any], reference: str | None, row: Row, key: str | None) -> None:
    if reference is None:
        return
    known = index.get(reference, row)
    same = known is not None and text(known, "prof_professional_id") == key
    index[reference] = row if same else None


def grouped(rows: Iterable[Row], person: str) -> dict[str, list[Row]]:
    """Put rows by person."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        who = text(row, person)
        if who is not None:
            found.setdefault(who, []).append(row)
    return found
