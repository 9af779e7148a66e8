"""The demo place's five HTTP systems, running as processes of their own, asked through their source files."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from connectors.conformance import Examples, Known, check
from connectors.contract import Ask, Connector, Limits, LocalId, Matched, Name, Traits
from connectors.errors import SourceBroken, SourceError, SourceUnavailable
from connectors.registry import connect
from connectors.source import read_source
from hub.demo.faults import Fault, FaultKind
from hub.demo.place import DemoPlace
from schema.records import IdentifierSystem, Involvement, PersonName, Status

HTTP = ("education", "youth-justice", "housing", "police", "health")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoPlace]:
    async with DemoPlace(tmp_path_factory.mktemp("place"), children=60) as running:
        yield running


def connected(place: DemoPlace, name: str, deadline: float = Limits().deadline) -> Connector:
    source = read_source(place.sources / f"{name}.toml")
    return connect(source.model_copy(update={"limits": source.limits.model_copy(update={"deadline": deadline})}))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", HTTP)
async def test_the_main_child_is_known_by_name_with_somebody_to_ring(place: DemoPlace, name: str) -> None:
    """Every system that knows the child says who works with them and on what number."""
    child = place.truth.cast_member("main")
    (person,) = (LocalId(i) for i in child.links[name])
    connector = connected(place, name)
    reply = await connector.fetch(Ask((person,), connector.capabilities.fields, place.truth.today))
    await connector.close()
    names = [r for r in reply.records[person] if isinstance(r, PersonName)]
    involvements = [r for r in reply.records[person] if isinstance(r, Involvement)]
    assert (child.given, child.surname) in {(n.given, n.family) for n in names}
    assert any(worker.phone for i in involvements for worker in i.professionals or ())
    assert reply.complete
    assert not reply.rejected
    assert reply.as_of is not None
    if name != "police":
        assert Status.CURRENT in {i.status for i in involvements}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", HTTP)
async def test_everybody_is_fed_to_the_index_and_answers_are_theirs(place: DemoPlace, name: str) -> None:
    """The feed is exactly whom the system knows; all of them in one batch come back whole."""
    everybody = {LocalId(i) for p in place.truth.people.values() for i in p.links.get(name, ())}
    connector = connected(place, name)
    fed = {i.local_id async for i in connector.identities(None)}
    reply = await connector.fetch(Ask(tuple(sorted(everybody)), connector.capabilities.fields, place.truth.today))
    await connector.close()
    assert fed == (everybody if name != "police" else set())
    assert set(reply.records) == everybody
    assert not reply.rejected


@pytest.mark.asyncio(loop_scope="module")
async def test_the_police_match_on_demand(place: DemoPlace) -> None:
    """A system without a feed finds the child by what another system knows."""
    child = place.truth.cast_member("main")
    school, police = connected(place, "education"), connected(place, "police")
    (traits,) = [i.traits async for i in school.identities(None) if i.local_id in child.links["education"]]
    assert await police.locate(traits) == Matched(LocalId(child.links["police"][0]))
    await school.close()
    await police.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", HTTP)
async def test_it_keeps_its_promises(place: DemoPlace, name: str) -> None:
    """Against the real demo system nothing is broken; a small place need not show every field there is."""
    child = place.truth.cast_member("main")
    known = tuple(Known(LocalId(i)) for p in place.truth.people.values() for i in p.links.get(name, ()))
    number = ((IdentifierSystem.NHS_NUMBER, "9999999999"),)
    stranger = Traits((Name("Nobody", "Anywhere"),), child.born, identifiers=number)
    examples = Examples(known[:40], LocalId("nobody"), place.truth.today, stranger_traits=stranger)
    connector = connected(place, name)
    report = await check(connector, examples)
    await connector.close()
    assert {b.promise for b in report.broken} <= {"every_declared_field_is_answered"}, report.broken


FAULTS: dict[FaultKind, type[SourceError]] = {
    FaultKind.DOWN: SourceUnavailable,
    FaultKind.HANG: SourceUnavailable,
    FaultKind.GARBAGE: SourceBroken,
    FaultKind.HTML: SourceBroken,
    FaultKind.HUGE: SourceBroken,
    FaultKind.WRONG_TYPES: SourceBroken,
    FaultKind.WRONG_PERSON: SourceBroken,
    FaultKind.ERROR_500: SourceUnavailable,
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", HTTP)
async def test_every_fault_is_typed_and_passes(place: DemoPlace, name: str) -> None:
    """Whatever goes wrong at an agency is one of the errors, and over once the agency is well again."""
    person = LocalId(place.truth.cast_member("main").links[name][0])
    connector = connected(place, name, deadline=0.3)
    ask = Ask((person,), connector.capabilities.fields, place.truth.today)
    for fault, kind in FAULTS.items():
        await place.set_fault(name, Fault(fault))
        with pytest.raises(kind):
            await connector.fetch(ask)
    await place.set_fault(name, Fault())
    assert (await connector.fetch(ask)).records[person]
    await connector.close()
