"""Looks at versions: faults, dead rules, who gains and who loses by the rules and by what was really asked."""

from datetime import UTC, date, datetime, time
from typing import Annotated

import strawberry

from hub.governance.versions.grounds import grounds
from hub.governance.versions.recorded import recorded
from hub.graphql.context import Info
from hub.graphql.governing.arguments import OneVersion, VersionId
from hub.graphql.governing.books import book
from hub.graphql.governing.problems import asked_rightly
from policies.simulate import differences, situations
from policies.simulate.dead import dead
from policies.simulate.differences import Direction
from policies.simulate.lint import lint
from policies.simulate.replay import replay
from schema.governance.difference import PolicyChange, PolicyDiff
from schema.governance.looking import DeadRule, Finding
from schema.governance.replaying import Replay, ReplayedField
from schema.governance.situation import Situation, SituationFact

MOST = 1_000
"""Changes of a diff in one answer; its counts are always of all."""

Since = Annotated[date | None, strawberry.argument(description="First day to replay; all that is recorded if none.")]
First = Annotated[int, strawberry.argument(description=f"How many changes to list, {MOST} at most.")]
After = Annotated[int, strawberry.argument(description="How many changes to leave out first.")]


def situation_of(found: situations.Situation) -> Situation:
    """Give a situation as it is published."""
    facts = [SituationFact(name=name, words=list(words)) for name, words in found.words.items()]
    return Situation(facts=facts, says=str(found))


def _change(found: differences.Change) -> PolicyChange:
    return PolicyChange(
        direction=found.direction.value,
        role=found.role.value,
        agencies=str(found.agencies),
        purposes=list(found.purposes),
        service=found.service,
        fields=list(found.fields),
        carrying=[sorted(map(str, one)) for one in found.carrying],
        when=[situation_of(one) for one in found.when],
        before=str(found.before),
        after=str(found.after),
    )


@strawberry.type
class LookQueries:
    """What may be looked at of versions."""

    @strawberry.field(description="What is wrong or doubtful in a version, errors first; an error bars approval.")
    async def lint(
        self,
        info: Info,
        version: OneVersion = None,
        against: Annotated[
            strawberry.ID | None, strawberry.argument(description="The version whose secrets it must keep.")
        ] = None,
    ) -> list[Finding] | None:
        """Lint a version."""
        room = info.context.governing
        with asked_rightly():
            previous = await book(room, against) if against else None
            stands_on = await grounds(room.acting.database, room.policies.providers)
            found = await room.look(lint, await book(room, version), previous, stands_on)
        return [Finding(check=f.check.value, error=f.error, rule=f.rule, says=f.says) for f in found]

    @strawberry.field(description="Rules without which every question would be answered the same.")
    async def dead_rules(self, info: Info, version: OneVersion = None) -> list[DeadRule] | None:
        """List dead rules."""
        room = info.context.governing
        with asked_rightly():
            found = await room.look(dead, await book(room, version))
        return [DeadRule(rule=d.rule, cause=d.cause.value, by=list(d.by), says=str(d)) for d in found]

    @strawberry.field(description="Who gains and who loses from one version to another: every question there can be.")
    async def diff(
        self, info: Info, before: VersionId, after: VersionId, first: First = MOST, skip: After = 0
    ) -> PolicyDiff | None:
        """Compare two versions exactly."""
        room = info.context.governing
        with asked_rightly():
            found = await room.look(differences.diff, await book(room, before), await book(room, after))
        skip = max(0, skip)
        return PolicyDiff(
            before=strawberry.ID(found.before),
            after=strawberry.ID(found.after),
            gains=found.rights(Direction.GAINS),
            loses=found.rights(Direction.LOSES),
            owes=found.rights(Direction.OWES),
            total=len(found.changes),
            changes=[_change(c) for c in found.changes[skip : skip + max(0, min(first, MOST))]],
        )

    @strawberry.field(description="Questions that were really asked, decided again by two versions: counts, no names.")
    async def replay(self, info: Info, before: VersionId, after: VersionId, since: Since = None) -> Replay | None:
        """Replay recorded decisions."""
        room = info.context.governing
        start = datetime.combine(since, time(), UTC) if since else None
        with asked_rightly():
            old, new = await book(room, before), await book(room, after)
        told = [one async for one in recorded(room.acting.database, start)]
        found = await room.look(replay, told, old, new)
        return Replay(
            decisions=found.decisions,
            changed=found.changed,
            not_replayable=found.not_replayable,
            astray=found.astray,
            fields=[
                ReplayedField(role=f.role, service=f.service, field=f.field, gained=f.gained, lost=f.lost)
                for f in found.fields
            ],
        )
