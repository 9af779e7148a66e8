"""A version's life: drafted from edited rows, proposed, approved by another person, made to count, rolled back."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry

from hub.governance.acting import CannotBeDone
from hub.governance.versions import editing
from hub.governance.versions.example_cells import EXAMPLE_COLUMNS
from hub.governance.versions.version import Cells
from hub.graphql.context import Info
from hub.graphql.governing.arguments import VersionId, Why
from hub.graphql.governing.books import stored
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.problems import REFUSALS, problem_of
from hub.graphql.governing.room import Governing
from hub.graphql.governing.versions import lives
from hub.identity.requester import Requester
from policies.rows import COLUMNS
from schema.governance.policy_test import PolicyTestInput
from schema.governance.policy_version import DraftInput, PolicyResult
from schema.governance.rule import PolicyRuleInput

Edits = Annotated[DraftInput, strawberry.argument(description="What to put in and what to take out.")]
Moment = Annotated[datetime, strawberry.argument(description="From when it counts.")]
Earlier = Annotated[
    strawberry.ID | None, strawberry.argument(description="The version to go back to; the one before if none.")
]


def _rule_cells(rule: PolicyRuleInput) -> Cells:
    told = asdict(rule)
    return {c: " ".join(told[c]) if isinstance(told[c], list) else told[c] for c in COLUMNS}


def _test_cells(test: PolicyTestInput) -> Cells:
    told = asdict(test) | {
        "facts": " ".join(f"{fact.name}={fact.word}" for fact in test.facts),
        "purpose": test.purpose.value,
        "service": test.service.value,
        "labels": " ".join(sorted(test.labels)),
        "flags": " ".join(sorted(test.flags)),
    }
    return {column: str(told[column]) for column in EXAMPLE_COLUMNS}


async def _drafted(room: Governing, edits: DraftInput, by: Requester) -> str:
    rows = editing.Edits(
        tuple(map(_rule_cells, edits.put)),
        tuple(edits.remove),
        tuple(map(_test_cells, edits.attach)),
        tuple(edits.detach),
    )
    return await editing.drafted(room.policies, await stored(room, edits.start), rows, by, edits.reason)


async def _step(
    room: Governing, version: str, take: Callable[[], Awaitable[object]], told: PolicyResult | None = None
) -> PolicyResult:
    """Take a step of a stored version, and tell how the version stands then."""
    told = told or PolicyResult()
    try:
        await stored(room, version)
        await take()
    except REFUSALS as error:
        told.problem = problem_of(error)
        return told
    told.version = (await lives(room, version))[0]
    return told


@strawberry.type
class VersionMutations:
    """What may be done to versions."""

    @strawberry.mutation(
        description="Make a new version from edited rows. Nothing is edited in place.", extensions=[For(OFFICERS)]
    )
    async def draft_policy_version(self, info: Info, edits: Edits) -> PolicyResult | None:
        """Draft a version."""
        room = info.context.governing
        try:
            version = await _drafted(room, edits, info.context.requester)
        except REFUSALS as error:
            return PolicyResult(problem=problem_of(error))
        return PolicyResult(version=(await lives(room, version))[0])

    @strawberry.mutation(
        description="Lint a draft, compare it with the version that counts, and put it to the agencies whose data it"
        " is about.",
        extensions=[For(OFFICERS)],
    )
    async def propose_policy_version(self, info: Info, version: VersionId, reason: Why = "") -> PolicyResult | None:
        """Propose a version."""
        room, by, told = info.context.governing, info.context.requester, PolicyResult()
        return await _step(room, version, lambda: editing.proposed(room.policies, version, by, reason, told), told)

    @strawberry.mutation(
        description="Approve a proposed version for your own agency, if its data is concerned and you neither wrote"
        " nor proposed it.",
        extensions=[For(OFFICERS)],
    )
    async def approve_policy_version(self, info: Info, version: VersionId, reason: Why = "") -> PolicyResult | None:
        """Approve a version."""
        room, by = info.context.governing, info.context.requester
        return await _step(room, version, lambda: room.policies.lives.approve(version, by, reason))

    @strawberry.mutation(
        description="Refuse a version that does not count yet, for your own agency, if its data is concerned.",
        extensions=[For(OFFICERS)],
    )
    async def reject_policy_version(self, info: Info, version: VersionId, reason: Why) -> PolicyResult | None:
        """Reject a version."""
        room, by = info.context.governing, info.context.requester
        return await _step(room, version, lambda: room.policies.lives.reject(version, by, reason))

    @strawberry.mutation(
        description="Take back a version that does not count yet, scheduled or not, that your own agency brought.",
        extensions=[For(OFFICERS)],
    )
    async def withdraw_policy_version(self, info: Info, version: VersionId, reason: Why) -> PolicyResult | None:
        """Withdraw a version."""
        room, by = info.context.governing, info.context.requester
        return await _step(room, version, lambda: room.policies.lives.withdraw(version, by, reason))

    @strawberry.mutation(
        description="Let an approved version count from a moment to come, by the database's time.",
        extensions=[For(OFFICERS)],
    )
    async def schedule_policy_version(self, info: Info, version: VersionId, at: Moment) -> PolicyResult | None:
        """Schedule a version."""
        room, by = info.context.governing, info.context.requester

        async def take() -> None:
            if at.tzinfo is None:
                raise CannotBeDone("no-offset", "say from when with an offset, such as 2027-01-04T08:00:00+00:00")
            await room.policies.lives.schedule(version, by, at)

        return await _step(room, version, take)

    @strawberry.mutation(
        description="Make an approved version the one that counts, now and on every replica.",
        extensions=[For(OFFICERS)],
    )
    async def publish_policy_version(self, info: Info, version: VersionId, reason: Why = "") -> PolicyResult | None:
        """Publish a version."""
        room, by = info.context.governing, info.context.requester
        return await _step(room, version, lambda: room.policies.lives.activate(version, by, reason))

    @strawberry.mutation(
        description="Put an earlier version back in its place, as a new step.", extensions=[For(OFFICERS)]
    )
    async def roll_back_policy(self, info: Info, reason: Why, version: Earlier = None) -> PolicyResult | None:
        """Roll back."""
        room, by = info.context.governing, info.context.requester
        try:
            if version is not None:
                await stored(room, version)
            back = await room.policies.lives.roll_back(by, reason, version)
        except REFUSALS as error:
            return PolicyResult(problem=problem_of(error))
        return PolicyResult(version=(await lives(room, back))[0])
