"""Everybody in the demo, and who each source says they are: the truth from which the systems are written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from hub.demo.agencies import Source
from hub.demo.cast import CAST_KEYS, NEVER_LINK, STRANGERS, cast_person, tell
from hub.demo.chances import lives_of
from hub.demo.families import Serials, make_families, make_strangers
from hub.demo.lives import Life
from hub.demo.mistakes import Written, write_down
from hub.demo.people import Family, Person, Role

STRANGERS_PER_CHILD = 100
FEWEST_STRANGERS = 2
"""One pair of look-alike strangers to so many children, but never fewer than two."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as one source knows them: its own id, what it wrote down, and what truly happened."""

    local_id: str
    written: Written
    life: Life

    @property
    def person(self) -> Person:
        """Who this truly is."""
        return self.written.person


@dataclass(frozen=True, slots=True)
class Population:
    """The demo place on paper."""

    seed: int
    today: date
    families: tuple[Family, ...]
    lives: dict[str, Life]
    entries: dict[Source, tuple[Entry, ...]]
    cast: dict[str, str]
    never_link: tuple[tuple[str, str], ...]
    strangers: tuple[tuple[str, str], ...]


LOCAL_IDS: dict[Source, Callable[[int], str]] = {
    Source.SOCIAL_CARE: lambda n: str(302000 + n * 3),
    Source.EARLY_HELP: lambda n: str(7100 + n * 7),
    Source.EDUCATION: lambda n: f"stu-{(n + 1) * 2654435761 % 2**32:08x}",
    Source.YOUTH_JUSTICE: lambda n: f"YJ{2200 + n}",
    Source.UNIVERSAL: lambda n: f"CC/{10001 + n}",
    Source.HOUSING: lambda n: f"HP{10030 + n * 2}",
    Source.POLICE: lambda n: f"p-{(n + 1) * 40503 * 2654435761 % 2**40:010x}",
    Source.HEALTH: lambda n: f"pat-{50000 + n * 11}",
}
"""How each source numbers people; the SEND drops have the UPN for a key."""


def populate(children: int, seed: int, today: date) -> Population:
    """Make the whole place: the cast first, then families by chance until there are so many children."""
    families: list[Family] = []
    lives: dict[str, Life] = {}
    for told in tell(today):
        families.append(told.family)
        lives |= told.lives
    serials = Serials()
    pairs = list(make_strangers(seed, max(FEWEST_STRANGERS, children // STRANGERS_PER_CHILD), today, serials))
    named = [(cast_person(a), cast_person(b)) for a, b in STRANGERS]
    named += [(a.children[0].key, b.children[0].key) for a, b in pairs]
    chance = [family for pair in pairs for family in pair]
    left = max(0, children - len(CAST_KEYS) - len(chance))
    for family in (*chance, *make_families(seed, left, today, serials)):
        families.append(family)
        lives |= lives_of(family, Random(f"{seed}/lives/{family.key}"), today)
    return Population(
        seed,
        today,
        tuple(families),
        lives,
        {source: _entries(source, families, lives, seed) for source in Source},
        {key: cast_person(key) for key in CAST_KEYS},
        tuple((cast_person(a), cast_person(b)) for a, b in NEVER_LINK),
        tuple(named),
    )


def _entries(source: Source, families: list[Family], lives: dict[str, Life], seed: int) -> tuple[Entry, ...]:
    known = [p for family in families for p in _known(source, family, lives)]
    order = list(range(len(known)))
    Random(f"{seed}/order/{source}").shuffle(order)
    entries = []
    for number, person in zip(order, known, strict=True):
        rng = Random(f"{seed}/written/{source}/{person.key}")
        written = write_down(person, source, rng, careful=person.key.startswith("cast-"))
        local_id = written.upn if source is Source.SEND_NEET else LOCAL_IDS[source](number)
        entries.append(Entry(local_id, written, lives[person.key]))
    return tuple(entries)


def _known(source: Source, family: Family, lives: dict[str, Life]) -> list[Person]:
    children = [p for p in family.children if source in lives[p.key].known_to()]
    match source:
        case Source.SOCIAL_CARE | Source.EARLY_HELP:
            mother = family.adult(Role.MOTHER)
            return [*([mother] if mother and children else []), *children]
        case Source.HOUSING:
            return [p for p in family.members if source in lives[p.key].known_to()]
        case Source.HEALTH:
            return [p for p in children if p.role is Role.CHILD]
        case _:
            return children
