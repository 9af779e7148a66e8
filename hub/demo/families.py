"""Families: made by chance from a seed, one random stream each, so that one more family changes no other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hub.demo.homes import homes_since, lived_in
from hub.demo.names import Heritage, given_name, pick_heritage
from hub.demo.numbers import nhs_number, unique_pupil_number
from hub.demo.people import Family, FullName, Home, Person, Role, born_aged

FIRST_SERIAL = 200
"""Serials of numbers below this belong to the cast."""

TWINS = 0.03
FATHER_AT_HOME = 0.62
STEP_FATHER = 0.4
NAME_CHANGE = 0.5
TENANTS = 0.35
SUPERSEDED_NHS = 0.02
FORMER_UPN = 0.04
"""How often a pregnancy is of twins; a father lives with the family; where he does not, a step-father does; children
then take the step-father's name; the family rents from the housing association; a child's number was replaced."""


@dataclass(slots=True)
class Serials:
    """Hands out serial numbers, so that no two people share an NHS number or UPN."""

    last: int = FIRST_SERIAL

    def next(self) -> int:
        """Give a number nobody has had."""
        self.last += 1
        return self.last


def make_families(seed: int, children: int, today: date, serials: Serials) -> Iterator[Family]:
    """Make families until they have so many children in all; the last is cut to fit."""
    made = 0
    number = 0
    while made < children:
        rng = Random(f"{seed}/family/{number}")
        family = _family(rng, f"f{number:05}", children - made, today, serials)
        made += len(family.children)
        number += 1
        yield family


def _family(rng: Random, key: str, at_most: int, today: date, serials: Serials) -> Family:
    heritage = pick_heritage(rng)
    names = rng.sample(heritage.families, 2)
    births = _births(rng, today)[:at_most]
    homes = homes_since(rng, births[0] - timedelta(days=rng.randint(100, 1500)), today)
    mother = _adult(rng, f"{key}-m", Role.MOTHER, heritage, names[0], births[0], homes, serials)
    adults = [mother]
    step = False
    if rng.random() < FATHER_AT_HOME:
        adults.append(_adult(rng, f"{key}-f", Role.FATHER, heritage, names[0], births[0], homes, serials))
    elif rng.random() < STEP_FATHER:
        step = True
        adults.append(_adult(rng, f"{key}-s", Role.STEP_FATHER, heritage, names[1], births[0], homes, serials))
    changed = step and rng.random() < NAME_CHANGE
    surnames = (names[1], names[0]) if changed else (names[0],)
    children = _children(rng, key, heritage, surnames, births, homes, serials)
    return Family(key, (*adults, *children), tenants=rng.random() < TENANTS)


def _births(rng: Random, today: date) -> list[date]:
    wanted = rng.choices((1, 2, 3, 4), (34, 40, 18, 8))[0]
    age = rng.randint(0, 17)
    births: list[date] = []
    while len(births) < wanted and age >= 0:
        born = born_aged(age, rng.randint(1, 12), rng.randint(1, 28), today)
        births += [born, born] if rng.random() < TWINS else [born]
        age -= rng.randint(2, 5)
    return sorted(births[:wanted] if len(births) > 1 else births)


def _adult(
    rng: Random,
    key: str,
    role: Role,
    heritage: Heritage,
    surname: str,
    eldest: date,
    homes: tuple[Home, ...],
    serials: Serials,
) -> Person:
    sex = "F" if role is Role.MOTHER else "M"
    born = date(eldest.year - rng.randint(19, 38), rng.randint(1, 12), rng.randint(1, 28))
    return Person(
        key,
        key.split("-", maxsplit=1)[0],
        role,
        sex,
        rng.choice(heritage.ethnicities),
        (FullName(given_name(rng, heritage, sex), surname),),
        born,
        homes=homes,
        nhs=(nhs_number(serials.next()),),
    )


def _children(
    rng: Random,
    key: str,
    heritage: Heritage,
    surnames: tuple[str, ...],
    births: list[date],
    homes: tuple[Home, ...],
    serials: Serials,
) -> list[Person]:
    ethnicity, used, made = rng.choice(heritage.ethnicities), set[str](), []
    for n, born in enumerate(births):
        sex = rng.choice("FM")
        given = given_name(rng, heritage, sex)
        while given in used:
            given = given_name(rng, heritage, sex)
        used.add(given)
        child = Person(
            f"{key}-c{n}",
            key,
            Role.CHILD,
            sex,
            ethnicity,
            tuple(FullName(given, s) for s in surnames),
            born,
            homes=lived_in(homes, born),
        )
        made.append(numbered(child, rng, serials))
    return made


def numbered(child: Person, rng: Random, serials: Serials) -> Person:
    """Give a child NHS and pupil numbers; now and then one has been replaced."""
    assert child.born is not None  # noqa: S101 -- only the born are numbered
    nhs: tuple[str, ...] = (nhs_number(serials.next()),)
    if rng.random() < SUPERSEDED_NHS:
        nhs = (*nhs, nhs_number(serials.next()))
    upn = _upn(child.born, serials)
    former = _upn(child.born, serials) if rng.random() < FORMER_UPN else None
    return replace(child, nhs=nhs, upn=upn, former_upn=former)


def _upn(born: date, serials: Serials) -> str:
    serial = serials.next()
    return unique_pupil_number(1000 + serial // 1000, born.year + 4, serial)


def make_strangers(seed: int, wanted: int, today: date, serials: Serials) -> Iterator[tuple[Family, Family]]:
    """Make pairs of strangers: one child each, of the same name, sex and birthday, at different addresses."""
    for number in range(wanted):
        rng = Random(f"{seed}/strangers/{number}")
        first = _family(rng, f"x{number:03}a", 1, today, serials)
        second = _family(rng, f"x{number:03}b", 1, today, serials)
        like = first.children[0]
        other = second.children[0]
        assert like.born is not None  # noqa: S101 -- made families have no unborn
        homes = tuple(replace(h, start=max(h.start, like.born)) for h in other.homes)
        twin = replace(other, names=like.names, sex=like.sex, born=like.born, homes=homes)
        yield first, replace(second, members=(*(m for m in second.members if not m.is_child), twin))
