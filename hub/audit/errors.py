"""Errors of the ledger, named by what the hub does next. Codes are stable and hold nothing of a record."""

from typing import Final

UNKNOWN: Final = "deadline"
"""The code where nobody said in time what became of it: it may yet come to be written. By any other it was not."""


class LedgerUnavailable(Exception):
    """Refuse: what cannot be audited is not asked and not released. ``code`` is safe to log and show."""

    def __init__(self, code: str) -> None:
        """Keep the stable code."""
        super().__init__(f"the audit ledger cannot be written: {code}")
        self.code = code


class LedgerDamaged(LedgerUnavailable):
    """Alarm: what the database holds is not what this ledger wrote; nothing is added until somebody has looked."""


class EntryRefused(ValueError):
    """Mend the caller: an entry holds something that does not belong in the ledger; the message names the place."""
