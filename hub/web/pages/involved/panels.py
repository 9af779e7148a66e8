"""What became of each source, for the page: its state in a word of a closed list, what it told and what it did not."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from hub.answer.question import EXISTENCE, PATHS
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.person import Person
from schema.records import Involvement, Professional, Status
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


_NOTHING: Final[frozenset[FieldId]] = frozenset()
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
    places: tuple[tuple[str, str, str], ...] = ()
    """Where to ask why: each source's name and id, and the path of one field."""


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
    def lead(self) -> Professional | None:
        """Give whom to ring first: somebody with the child now who can be reached; none where nobody is shown."""
        now = (i for i in self.involvements if i.status is not Status.HISTORIC)
        people = (one for i in now for one in i.professionals or () if one.status is not Status.HISTORIC)
        return next((one for one in people if one.name and (one.phone or one.email)), None)

    @property
    def stale(self) -> bool:
        """Say whether what is shown is older than it should be."""
        return self.answer.outcome is Outcome.STALE


def panels_of(person: Person, asked: frozenset[FieldId] = _NOTHING) -> list[Panel]:
    """Give every source's panel: who is involved now first, then who was, then what is not known, then none held.

    ``asked`` are the fields the page asked for: a record of which none was shown is named whole.
    """
    held = person.involvements() or []
    panels = [_panel(answer, held, person.withheld, asked) for answer in person.sources]
    return sorted(panels, key=lambda p: (_ORDER[p.state], SERVICES[p.answer.service].order))


def _panel(
    answer: SourceAnswer, held: Sequence[Involvement], withheld: Iterable[Withheld], asked: frozenset[FieldId]
) -> Panel:
    mine = tuple(i for i in held if i.provenance is not None and i.provenance.source == answer.source)
    gaps = tuple(gaps_of([w for w in withheld if w.source == answer.source], answer.name, asked))
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


def gaps_of(withheld: Sequence[Withheld], source: str, asked: frozenset[FieldId] = _NOTHING) -> list[Gap]:
    """Put gaps of one reason and remedy together."""
    every: dict[str, set[str]] = {}
    for path in (PATHS[fid] for fid in asked):
        every.setdefault(path.rpartition(".")[0], set()).add(path)
    grouped: dict[tuple[str, str, bool], list[Withheld]] = {}
    for gap in withheld:
        grouped.setdefault((gap.reason, gap.remedy, gap.masked), []).append(gap)
    return [
        Gap(
            source,
            summed([g.path for g in gaps], every),
            masked,
            reason,
            remedy,
            gaps[0].ring,
            str(gaps[0].decision_id),
            ((source, str(gaps[0].source), gaps[0].path),),
        )
        for (reason, remedy, masked), gaps in grouped.items()
    ]


def together(panels: Iterable[Panel]) -> list[Gap]:
    """Say once what several sources did not show for one reason."""
    grouped: dict[tuple[object, ...], list[Gap]] = {}
    for gap in (gap for panel in panels for gap in panel.gaps):
        grouped.setdefault((gap.what, gap.masked, gap.reason, gap.remedy, str(gap.ring)), []).append(gap)
    return [
        replace(
            gaps[0],
            source=", ".join(gap.source for gap in gaps),
            places=tuple(place for gap in gaps for place in gap.places),
        )
        for gaps in grouped.values()
    ]


_WHOLE: Final = {
    "births": "birth details",
    "names": "names",
    "addresses": "addresses",
    "identifiers": "identifiers",
    "relationships": "family and household",
    "flags": "flags",
    "involvements": "involvement",
    "involvements.professionals": "professionals",
    "involvements.dutyDesk": "duty desk",
    "involvements.plan": "plan",
    "chronology": "events",
}
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


def summed(paths: Sequence[str], every: Mapping[str, AbstractSet[str]]) -> tuple[str, ...]:
    """Say in words what is missing: a record of which nothing was shown is named, of any other its fields."""
    said: list[str] = []
    grouped: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        grouped.setdefault(path.rpartition(".")[0], []).append(path)
    for whole, of_it in grouped.items():
        if whole in every and every[whole] <= set(of_it):
            said.append(_WHOLE[whole])
        else:
            said += [named(path) for path in of_it]
    return tuple(said)


def named(path: str) -> str:
    """Say in words what a gap's path names: ``involvements.professionals.phone`` is the professional's phone."""
    if path == PATHS[EXISTENCE]:
        return "whether it is involved"
    whole, _, last = path.rpartition(".")
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in last)
    return f"{_LISTS.get(whole, '')} {words}".strip()
