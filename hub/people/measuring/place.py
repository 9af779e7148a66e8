"""Place: the demo's population, whose truth is on paper: how eight feeds are linked, and whether children are found."""

from dataclasses import dataclass
from datetime import date
from random import Random

from connectors.contract import LocalId
from hub.demo.agencies import Source
from hub.demo.feeds import SERVICE, feed, identity, truth
from hub.demo.people import Restriction
from hub.demo.population import Entry, Population, populate
from hub.people.criteria import Criteria
from hub.people.evaluate import Quality, evaluate, evaluate_clusters
from hub.people.found import Found
from hub.people.index import PersonIndex
from hub.people.learning.lists import Record
from hub.people.measuring.front_door import empty_index
from hub.people.weights import Weights

TODAY = date(2026, 11, 21)
SEED = 7
_HIDDEN = frozenset(Restriction) - {Restriction.STAFF_RELATIVE}


@dataclass(frozen=True, slots=True)
class Place:
    """What became of the demo's people: links in pairs and in whole persons, and searches for each child."""

    people: int
    entries: int
    pairs: Quality
    persons: Quality
    asked: int
    shown: int
    first: int
    wrong: int


async def measure(children: int, weights: Weights) -> Place:
    """Read every feed, then ask for each child as one of the agencies wrote them down."""
    place = populate(children, SEED, TODAY)
    async with empty_index(weights) as index:
        links: dict[tuple[str, str], str] = {}
        for source, service in SERVICE.items():
            entries = place.entries[source]
            await index.refresh(source.value, service, feed(identity(e, source) for e in entries))
        for source in SERVICE:
            ids = [LocalId(e.local_id) for e in place.entries[source]]
            links |= {(source.value, i): p for i, p in (await index.by_local(source.value, ids)).items()}
        true = truth(place)
        of = {key: {links[s, i] for s, ids in at.items() for i in ids if (s, i) in links} for key, at in true.items()}
        tally = await _ask(index, place, of)
        return Place(len(true), len(links), evaluate(true, links), evaluate_clusters(true, links), *tally)


def records(children: int) -> list[Record]:
    """Give the place's entries as a list to learn weights from: the truth is in it and is not looked at."""
    place = populate(children, SEED, TODAY)
    return [
        Record(f"{source.value}/{entry.local_id}", identity(entry, source).traits, source.value, entry.person.key)
        for source in SERVICE
        for entry in place.entries[source]
    ]


async def _ask(index: PersonIndex, place: Population, of: dict[str, set[str]]) -> tuple[int, int, int, int]:
    asked = shown = first = wrong = 0
    for entry in _one_each(place):
        answer = await index.search(_criteria(entry), lambda _source: True)
        if not isinstance(answer, Found):
            continue
        asked += 1
        ids = [candidate.person_id for candidate in answer.candidates]
        right = of[entry.person.key]
        shown += not right.isdisjoint(ids)
        first += bool(ids) and ids[0] in right
        wrong += answer.match is not None and answer.match.person_id not in right
    return asked, shown, first, wrong


def _one_each(place: Population) -> list[Entry]:
    """Choose one agency's writing of each child whom a search may find."""
    rng = Random(SEED)  # noqa: S311 -- the same choice each time
    written: dict[str, list[Entry]] = {}
    for source in (*SERVICE, Source.POLICE):
        for entry in place.entries[source]:
            person = entry.person
            if person.is_child and person.born and _HIDDEN.isdisjoint(person.restrictions):
                written.setdefault(person.key, []).append(entry)
    known = {entry.person.key for source in SERVICE for entry in place.entries[source]}
    return [rng.choice(entries) for key, entries in written.items() if key in known]


def _criteria(entry: Entry) -> Criteria:
    written = entry.written
    code = written.homes[0].postcode if written.homes else ""
    return Criteria(written.name.family, written.name.given, written.born, postcode=code)
