"""Who of a family may be the same: found quickly, and the very ones that comparing each with each would find."""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import strawberry
from hypothesis import given
from hypothesis import strategies as st

from hub.answer.family import say_who_is_alike
from hub.people.normalise import name_words
from schema.records import Relationship, RelationshipType
from schema.relative import Relative

GENERATIONS = {
    RelationshipType.MOTHER: "parent",
    RelationshipType.FATHER: "parent",
    RelationshipType.PARENT: "parent",
    RelationshipType.STEP_PARENT: "parent",
    RelationshipType.SIBLING: "sibling",
    RelationshipType.CHILD: "child",
}
Said = Sequence[tuple[str | None, RelationshipType | None]]
"""What sources say of one relative: a name and what they are to the child."""

NAMES = st.lists(st.sampled_from(["Ada", "Ben", "O'Brien", "o brien", "Lark", "Lark-Ada", "Mac Ivor", ""]), max_size=4)
RECORDS = st.tuples(st.none() | NAMES.map(" ".join), st.none() | st.sampled_from(list(RelationshipType)))
FAMILIES = st.lists(st.lists(RECORDS, min_size=1, max_size=4), max_size=9)
KNOWN = st.sets(st.integers(0, 8))
PAIRS = st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)))


def family_of(said: Sequence[Said]) -> dict[str, Relative]:
    """Make the relatives, by a key of each."""
    return {
        f"record {place}": Relative(
            id=strawberry.ID(str(place)),
            held=[Relationship(id=f"{place}.{n}", name=name, type=kind) for n, (name, kind) in enumerate(records)],
            possibly_same=[],
        )
        for place, records in enumerate(said)
    }


def plainly(said: Sequence[Said], known: Mapping[str, str], apart: Collection[frozenset[str]]) -> dict[str, list[str]]:
    """Compare each with each, every name with every name, and give who is like whom."""
    found: dict[str, list[str]] = {str(place): [] for place in range(len(said))}
    for one, other in combinations(range(len(said)), 2):
        people = {known.get(f"record {one}"), known.get(f"record {other}")}
        if None not in people and frozenset(map(str, people)) in apart:
            continue
        if like(said[one], said[other]):
            found[str(one)].append(str(other))
            found[str(other)].append(str(one))
    return found


def like(one: Said, other: Said) -> bool:
    """Say whether two may be of one generation, and a name of one has every word of a name of the other."""
    generations = [{GENERATIONS[kind] for _, kind in said if kind in GENERATIONS} for said in (one, other)]
    if all(len(g) == 1 for g in generations) and generations[0] != generations[1]:
        return False
    words = [[set(name_words(name)) for name, _ in said if name] for said in (one, other)]
    return any(len(a & b) > 1 and (a <= b or b <= a) for a in words[0] for b in words[1])


@given(FAMILIES, KNOWN, PAIRS)
def test_those_are_found_whom_comparing_each_with_each_finds(
    said: list[list[tuple[str | None, RelationshipType | None]]], places: set[int], pairs: set[tuple[int, int]]
) -> None:
    """Whatever families are called and whoever was said to be apart, the same ones are said to be alike, in order."""
    relatives = family_of(said)
    known = {f"record {place}": f"person {place}" for place in places if place < len(said)}
    apart = {frozenset((f"person {a}", f"person {b}")) for a, b in pairs if a != b}
    say_who_is_alike(relatives, known, apart)
    assert {str(r.id): list(map(str, r.possibly_same or ())) for r in relatives.values()} == plainly(said, known, apart)
