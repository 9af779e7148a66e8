"""What happens to people: spells with a service, and happenings on one day, as they truly were."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from hub.demo.agencies import Source


@dataclass(frozen=True, slots=True)
class Spell:
    """Something with a service that lasts: ``end`` is none while it is open.

    ``kind`` is one of those a writer of the source knows; ``code`` is in the source's own list; ``place`` is a team,
    school or centre; ``worker`` is who led it; ``text`` is what they wrote.
    """

    source: Source
    kind: str
    start: date
    end: date | None = None
    code: str = ""
    text: str = ""
    worker: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something with a service that happened on one day."""

    source: Source
    kind: str
    day: date
    code: str = ""
    text: str = ""
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that happened to one person, in order."""

    spells: tuple[Spell, ...] = ()
    happenings: tuple[Happening, ...] = ()

    def known_to(self) -> frozenset[Source]:
        """Name the sources that have anything about the person."""
        return frozenset(s.source for s in self.spells) | frozenset(h.source for h in self.happenings)

    def of(self, source: Source, *kinds: str) -> list[Spell]:
        """Give the spells of a source of these kinds, in order."""
        return [s for s in self.spells if s.source is source and s.kind in kinds]

    def days(self, source: Source, *kinds: str) -> list[Happening]:
        """Give the happenings of a source of these kinds, in order."""
        return [h for h in self.happenings if h.source is source and h.kind in kinds]


@dataclass(slots=True)
class Diary:
    """A life being written: nothing after ``today`` or before ``born`` gets in; a spell still running is left open."""

    today: date
    born: date
    spells: list[Spell] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)

    def spell(self, source: Source, kind: str, start: date, end: date | None = None, **said: str) -> None:
        """Write down a spell, cut to what can have happened by today."""
        if self.born <= start <= self.today:
            over = end if end is not None and end <= self.today else None
            self.spells.append(Spell(source, kind, start, over, **said))

    def event(self, source: Source, kind: str, day: date, **said: str) -> None:
        """Write down what happened on a day, if the day has come."""
        if self.born <= day <= self.today:
            self.happenings.append(Happening(source, kind, day, **said))

    def life(self) -> Life:
        """Close the diary."""
        return Life(_ordered(self.spells), _days(self.happenings))


def _ordered(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    return tuple(sorted(spells, key=lambda s: (s.start, s.source, s.kind)))


def _days(happenings: Iterable[Happening]) -> tuple[Happening, ...]:
    return tuple(sorted(happenings, key=lambda h: (h.day, h.source, h.kind)))
