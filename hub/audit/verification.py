"""What verifying found: how much was checked, and each piece of damage with its place."""

from dataclasses import dataclass
from enum import StrEnum


class Damage(StrEnum):
    """What is wrong with a ledger."""

    UNREADABLE = "UNREADABLE"  # not what a ledger holds at all
    NOT_CANONICAL = "NOT_CANONICAL"  # says the right thing in other bytes
    COUNT = "COUNT"  # fewer or more lines than the export said
    MISSING = "MISSING"  # places in a log were skipped
    OUT_OF_PLACE = "OUT_OF_PLACE"  # a place came twice, or after a later one
    BODY = "BODY"  # a body is not the one that was hashed
    RECORD = "RECORD"  # the columns are not those that were hashed
    ERASED = "ERASED"  # a body is gone and no entry says who erased it
    ROOT = "ROOT"  # records before a checkpoint are not those it signed
    TRUNCATED = "TRUNCATED"  # a log is shorter than its checkpoint
    SIGNATURE = "SIGNATURE"  # a note is not signed by the key
    CHECKPOINT = "CHECKPOINT"  # a checkpoint's row contradicts its note, or its number is out of turn
    FORKED = "FORKED"  # a note kept elsewhere tells another story
    ROLLED_BACK = "ROLLED_BACK"  # a note kept elsewhere is of a later state than this


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of damage: where, and what."""

    place: str
    damage: Damage


@dataclass(frozen=True, slots=True)
class Verification:
    """The result. ``uncovered`` records came after their log's last checkpoint: hashed, but not yet signed for."""

    records: int
    checkpoints: int
    logs: tuple[str, ...]
    erased: int
    uncovered: int
    found: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return self.found == 0
