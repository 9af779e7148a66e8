"""In the demo place nobody is merged wrongly and at least 95 of 100 true links are found."""

from datetime import date

import pytest

from connectors.contract import LocalId
from hub.demo.agencies import Source
from hub.demo.feeds import SERVICE, feed, identity, truth
from hub.demo.people import Restriction
from hub.demo.population import Population, populate
from hub.people.criteria import Criteria
from hub.people.evaluate import evaluate
from hub.people.found import Found, Result
from hub.people.index import PersonIndex
from schema.labels import Label
from tests.rooms.people.making import everybody

TODAY = date(2026, 11, 21)
POST = {Restriction.ADOPTION_POST: Label.ADOPTION}
Links = dict[tuple[str, str], str]


async def build(index: PersonIndex, place: Population, order: list[Source], more: dict[Restriction, Label]) -> Links:
    """Read every source's feed; give the person each entry became."""
    links: Links = {}
    for source in order:
        entries = place.entries[source]
        await index.refresh(source.value, SERVICE[source], feed(identity(e, source, more) for e in entries))
    for source in order:
        ids = [LocalId(e.local_id) for e in place.entries[source]]
        links |= {(source.value, i): p for i, p in (await index.by_local(source.value, ids)).items()}
    return links


# No wrong merge and 95 % of true links, whichever feed is read first and however the adopted child is labelled.
@pytest.mark.parametrize(("seed", "backwards", "more"), [(7, False, {}), (7, True, POST), (11, False, POST)])
async def test_links_are_right(
    index: PersonIndex, seed: int, *, backwards: bool, more: dict[Restriction, Label]
) -> None:
    place = populate(300, seed, TODAY)
    links = await build(index, place, sorted(SERVICE, reverse=backwards), more)
    quality = evaluate(truth(place), links)
    assert quality.wrong == 0
    assert quality.recall >= 0.95
    persons = _persons(place, links)
    for one, other in (*place.never_link, *place.strangers, ("cast-twin-a", "cast-twin-b")):
        assert persons[one]
        assert persons[one].isdisjoint(persons[other])
    await _the_first_identity_is_sealed(index, place, persons)


def _persons(place: Population, links: Links) -> dict[str, set[str]]:
    """Say which persons of the index each true person became."""
    return {
        key: {links[source, i] for source, ids in sources.items() for i in ids if (source, i) in links}
        for key, sources in truth(place).items()
    }


async def _the_first_identity_is_sealed(index: PersonIndex, place: Population, persons: dict[str, set[str]]) -> None:
    """Whoever holds the identity from before the adoption, no search finds it."""
    assert all(k.sealed for k in (await index.people(persons["cast-adopted-before"])).values())
    before = next(e.person for e in place.entries[Source.HEALTH] if e.person.key == "cast-adopted-before")
    found = await index.search(
        Criteria(before.name.family, before.name.given, before.born, postcode=before.homes[0].postcode), everybody
    )
    assert isinstance(found, Found)
    assert found.result in {Result.NO_MATCH, Result.POSSIBLE}
    assert persons["cast-adopted-before"].isdisjoint(c.person_id for c in found.candidates)


# The child of the demo is found at once, and every source that knows her is linked.
async def test_the_main_child_is_found(index: PersonIndex) -> None:
    place = populate(40, 7, TODAY)
    links = await build(index, place, list(SERVICE), {})
    main = next(e.person for e in place.entries[Source.HEALTH] if e.person.key == "cast-main")
    found = await index.search(
        Criteria(main.name.family, main.name.given, main.born, postcode=main.homes[0].postcode), everybody
    )
    assert isinstance(found, Found)
    assert found.match is not None
    known = await index.person(found.match.person_id)
    assert known is not None
    assert {link.source_id for link in known.links} == {s.value for s in SERVICE}
    assert _persons(place, links)["cast-main"] == {found.match.person_id}
