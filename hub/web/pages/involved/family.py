"""The family panel: each relative once, beside them whoever may be the same, and the past apart from now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub.web.pages.words import plainly
from schema.person import Person
from schema.records import Relationship, RelationshipType, Status
from schema.relative import Relative

NO_NAME: Final = "Name not shown"

_DIFFERS: Final[Mapping[str, str]] = {
    "type": "who they are",
    "parentalResponsibility": "parental responsibility",
    "sameHousehold": "whether they live together",
    "start": "the first day",
    "end": "the last day",
}
_WORDS: Final[Mapping[RelationshipType, str]] = {
    RelationshipType.PARENT: "parent",
    RelationshipType.STEP_PARENT: "step-parent or a parent's partner",
    RelationshipType.SIBLING: "brother or sister",
    RelationshipType.CARER: "carer",
    RelationshipType.HOUSEHOLD: "member of the household",
}
_SAYS_LITTLE: Final = frozenset({RelationshipType.HOUSEHOLD, RelationshipType.OTHER})
_ONE_ONLY: Final = (RelationshipType.MOTHER, RelationshipType.FATHER)
"""Of whom a child has one, most often: two are worth a second look, and may both be right."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a relative, in words."""

    source: str
    as_of: datetime | None
    what: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """One relative: named, with what they are, who says so, and a page of their own where one may be opened."""

    name: str
    what: str
    household: bool | None
    responsible: bool | None
    status: Status | None
    said: tuple[Said, ...]
    differs: str
    page: str | None
    alike: tuple["Member", ...] = ()

    @property
    def past(self) -> bool:
        """Say whether every source says that it is over."""
        return self.status is Status.HISTORIC

    @property
    def unsaid(self) -> bool:
        """Say whether nobody says if it is of now."""
        return self.status is Status.UNKNOWN


@dataclass(frozen=True, slots=True)
class Family:
    """The panel: who is of the family or household now, who was, and of whom there seem to be two."""

    now: tuple[Member, ...]
    past: tuple[Member, ...]
    several: tuple[str, ...]


def family_of(person: Person) -> Family | None:
    """Make the panel of an answer; none where the family is not shown or not known."""
    relatives = person.family()
    if relatives is None:
        return None
    groups = _groups(relatives)
    now: list[Member] = []
    past: list[Member] = []
    for group in groups:
        (past if all(r.status() is Status.HISTORIC for r in group) else now).append(_member(group[0], group[1:]))
    said = [{t for r in group if r.status() is not Status.HISTORIC for t in r.types() or ()} for group in groups]
    several = tuple(_word(kind) for kind in _ONE_ONLY if sum(kind in one for one in said) > 1)
    return Family(tuple(now), tuple(past), several)


def _groups(relatives: Iterable[Relative]) -> list[list[Relative]]:
    """Put those who may be one person beside each other, one with a page of their own first."""
    left = {str(r.id): r for r in relatives}
    groups = []
    while left:
        _, first = next(iter(left.items()))
        group, waiting = [], [str(first.id)]
        while waiting:
            if (one := left.pop(waiting.pop(), None)) is not None:
                group.append(one)
                waiting += [str(other) for other in one.possibly_same or ()]
        groups.append(sorted(group, key=lambda r: r.person is None))
    return groups


def _member(relative: Relative, alike: Iterable[Relative] = ()) -> Member:
    return Member(
        relative.name() or NO_NAME,
        ", ".join(_word(kind) for kind in _plain(relative.types() or ())),
        relative.same_household(),
        relative.parental_responsibility(),
        relative.status(),
        tuple(_said(one) for one in relative.held),
        ", ".join(_DIFFERS.get(name, name) for name in relative.differs() or ()),
        f"/children/{relative.person.id}" if relative.person else None,
        tuple(_member(one) for one in alike),
    )


def _word(kind: RelationshipType) -> str:
    return _WORDS.get(kind) or plainly(kind).lower()


def _plain(types: Iterable[RelationshipType]) -> list[RelationshipType]:
    """Leave out what says little where another source says more."""
    said = list(types)
    return [kind for kind in said if kind not in _SAYS_LITTLE] or said


def _said(one: Relationship) -> Said:
    from_ = one.provenance
    words = [_word(one.type) if one.type else "", *_answers(one)]
    return Said(
        from_.name if from_ else "A source not named",
        from_.as_of if from_ else None,
        ", ".join(word for word in words if word),
        one.start,
        one.end,
    )


def _answers(one: Relationship) -> Iterable[str]:
    if one.same_household is not None:
        yield "at the same address" if one.same_household else "at another address"
    if one.parental_responsibility is not None:
        yield "holds parental responsibility" if one.parental_responsibility else "holds no parental responsibility"
