"""What became of each source, for the page: its state in a word of a closed list, what it told and what it did not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from schema.outcomes import Outcome
from schema.person import Person
from schema.records import Involvement, Status
from schema.services import SERVICES
from schema.sources import SourceAnswer, TeamContact
from schema.withheld import Withheld


class State(Enum):
    """What a source's answer comes to: words, a sign that is not a colour alone, and its place on the page."""

    NOW = "now", "Involved now", "●"
    UNSAID = "unsaid", "Involved; now or before is not said", "◐"
    PAST = "past", "Involved in the past", "○"
    OTHER = "unsaid", "Knows the child; no involvement is shown", "◐"
    RING = "ring", "Not shown here: ring the team", "☎"
    WITHHELD = "withheld", "You are not allowed to see this here", "✕"
    SILENT = "silent", "Did not answer: unknown", "!"
    UNSURE = "silent", "May know the child: ring to find out", "?"
    OLD = "silent", "Only old data: unknown since", "!"
    NONE = "none", "None held", "-"
    NOT_COVERED = "none", "Not covered: no answer either way", "/"

    def __init__(self, tone: str, words: str, sign: str) -> None:
        """Keep how it is said and shown."""
        self.tone = tone
        self.words = words
        self.sign = sign


_ORDER: Final[Mapping[State, int]] = {state: place for place, state in enumerate(State)}
_OF_OUTCOME: Final[Mapping[Outcome, State]] = {
    Outcome.NONE_HELD: State.NONE,
    Outcome.NOT_COVERED: State.NOT_COVERED,
    Outcome.WITHHELD: State.WITHHELD,
    Outcome.BROKERED: State.RING,
    Outcome.UNAVAILABLE: State.SILENT,
    Outcome.TIMED_OUT: State.SILENT,
    Outcome.UNIDENTIFIED: State.UNSURE,
}
UNKNOWN: Final = frozenset({State.SILENT, State.UNSURE, State.OLD})
"""States after which nobody can say whether the service is involved."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What one source did not show for one reason, in words, with the way on."""

    source: str
    what: tuple[str, ...]
    masked: bool
    reason: str
    remedy: str
    ring: TeamContact | None
    decision: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One source's part of the page."""

    answer: SourceAnswer
    service: str
    state: State
    involvements: tuple[Involvement, ...]
    gaps: tuple[Gap, ...]

    @property
    def first(self) -> tuple[Involvement, ...]:
        """Give what is shown at once: every involvement that is not over, or the latest one."""
        return tuple(i for i in self.involvements if i.status is not Status.HISTORIC) or self.involvements[:1]

    @property
    def earlier(self) -> tuple[Involvement, ...]:
        """Give the rest."""
        return self.involvements[len(self.first) :]

    @property
    def stale(self) -> bool:
        """Say whether what is shown is older than it should be."""
        return self.answer.outcome is Outcome.STALE


def panels_of(person: Person) -> list[Panel]:
    """Give every source's panel: who is involved now first, then who was, then what is not known, then none held."""
    held = person.involvements() or []
    panels = [_panel(answer, held, person.withheld) for answer in person.sources]
    return sorted(panels, key=lambda p: (_ORDER[p.state], SERVICES[p.answer.service].order))


def _panel(answer: SourceAnswer, held: Sequence[Involvement], withheld: Iterable[Withheld]) -> Panel:
    mine = tuple(i for i in held if i.provenance is not None and i.provenance.source == answer.source)
    gaps = tuple(gaps_of([w for w in withheld if w.source == answer.source], answer.name))
    return Panel(answer, SERVICES[answer.service].label, state_of(answer.outcome, mine), mine, gaps)


def state_of(outcome: Outcome, involvements: Sequence[Involvement]) -> State:
    """Say what a source's answer comes to."""
    if outcome in _OF_OUTCOME:
        return _OF_OUTCOME[outcome]
    said = {i.status for i in involvements}
    if Status.CURRENT in said:
        return State.NOW
    if said & {Status.UNKNOWN, None}:
        return State.UNSAID
    if Status.HISTORIC in said:
        return State.PAST
    return State.OLD if outcome is Outcome.STALE else State.OTHER


def gaps_of(withheld: Sequence[Withheld], source: str) -> list[Gap]:
    """Put gaps of one reason and remedy together."""
    grouped: dict[tuple[str, str, bool], list[Withheld]] = {}
    for gap in withheld:
        grouped.setdefault((gap.reason, gap.remedy, gap.masked), []).append(gap)
    return [
        Gap(
            source,
            tuple(dict.fromkeys(named(g.path) for g in gaps)),
            masked,
            reason,
            remedy,
            gaps[0].ring,
            str(gaps[0].decision_id),
        )
        for (reason, remedy, masked), gaps in grouped.items()
    ]


def together(panels: Iterable[Panel]) -> list[Gap]:
    """Say once what several sources did not show for one reason."""
    grouped: dict[tuple[object, ...], list[Gap]] = {}
    for gap in (gap for panel in panels for gap in panel.gaps):
        grouped.setdefault((gap.what, gap.masked, gap.reason, gap.remedy, str(gap.ring)), []).append(gap)
    return [replace(gaps[0], source=", ".join(gap.source for gap in gaps)) for gaps in grouped.values()]


_LISTS: Final = {
    "births": "",
    "names": "name",
    "addresses": "address",
    "identifiers": "identifier",
    "relationships": "family and household",
    "flags": "flag",
    "involvements": "involvement",
    "involvements.professionals": "professional's",
    "involvements.dutyDesk": "duty desk's",
    "involvements.plan": "plan",
    "chronology": "event",
}


def named(path: str) -> str:
    """Say in words what a gap's path names: ``involvements.professionals.phone`` is the professional's phone."""
    whole, _, last = path.rpartition(".")
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in last)
    return f"{_LISTS.get(whole, '')} {words}".strip()
