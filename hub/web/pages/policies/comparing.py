"""What a version of the rules means beside another: its faults, who gains, who loses, what of real questions changes.

Exact; the same looks as the command line's and GraphQL's. What lies between two versions is looked at once and kept.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.governance.versions.grounds import grounds
from hub.governance.versions.recorded import recorded
from hub.graphql.governing.books import book
from hub.graphql.governing.room import Governing
from hub.web.pages.policies.outcomes import DUTIES, OUTCOMES, plainest
from hub.web.pages.policies.telling import label
from hub.web.pages.words import KINDS, PURPOSES, role_words
from policies.rulebook import Rulebook
from policies.simulate.differences import Change, Diff, Direction, diff
from policies.simulate.findings import Finding, in_order
from policies.simulate.grounds import stand
from policies.simulate.lint import lint_alone
from policies.simulate.outcomes import Outcome
from policies.simulate.replay import RecordedDecision, Replay, Replaying
from policies.simulate.space import TooManySituations
from policies.simulate.turns import Carrying
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.services import SERVICES

MOST: Final = 200
"""Changes that a page lists; the counts are always of all."""
FEW: Final = 3
"""Fields to name; of more, only how many of which kind."""

LATELY: Final = timedelta(days=28)
"""Since when questions are decided again."""
NEWEST: Final = 20_000
"""Questions that are decided again at most: the newest."""
AT_ONCE: Final = 5_000
"""Recorded decisions that are held at a time."""

SIGNS: Final = {Direction.GAINS: "▲", Direction.LOSES: "▼", Direction.OWES: "◆"}
NAMES: Final = {Direction.GAINS: "Gains", Direction.LOSES: "Loses", Direction.OWES: "With other duties"}


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words."""

    sign: str
    direction: str
    who: str
    purposes: str
    service: str
    fields: str
    when: str
    more: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A version beside another."""

    before: str
    after: str
    gains: int
    loses: int
    owes: int
    total: int
    changes: tuple[Told, ...]

    @property
    def left(self) -> int:
        """Say how many changes are not listed."""
        return self.total - len(self.changes)


async def compared(room: Governing, before: Rulebook, after: Rulebook) -> Compared:
    """Say who gains and who loses: every question there can be."""
    key = ("compared", before.version, after.version)
    return await room.policies.kept.of(key, lambda: _compared(room, before, after))


async def _compared(room: Governing, before: Rulebook, after: Rulebook) -> Compared:
    found: Diff = await room.look(diff, before, after)
    ordered = sorted(found.changes, key=lambda one: one.direction is not Direction.LOSES)
    gains, loses, owes = (found.rights(one) for one in (Direction.GAINS, Direction.LOSES, Direction.OWES))
    told = tuple(map(_told, ordered[:MOST]))
    return Compared(found.before, found.after, gains, loses, owes, len(found.changes), told)


async def linted(room: Governing, before: Rulebook | None, after: Rulebook) -> Sequence[Finding]:
    """Say what is wrong or doubtful, errors first; an error bars a proposal."""
    key = ("linted", before.version if before else "", after.version)
    alone = await room.policies.kept.of(key, lambda: room.look(lint_alone, after, before))
    on = await grounds(room.acting.database, room.policies.providers)  # agreements come and go
    return in_order((*alone, *stand(after.rows, before.rows if before else (), on)))


async def looked_through(room: Governing, version: str) -> None:
    """Look at a new draft beside what counts, so that whoever opens its page finds that done."""
    before, after = await book(room, None), await book(room, version)
    with contextlib.suppress(TooManySituations):  # its own page says so
        await compared(room, before, after)
        await linted(room, before, after)


async def replayed(room: Governing, before: Rulebook, after: Rulebook) -> Replay:
    """Decide again by both versions what was really asked lately: counts, no names. Some at a time, of the newest."""
    replaying, some = Replaying(before, after), list[RecordedDecision | None]()
    async for one in recorded(room.acting.database, room.acting.clock() - LATELY, NEWEST):
        some.append(one)
        if len(some) == AT_ONCE:
            await room.look(replaying.take, some)
            some = []
    await room.look(replaying.take, some)
    return replaying.found


def _told(change: Change) -> Told:
    when, more = plainest(change.when)
    agencies = "" if str(change.agencies) == "any agency" else f" of {change.agencies}"
    return Told(
        SIGNS[change.direction],
        NAMES[change.direction],
        f"{role_words(change.role.value)}{agencies}",
        ", ".join(PURPOSES[purpose] for purpose in change.purposes),
        SERVICES[change.service].label,
        fields(change.fields),
        f"{when}{_there(change.carrying)}",
        more,
        _outcome(change.before),
        _outcome(change.after),
    )


def _there(carrying: Carrying) -> str:
    """Say which labels must be there, where some must; of many, that there are."""
    if not carrying or frozenset() in carrying:
        return ""
    labels = sorted({label(one.label) for each in carrying for one in each})
    return f"; of what is labelled {', '.join(labels)}" if len(labels) <= FEW else "; of what is labelled as sensitive"


def _outcome(one: Outcome) -> str:
    duties = f" (and {', and '.join(DUTIES[duty] for duty in one.duties)})" if one.duties else ""
    return f"{OUTCOMES[one.verdict].words}{duties}"


def fields(names: Iterable[FieldId]) -> str:
    """Name a few fields, or say how many there are of which kind."""
    told = list(names)
    if len(told) <= FEW:
        return "; ".join(CATALOGUE[one].means.rstrip(".") for one in told)
    kinds = {kind: sum(CATALOGUE[one].kind is kind for one in told) for kind in Kind}
    return ", ".join(f"{KINDS[kind].lower()}: {count} fields" for kind, count in kinds.items() if count)
