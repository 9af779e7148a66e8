"""Words that may hold personal data: sealed in their row, opened for whoever has to judge them, logged nowhere."""

from dataclasses import dataclass
from typing import Any

from hub.governance.acting import CannotBeDone
from hub.people.sealing import Place, Sealer, Tampered


@dataclass(frozen=True, slots=True)
class SealedWords:
    """The words of one row of one table."""

    sealer: Sealer
    table: str
    row: str

    def seal(self, **words: str) -> dict[str, bytes]:
        """Give the row's key and each text under the name of its column."""
        key = self.sealer.fresh(self._place)
        return {"key_ct": key.wrapped} | {name: key.seal(name, text.encode()) for name, text in words.items()}

    def open(self, row: Any, *columns: str) -> tuple[str, ...]:
        """Give the texts of a row that was read; CannotBeDone where one is not what was sealed there."""
        try:
            key = self.sealer.unwrap(self._place, row.key_ct)
            return tuple(key.open(name, getattr(row, name)).decode() for name in columns)
        except Tampered:
            raise CannotBeDone(
                "words-damaged", f"{self.table} {self.row}: the words do not open with this hub's key, or were changed"
            ) from None

    @property
    def _place(self) -> Place:
        return Place(self.table, self.row, 1)
