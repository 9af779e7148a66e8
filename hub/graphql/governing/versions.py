"""Versions of the rules: their lives, and what each is made of."""

import strawberry

from hub.governance.versions.example_cells import example_of
from hub.governance.versions.stages import Stage
from hub.governance.versions.steps import Step, stage_of
from hub.governance.versions.version import Cells
from hub.graphql.context import Info
from hub.graphql.governing.arguments import OneVersion, VersionId
from hub.graphql.governing.books import book, stored
from hub.graphql.governing.problems import asked_rightly
from hub.graphql.governing.room import Governing
from policies.rows import LISTS
from policies.rulebook import Rulebook
from schema.governance.policy_test import Fact, PolicyTest
from schema.governance.policy_version import PolicyContent, PolicyStep, PolicyVersion
from schema.governance.rule import PolicyRule

_SPLIT = (*LISTS, "duties")


async def lives(room: Governing, version: str | None = None) -> list[PolicyVersion]:
    """Give the life of one version, or of all, the newest first."""
    by: dict[str, list[Step]] = {}
    for step in await room.policies.versions.steps(version):
        by.setdefault(step.version, []).append(step)
    return [_life(name, steps) for name, steps in reversed(by.items())]


def _life(version: str, steps: list[Step]) -> PolicyVersion:
    stage = stage_of(steps)
    return PolicyVersion(
        id=strawberry.ID(version),
        stage=stage.value if stage else "",
        active=stage is Stage.ACTIVE,
        history=[_step(step) for step in steps],
    )


def _step(step: Step) -> PolicyStep:
    return PolicyStep(
        act=step.act.value,
        stage=step.stage.value,
        actor=step.actor,
        role=step.role,
        agency=step.agency,
        reason=step.reason,
        at=step.at,
        effective_at=step.effective_at,
        errors=step.found.errors,
        warnings=step.found.warnings,
        gained=step.found.gained,
        lost=step.found.lost,
        ledger_record=step.ledger_record,
    )


def rule_of(cells: Cells) -> PolicyRule:
    """Give a rule as it is published."""
    return PolicyRule(**{name: cell.split() if name in _SPLIT else cell for name, cell in cells.items()})  # type: ignore[arg-type] # each cell is of its column


def run(cells: Cells, rules: Rulebook) -> PolicyTest:
    """Ask an attached test of the rules, and give it as it is published."""
    example = example_of(cells)
    facts = [Fact(name=n, word=w) for n, _, w in (pair.partition("=") for pair in cells["facts"].split())]
    return PolicyTest(
        where=example.where,
        role=example.asker.role,
        agency=example.asker.agency,
        purpose=example.asker.purpose,
        service=example.service,
        field=example.field,
        labels=sorted(example.labels),
        facts=facts,
        flags=sorted(example.facts.flags),
        expect=example.expect.value,
        why=example.why,
        fault=example.fault(rules.ruling(example.asker, example.service, example.facts)),
    )


async def tests_of(room: Governing, version: str | None) -> list[PolicyTest]:
    """Run the tests attached to a version."""
    rules = await book(room, version)
    return [run(cells, rules) for cells in (await stored(room, version)).examples]


@strawberry.type
class VersionQueries:
    """What may be asked of versions."""

    @strawberry.field(description="The id of the version that counts.")
    async def active_version(self, info: Info) -> strawberry.ID | None:
        """Name the active version."""
        active = await info.context.governing.policies.versions.active()
        return strawberry.ID(active) if active else None

    @strawberry.field(description="Every version and what was done to it, the newest first.")
    async def versions(self, info: Info) -> list[PolicyVersion]:
        """List versions."""
        return await lives(info.context.governing)

    @strawberry.field(description="One version and what was done to it; null where there is none.")
    async def version(
        self,
        info: Info,
        id: VersionId,  # noqa: A002 -- the schema's word
    ) -> PolicyVersion | None:
        """Tell of one version."""
        return next(iter(await lives(info.context.governing, str(id))), None)

    @strawberry.field(description="What a version is made of: its rules, and its tests, each run now.")
    async def content(self, info: Info, version: OneVersion = None) -> PolicyContent | None:
        """Show a version."""
        room = info.context.governing
        with asked_rightly():
            found = await stored(room, version)
            return PolicyContent(
                id=strawberry.ID(found.id),
                digest=found.digest,
                parent=strawberry.ID(found.parent) if found.parent else None,
                author=found.author,
                agency=found.agency,
                reason=found.reason,
                made_at=found.made_at,
                must_approve=sorted(await room.policies.lives.needed(found.id)),
                rules=[rule_of(cells) for cells in found.rules],
                tests=await tests_of(room, found.id),
            )

    @strawberry.field(description="The tests attached to a version, each run now.")
    async def tests(self, info: Info, version: OneVersion = None) -> list[PolicyTest] | None:
        """Run a version's tests."""
        with asked_rightly():
            return await tests_of(info.context.governing, version)
