"""A step in the life of a version: what was done, by whom, when, and what was found. Kept for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from hub.governance.versions.stages import Act, Stage
from hub.store.one_hop import moment


@dataclass(frozen=True, slots=True)
class Found:
    """What looking at a version found: faults and doubts of its rules; cells of access gained and lost."""

    errors: int | None = None
    warnings: int | None = None
    gained: int | None = None
    lost: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``ledger_record`` is the audited event that was durable before it was taken."""

    version: str
    act: Act
    stage: Stage
    actor: str
    role: str
    agency: str
    reason: str
    at: datetime
    effective_at: datetime | None
    found: Found
    ledger_record: str


def step_of(row: Row[Any]) -> Step:
    """Read a step from its row."""
    at = moment(row.at)
    assert at is not None  # noqa: S101 -- the column is not nullable
    return Step(
        row.version,
        Act(row.act),
        Stage[row.stage],
        row.actor,
        row.role,
        row.agency,
        row.reason,
        at,
        moment(row.effective_at),
        Found(row.errors, row.warnings, row.gained, row.lost),
        row.ledger_record,
    )


def stage_of(steps: Sequence[Step]) -> Stage | None:
    """Give where a version stands: at its last step."""
    return steps[-1].stage if steps else None
