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
    """One step; ``ledger_record`` is the audited event that was durable before it was taken.

    ``parent`` is the version it was made from, of a draft that was drafted again.
    """

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
    parent: str | None = None


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
        row.parent,
    )


def stage_of(steps: Sequence[Step]) -> Stage | None:
    """Give where a version stands: at its last step."""
    return steps[-1].stage if steps else None


def since_draft(steps: Sequence[Step]) -> Sequence[Step]:
    """Give a version's steps since it was last drafted: an approval of before is no approval now."""
    drafts = [place for place, step in enumerate(steps) if step.act is Act.DRAFT]
    return steps[drafts[-1] :] if drafts else steps


def parent_of(steps: Sequence[Step], stored: str | None) -> str | None:
    """Give the version that one was last made from: ``stored`` unless it was drafted again."""
    again = [step.parent for step in steps if step.act is Act.DRAFT and step.parent is not None]
    return again[-1] if again else stored
