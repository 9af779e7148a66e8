"""Editing: a new version made from the rows of another with some put in and some taken out, and put to the agencies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.governance.acting import CannotBeDone
from hub.governance.versions.compiling import made
from hub.governance.versions.example_cells import example_of
from hub.governance.versions.joined import PolicyRoom
from hub.governance.versions.stages import Stage
from hub.governance.versions.steps import stage_of
from hub.governance.versions.version import Cells, Content, Version
from hub.identity.requester import Requester
from policies.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Edits:
    """Rows to put in, each in the place of its namesake, and names of rows to take out: of rules, and of tests."""

    put: tuple[Cells, ...] = ()
    remove: tuple[str, ...] = ()
    attach: tuple[Cells, ...] = ()
    detach: tuple[str, ...] = ()


class Told(Protocol):
    """Is told what was found on the way to a proposal, whether or not it came to one."""

    findings: list[str]
    """Faults and doubts, errors first."""
    must_approve: list[str]
    """The agencies that must approve."""


async def edited(start: Version, edits: Edits) -> Content:
    """Make what a version would be with these edits, stored nowhere; RulebookError says what is wrong with it."""
    rules = _rows(start.rules, "id", edits.put, edits.remove)
    return await made(rules, _rows(start.examples, "where", edits.attach, edits.detach))


async def drafted(room: PolicyRoom, start: Version, edits: Edits, by: Requester, reason: str) -> str:
    """Store what a version would be with these edits as a draft, and give its id."""
    return await room.lives.draft(await edited(start, edits), by, reason)


async def proposed(room: PolicyRoom, version: str, by: Requester, reason: str, told: Told) -> None:
    """Take a draft as far as a proposal: linted, compared, put to the agencies; tell what was found on the way."""
    stage = stage_of(await room.versions.steps(version))
    if stage is Stage.DRAFT:
        told.findings = list(await room.lives.lint(version, by))
    if stage in {Stage.DRAFT, Stage.LINTED}:
        await room.lives.simulate(version, by)
    told.must_approve = sorted(await room.lives.propose(version, by, reason))


def _rows(before: Iterable[Cells], name: str, put: Sequence[Cells], remove: Sequence[str]) -> list[Cells]:
    """Give rows with some put in, each in the place of its namesake, and some taken out."""
    rows = {cells[name]: cells for cells in before}
    given = [cells[name] for cells in put]
    if len({*given, *remove}) < len(given) + len(remove):
        raise CannotBeDone("twice", "a row is put in or taken out more than once")
    if not rows.keys() >= set(remove):
        raise CannotBeDone("no-such-row", "a row that is to be taken out is not in the version")
    kept = {row: cells for row, cells in rows.items() if row not in remove}
    return list({**kept, **{cells[name]: cells for cells in put}}.values())


@dataclass(frozen=True, slots=True)
class AtOdds:
    """A test that edited rules would not come to as it expects, and what they would come to instead."""

    example: Cells
    becomes: Verdict

    @property
    def as_it_becomes(self) -> Cells:
        """Give the test as it would have to be."""
        return {**self.example, "expect": self.becomes.value}


async def at_odds(start: Version, edits: Edits) -> tuple[AtOdds, ...]:
    """Give the tests of a version that its rules with these edits would break; RulebookError where they are none."""
    rules = (await made(_rows(start.rules, "id", edits.put, edits.remove), ())).rulebook
    found = []
    for cells in _rows(start.examples, "where", edits.attach, edits.detach):
        example = example_of(cells)
        decision = rules.ruling(example.asker, example.service, example.facts).decide(example.field, example.labels)
        if decision.verdict is not example.expect:
            found.append(AtOdds(cells, decision.verdict))
    return tuple(found)
