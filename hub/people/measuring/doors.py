"""Doors: what the front door shows for FEBRL, for made-up children asked for in many ways, and for those not there."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hub.people.criteria import Criteria
from hub.people.found import Found
from hub.people.index import PersonIndex
from hub.people.learning.lists import Record
from hub.people.measuring.asking import STRANGERS, WAYS, asked_for, exact, spelt_otherwise, strangers
from hub.people.measuring.febrl import febrl
from hub.people.measuring.front_door import Asked, Tally, desk, search
from hub.people.rules import Note
from hub.people.weights import Weights

SEED = 5
_BANNERS = frozenset({Note.TWIN, Note.TWIN_OR_SLIP})


@dataclass(frozen=True, slots=True)
class Twins:
    """Questions about twins: how many showed both with the banner, and how many matched without the exact name."""

    asked: int
    both: int
    matched: int


@dataclass(frozen=True, slots=True)
class Children:
    """What the front door made of the made-up children."""

    people: int
    ways: Mapping[str, Tally]
    strangers: Mapping[str, Tally]
    twins: Twins
    spellings: int
    changed: int


async def febrl4(weights: Weights, *, address: bool) -> Tally:
    """Ask for each of FEBRL's 5 000 people by what the second list says, where the index holds the first."""
    async with desk(febrl("4a"), weights) as (index, persons):
        return await search(index, persons, (as_written(r, address=address) for r in febrl("4b")))


def as_written(record: Record, *, address: bool) -> Asked:
    """Ask for one of FEBRL's people by what a record of theirs in the second list says."""
    traits = record.traits
    name, code = traits.names[0], (*traits.postcodes, "")[0]
    lines = (traits.address or "") if address else ""
    criteria = Criteria(name.family, name.given, traits.date_of_birth, postcode=code, address=lines)
    return Asked(criteria, f"rec-{record.person}-org")


async def children(records: Sequence[Record], weights: Weights, *, ways: int, others: int, spellings: int) -> Children:
    """Ask for children in every way, so many times each; for strangers; for twins; and the same written otherwise."""
    async with desk(records, weights) as (index, persons):
        asked = {
            name: await search(index, persons, asked_for(records, way, ways, Random(f"{SEED}/{name}")))  # noqa: S311 -- the same each time
            for name, way in WAYS.items()
        }
        absent = {
            kind: await search(index, persons, strangers(kind, records, others, Random(f"{SEED}/{kind}")))  # noqa: S311 -- as above
            for kind in STRANGERS
        }
        changed = [c async for c in _spelt(index, records, spellings)] if spellings else []
        return Children(len(records), asked, absent, await _twins(index, persons, records), spellings, sum(changed))


async def _spelt(index: PersonIndex, records: Sequence[Record], many: int) -> AsyncIterator[bool]:
    """Say of each question whether another spelling of it was answered otherwise."""
    rng = Random(SEED)  # noqa: S311 -- the same each time
    marked = [
        r
        for r in records
        if not all(w.isascii() and w.isalpha() for w in (r.traits.names[0].given, r.traits.names[0].family))
    ]
    for record in (rng.choice(marked or records) for _ in range(many)):
        criteria = exact(record)
        one, other = [await _found(index, c) for c in (criteria, spelt_otherwise(criteria, rng))]
        yield one != other


async def _found(index: PersonIndex, criteria: Criteria) -> object:
    answer = await index.search(criteria, lambda _source: True)
    return (answer.result, answer.candidates) if isinstance(answer, Found) else answer


async def _twins(index: PersonIndex, persons: Mapping[str, str], records: Sequence[Record]) -> Twins:
    asked = both = matched = 0
    for one, other in _pairs(records):
        whole = exact(one)
        for criteria in (Criteria(whole.surname, "", whole.date_of_birth, postcode=whole.postcode), whole):
            answer = await index.search(criteria, lambda _source: True)
            assert isinstance(answer, Found)  # noqa: S101 -- a family name and a date of birth are enough
            banner = {c.person_id for c in answer.candidates if not _BANNERS.isdisjoint(c.notes)}
            asked += 1
            both += {persons[one.id], persons[other.id]} <= banner
            wrong = answer.match is not None and answer.match.person_id != persons[one.id]
            matched += wrong or (answer.match is not None and not criteria.given)
    return Twins(asked, both, matched)


def _pairs(records: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    last: dict[object, Record] = {}
    for record in records:
        traits = record.traits
        key = traits.names[0].family, traits.date_of_birth, traits.address, traits.postcodes
        if key in last:
            yield last[key], record
        last[key] = record
