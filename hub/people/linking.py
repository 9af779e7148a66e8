"""Linking: whose a new entry is, decided over plain values. It can join an entry to a person, never two persons."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from hub.people.compare import Evidence, compare
from hub.people.entries import Entry
from hub.people.profile import Profile, profile
from hub.people.protection import SEALING
from hub.people.rules import Rule, judge
from hub.people.weights import Weights
from schema.labels import Label

CAP = 400
"""The most entries one key may bring; beyond it not everybody was looked at and nothing links."""


class Status(StrEnum):
    """What a person is to the index."""

    ACTIVE = "active"
    UNBORN = "unborn"
    SUPERSEDED = "superseded"
    SEALED = "sealed"


@dataclass(slots=True)
class Group:
    """A person and the entries that are theirs now."""

    id: str
    status: Status
    labels: frozenset[Label] = frozenset()
    entries: dict[str, Entry] = field(default_factory=dict)
    _profile: Profile | None = None

    def add(self, entry: Entry) -> None:
        """Let an entry be this person's."""
        self.entries[entry.id] = entry
        self._profile = None

    def remove(self, entry_id: str) -> None:
        """Let an entry be this person's no more."""
        self.entries.pop(entry_id, None)
        self._profile = None

    def profile(self) -> Profile:
        """Give what all entries say together."""
        if self._profile is None:
            self._profile = profile(e.traits for e in self.entries.values())
        return self._profile


@dataclass(frozen=True, slots=True)
class Placed:
    """Whose an entry is: a person it joins by a rule, or nobody yet. ``seals`` are persons it protects."""

    group: Group | None = None
    rule: Rule | None = None
    evidence: tuple[Evidence, ...] = ()
    seals: tuple[Group, ...] = ()
    inherits: frozenset[Label] = frozenset()


class Population:
    """The persons who could be meant by the entries at hand, found by their keys."""

    def __init__(self, weights: Weights) -> None:
        """Start with nobody."""
        self.weights = weights
        self.groups: dict[str, Group] = {}
        self._of: dict[str, Group] = {}
        self._blocks: dict[int, set[str]] = defaultdict(set)
        self._different: dict[str, set[str]] = defaultdict(set)
        self._withdrawn: set[tuple[str, str]] = set()

    def put(self, entry: Entry, group: Group) -> None:
        """Let an entry be a person's, and no other's."""
        self.leave(entry.id)
        self.groups.setdefault(group.id, group).add(entry)
        self._of[entry.id] = group

    def leave(self, entry_id: str) -> None:
        """Let an entry be nobody's."""
        if group := self._of.pop(entry_id, None):
            group.remove(entry_id)

    def of(self, entry_id: str) -> Group | None:
        """Give the person an entry is."""
        return self._of.get(entry_id)

    def block(self, entry_id: str, hashes: Iterable[int]) -> None:
        """Let an entry be found by its keys."""
        for h in hashes:
            self._blocks[h].add(entry_id)

    def differ(self, entry_id: str, other_id: str, *, withdrawn: bool = False) -> None:
        """Remember that somebody said an entry is not another, or not a person's; and whether they took it back."""
        self._different[entry_id].add(other_id)
        self._different[other_id].add(entry_id)
        if withdrawn:
            self._withdrawn |= {(entry_id, other_id), (other_id, entry_id)}

    def differ_known(self, entry_id: str, other_id: str) -> bool:
        """Say whether an entry is known not to be another, or not a person's."""
        return other_id in self._different[entry_id]

    def differs(self, entry_id: str, group: Group) -> bool:
        """Say whether an entry is known not to be this person's, or not any of their entries."""
        return not self._different[entry_id].isdisjoint({group.id, *group.entries})

    def barred(self, entry_id: str, group: Group) -> bool:
        """Say whether even a person may not join an entry to this person: somebody said no and nobody took it back."""
        said = self._different[entry_id] & {group.id, *group.entries}
        return any((entry_id, other) not in self._withdrawn for other in said)

    def place(self, entry: Entry, hashes: Iterable[int]) -> Placed:
        """Decide whose an entry is by the release rule, when exactly one person fits and nothing speaks against."""
        groups, truncated = self._near(entry, hashes)
        if truncated and not entry.labels & SEALING:
            groups = [group for group in groups if group.status is Status.SEALED]  # nothing else can come of it
        asked = profile((entry.traits,)) if groups else Profile()
        fits = [fit for group in groups if (fit := self._fit(asked, group)).rule]
        sealed = [fit for fit in fits if fit.group and fit.group.status is Status.SEALED]
        if entry.labels & SEALING or sealed:
            return _protect(entry, fits)
        return Placed() if truncated else _only([f for f in fits if self._may_join(entry, f.group)])

    def _near(self, entry: Entry, hashes: Iterable[int]) -> tuple[list[Group], bool]:
        blocks = [self._blocks[h] for h in hashes if h in self._blocks]
        ids = {i for block in blocks for i in sorted(block)[:CAP]} - {entry.id}
        groups = {group.id: group for i in ids if (group := self._of.get(i))}
        return [groups[i] for i in sorted(groups)], any(len(block) > CAP for block in blocks)

    def _fit(self, asked: Profile, group: Group) -> Placed:
        evidence = compare(asked, group.profile(), self.weights)
        return Placed(group, judge(evidence).rule, evidence)

    def _may_join(self, entry: Entry, group: Group | None) -> bool:
        if group is None or group.status is not Status.ACTIVE:
            return False
        return not self.differs(entry.id, group)


def _protect(entry: Entry, fits: list[Placed]) -> Placed:
    """Seal whoever is the same as somebody protected: protection spreads, links do not."""
    own = entry.labels & SEALING
    groups = [fit.group for fit in fits if fit.group]
    inherited = own.union(*(group.labels for group in groups))
    return Placed(seals=tuple(g for g in groups if g.status is not Status.SEALED), inherits=inherited)


def _only(fits: list[Placed]) -> Placed:
    by_number = [fit for fit in fits if fit.rule is Rule.R1]
    strongest = by_number or fits
    return strongest[0] if len(strongest) == 1 else Placed()
