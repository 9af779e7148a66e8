"""A partner's system is told of no more than it is bound to, whatever it asks the decision point and how."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert

from hub.governance.agreeing import agreements_in
from hub.governance.data_items import EVERY, DataItem
from hub.graphql.trusted.register import DOCUMENT
from hub.identity.requester import Bound, Requester
from policies.vocabulary import Effect
from schema.purposes import Purpose
from schema.services import Service
from tests.cast import SERVICES, requester
from tests.house import house
from tests.rooms.authzen.asking import VIEW, kind_question, of_kind, of_person, person_question, role, stated
from tests.rooms.authzen.conftest import Point, point_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

AGREED = frozenset(f"{source}--social-care" for source in SERVICES if source != "social-care")
WIDE = Bound(frozenset(Purpose), AGREED, frozenset(SERVICES))
SEARCH = {
    "subject": role(),
    "action": VIEW,
    "resource": {"type": "field", "properties": {"labels": []}},
    "context": stated(),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bonds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Point]:
    folder = tmp_path_factory.mktemp("bonds")
    async with house(folder) as home, point_of(home, folder) as opened:
        yield opened


def system(point: Point, name: str, bound: Bound) -> Requester:
    """Give the front door's worker, at a system that is bound."""
    point.bonds[name] = bound
    return replace(requester("front-door"), client=name)


def no_purpose(bound: Bound) -> Bound:
    return replace(bound, purposes=bound.purposes - {Purpose.CHILD_PROTECTION})


def no_source(bound: Bound) -> Bound:
    return replace(bound, sources=bound.sources - {"health"})


def no_agreement(bound: Bound) -> Bound:
    return replace(bound, agreements=bound.agreements - {"health--social-care"})


@pytest.mark.parametrize("narrowed", [no_purpose, no_source, no_agreement])
async def test_a_kind_of_question_is_decided_within_the_bond(bonds: Point, narrowed: Any) -> None:
    """A purpose, a source or an agreement it is not bound to opens nothing, though the facts are stated to be so."""
    within, beyond = system(bonds, "within", WIDE), system(bonds, "beyond", narrowed(WIDE))
    assert (await bonds.ask("evaluation", kind_question(), within))["decision"] is True
    told = await bonds.ask("evaluation", kind_question(), beyond)
    assert (told["decision"], told["context"]["code"]) == (False, "NOT_FOR_THIS_SYSTEM")
    batch = kind_question() | {"evaluations": [{}, {"resource": of_kind("Involvement.service")}]}
    several = await bonds.ask("evaluations", batch, beyond)
    assert [one["decision"] for one in several["evaluations"]] == [False, False]
    action = {name: part for name, part in kind_question().items() if name != "action"}
    assert (await bonds.ask("search/action", action, within))["results"]
    assert (await bonds.ask("search/action", action, beyond))["results"] == []
    found = (await bonds.ask("search/resource", SEARCH | {"page": {"limit": 200}}, beyond))["results"]
    assert Service.HEALTH not in {one["properties"]["service"] for one in found}
    assert bool(found) is (narrowed is not no_purpose)


async def test_its_own_agencys_source_needs_no_agreement(bonds: Point) -> None:
    """What belongs to the system's own organisation is told of by its purposes and sources alone."""
    own = system(bonds, "own", replace(WIDE, agreements=frozenset()))
    mine = kind_question(resource=of_kind("Involvement.status", "SOCIAL_CARE"), context=stated(own=True))
    assert (await bonds.ask("evaluation", mine, own))["decision"] is True


async def test_what_no_agreement_of_its_own_is_about_is_not_told(bonds: Point) -> None:
    """An agreement names fields: a field that only an agreement of another system's covers is beyond the bond."""
    (whole,) = (a for a in await agreements_in(bonds.home.database) if a.id == "health--social-care")
    no_status = DataItem(EVERY, EVERY, frozenset({"Involvement.status"}), Effect.DENY)
    narrow = replace(whole, id="health-narrow", items=(*whole.items, no_status))
    await bonds.home.register.record_agreements([narrow])
    some = system(bonds, "some", replace(WIDE, agreements=frozenset({narrow.id})))
    for field, told in (("Involvement.team", True), ("Involvement.status", False)):
        answer = await bonds.ask("evaluation", kind_question(resource=of_kind(field)), some)
        assert answer["decision"] is told, field
    assert (await bonds.ask("evaluation", kind_question(), system(bonds, "all", WIDE)))["decision"] is True


async def test_a_named_person_is_decided_within_the_bond(bonds: Point) -> None:
    """As the answer to the question itself would be: withheld because of the system."""
    beyond = system(bonds, "named", no_agreement(WIDE))
    asked = person_question(bonds.home.ids["maya"], "Involvement.status", "HEALTH")
    told = await bonds.ask("evaluation", asked, beyond)
    assert (told["decision"], told["context"]["code"]) == (False, "NOT_FOR_THIS_SYSTEM")


async def test_a_system_held_to_its_queries_is_told_of_nobody_by_name(bonds: Point) -> None:
    """Whoever it names, somebody or nobody, alone or among others: refused, unless its registration says otherwise."""
    held, told = system(bonds, "held", WIDE), system(bonds, "told", replace(WIDE, decides_named=True))
    maya, nobody = bonds.home.ids["maya"], "0" * 32
    asked = person_question(maya, "Involvement.status", "HEALTH")
    assert (await bonds.ask("evaluation", asked, held))["decision"] is True
    async with bonds.home.database.begin() as connection:
        row = {"id": "one", "digest": "d", "text": "{ me { name } }", "purpose": "EARLY_HELP", "agreement": ""}
        by = {"registered_by": "somebody", "registered_at": 1}
        await connection.execute(insert(DOCUMENT), [row | by | {"client_id": each} for each in ("held", "told")])
    before = len(await bonds.written())
    refused = [
        await bonds.refused("evaluation", person_question(p, "Involvement.status", "HEALTH"), held)
        for p in (maya, nobody)
    ]
    assert refused[0] == refused[1]
    assert refused[0][0] == 403
    theirs = [asked | {"resource": of_person(p, "Involvement.status", "HEALTH")} for p in (maya, nobody)]
    batch = kind_question() | {"evaluations": [{}, *theirs]}
    first, *others = (await bonds.ask("evaluations", batch, held))["evaluations"]
    assert first["decision"] is True
    assert (
        others[0] == others[1] == {"decision": False, "context": {"error": {"status": 403, "message": refused[0][1]}}}
    )
    assert len(await bonds.written()) == before
    assert (await bonds.ask("evaluation", asked, told))["decision"] is True
