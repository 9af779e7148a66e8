"""What the ledger needs of a database: hold one log alone, read its tail, make rows durable."""

from collections.abc import Sequence
from typing import Protocol

from hub.audit.leaf import Row

OWED = "owed_event"
"""The table of what the ledger is owed, a row a record."""

OWED_ELSEWHERE = "owed-elsewhere"

PATIENCE = 1.5
"""Seconds a write or a read may take before it is given up; below the ledger's own deadline."""

TABLE = "audit_record"


class Writer(Protocol):
    """The only writer of one log. Every method raises LedgerUnavailable, within PATIENCE and a little."""

    @property
    def ready(self) -> bool:
        """Whether it is connected, as far as is known; if not, the tail must be read first."""
        ...

    async def tail(self, first: int, limit: int) -> list[Row]:
        """Give up to so many of the log's rows from place ``first`` on; connect and take hold of the log if need be."""
        ...

    async def write(self, rows: Sequence[Row]) -> None:
        """Make the rows durable, all or none. After an error it is unknown which, until ``tail`` is read again."""
        ...

    async def carry(self, rows: Sequence[Row]) -> None:
        """Make rows durable that the ledger is owed, and take away that it is owed them: together, or neither.

        So each is written once, however late a database does what it was sent: whoever finds one owed no more writes
        none (``OWED_ELSEWHERE``).
        """
        ...

    async def close(self) -> None:
        """Let go of the log."""
        ...
