"""What an ask needs of SSD's tables: only those tables, and of them only those columns."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from schema.fields import FieldId

INVOLVED = ("Involvement", "Professional", "DutyDesk", "Plan")


@dataclass(frozen=True, slots=True)
class Asked:
    """The asked fields, to be asked about by record and by name."""

    fields: frozenset[FieldId]

    def any_of(self, *records: str) -> bool:
        """Whether any field of these records is asked."""
        return any(f.partition(".")[0] in records for f in self.fields)

    def has(self, *names: str) -> bool:
        """Whether any of these fields is asked."""
        return any(FieldId(n) in self.fields for n in names)

    def names(self, record: str) -> frozenset[str]:
        """Name the asked fields of a record."""
        return frozenset(f.partition(".")[2] for f in self.fields if f.partition(".")[0] == record)

    @property
    def involvements(self) -> bool:
        """Whether involvements, or anything inside them, are asked."""
        return self.any_of(*INVOLVED)

    @property
    def teams(self) -> bool:
        """Whether somebody's team, or its duty desk, is asked."""
        return self.has("Involvement.team", "Professional.team") or self.any_of("DutyDesk")


@dataclass(slots=True)
class Wanted:
    """Columns wanted by table, as they are gathered."""

    columns: dict[str, set[str]] = field(default_factory=dict)

    def want(self, table: str, *columns: str | None) -> None:
        """Want columns of a table; none is no column."""
        self.columns.setdefault(table, set()).update(c for c in columns if c)

    def tables(self, known: Iterable[str]) -> list[str]:
        """List the wanted tables among the known ones, in order."""
        return [t for t in known if t in self.columns]
