"""A family put together: relationships with one person, as the index knows them, are one relative. Pure.

Nobody is joined here. Two whom the index has not joined stay two, and where their names are alike and they may be of
one generation it is said that they may be the same. That is drawn from what is shown and from nothing else.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import strawberry

from hub.answer.kin import Kin
from hub.people.normalise import name_words
from schema.person import Person
from schema.records import Relationship, RelationshipType, Status
from schema.relative import Relative

MOST_COMPARED: Final = 100
"""Relatives of one child that are compared with each other; of a longer list none is said to be like another."""

_ALIKE: Final = 2
"""Words of a name that must be the same: a surname alone is the whole family's."""

_GENERATIONS: Final[Mapping[RelationshipType, str]] = {
    RelationshipType.MOTHER: "parent",
    RelationshipType.FATHER: "parent",
    RelationshipType.PARENT: "parent",
    RelationshipType.STEP_PARENT: "parent",
    RelationshipType.SIBLING: "sibling",
    RelationshipType.CHILD: "child",
}
"""Who cannot be one person; carers, members of the household and others may be anybody."""

_STATUS: Final = {Status.CURRENT: 0, Status.UNKNOWN: 1, Status.HISTORIC: 2}
_TYPES: Final = {kind: place for place, kind in enumerate(RelationshipType)}


@dataclass(frozen=True, slots=True)
class Gathering:
    """What putting a family together needs beside the relationships shown.

    ``apart`` are pairs whom somebody said to be different people, ``ends_unsaid`` the sources whose last days are not
    shown whole; ``opaque`` makes an id from what tells a relative from the child's others.
    """

    kin: Kin
    apart: Collection[frozenset[str]]
    ends_unsaid: frozenset[str]
    opaque: Callable[[str], str]


def put_together(person: Person, beside: Mapping[str, Person | None], gathering: Gathering) -> None:
    """Put a person's relatives together, each once, current first; null where the relationships are."""
    if person.relationships is None:
        return
    known: dict[str, str] = {}
    grouped: dict[str, list[Relationship]] = {}
    for one in person.relationships:
        person_id = _person_id(one, gathering.kin)
        key = f"person {person_id}" if person_id else _told_apart(one)
        grouped.setdefault(key, []).append(one)
        if person_id:
            known[key] = person_id
    relatives = {key: _relative(person, key, held, gathering) for key, held in grouped.items()}
    for key, person_id in known.items():
        relatives[key].person = beside.get(person_id)
    say_who_is_alike(relatives, known, gathering.apart)
    person.held_family = sorted(relatives.values(), key=_place)


def _person_id(one: Relationship, kin: Kin) -> str | None:
    if one.provenance is None or one.local_id is None:
        return None
    return kin.places.get((str(one.provenance.source), one.local_id))


def _told_apart(one: Relationship) -> str:
    source = one.provenance.source if one.provenance else ""
    return f"record {source} {one.id} {one.name} {one.type}"


def _relative(person: Person, key: str, held: list[Relationship], gathering: Gathering) -> Relative:
    return Relative(
        id=strawberry.ID(gathering.opaque(f"{person.id} {key}")),
        held=held,
        ends_unsaid=gathering.ends_unsaid,
        today=person.today,
        possibly_same=[],
    )


def _place(relative: Relative) -> tuple[int, int, str]:
    types = relative.types() or [RelationshipType.OTHER]
    return _STATUS[relative.status() or Status.UNKNOWN], _TYPES[types[0]], relative.name() or ""


def say_who_is_alike(
    relatives: Mapping[str, Relative], known: Mapping[str, str], apart: Collection[frozenset[str]]
) -> None:
    """Say of each relative who may be the same, in the order of the list.

    A loop that answers others waits meanwhile: what is compared is made once for each relative, and only those are
    compared of whom one has every word of the other's name.
    """
    if len(relatives) > MOST_COMPARED:
        return
    everybody = [(key, relative, _generation(relative.held)) for key, relative in relatives.items()]
    alike: list[set[int]] = [set() for _ in everybody]
    for one, other in _of_like_names([relative for _, relative, _ in everybody]):
        (first, _, older), (second, _, younger) = everybody[one], everybody[other]
        parted = first in known and second in known and frozenset((known[first], known[second])) in apart
        if not parted and (older is None or younger is None or older == younger):
            alike[one].add(other)
            alike[other].add(one)
    for (_, relative, _), others in zip(everybody, alike, strict=True):
        if others:
            relative.possibly_same = [*(relative.possibly_same or ()), *(everybody[i][1].id for i in sorted(others))]


def _of_like_names(relatives: Sequence[Relative]) -> set[tuple[int, int]]:
    """Give the pairs, each once, of whom one has all words of the other's name, two at least."""
    called: dict[frozenset[str], set[int]] = {}
    with_word: dict[str, set[frozenset[str]]] = {}
    for place, relative in enumerate(relatives):
        for name in _names(relative.held):
            called.setdefault(name, set()).add(place)
            for word in name:
                with_word.setdefault(word, set()).add(name)
    return {
        (min(one, other), max(one, other))
        for name, those in called.items()
        if len(name) >= _ALIKE
        for longer in set.intersection(*(with_word[word] for word in name))
        for one, other in product(those, called[longer])
        if one != other
    }


def _names(held: Iterable[Relationship]) -> set[frozenset[str]]:
    return {frozenset(name_words(r.name)) for r in held if r.name}


def _generation(held: Iterable[Relationship]) -> str | None:
    """Give the generation sources say; none where they say none, or several."""
    said = {g for r in held if r.type is not None and (g := _GENERATIONS.get(r.type))}
    return said.pop() if len(said) == 1 else None
