"""What a partner's system is bound to: beyond it everything is withheld with a reason, and nobody can be told apart."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.governance.acting import By
from hub.governance.agreements import Agreement, Status
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked as Emergency
from hub.governance.breaking_glass import break_glass
from hub.governance.data_items import EVERYTHING
from hub.graphql.execution import Request
from hub.identity.requester import Bound
from schema.purposes import Purpose
from tests.cast import SERVICES, agency, canaries, requester
from tests.house import WHO, House

SOURCES = frozenset(SERVICES)
MINE = "cast-social-care"
AGREED = frozenset(f"{source}--social-care" for source in SERVICES if source != "social-care")
WIDE = Bound(frozenset(Purpose), AGREED, SOURCES)


async def asked(home: House, bound: Bound | None, child: str = "maya", who: str = "front-door") -> dict[str, Any]:
    """Ask who is involved, with a system that is bound."""
    context = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
    asking = Request(WHO, {"id": home.ids.get(child, child), "context": context}, None)
    result = await home.executor.run(asking, replace(requester(who), bound=bound), "req")
    assert not result.errors, result.errors
    answer: dict[str, Any] = result.data["person"]
    return answer


def barred(person: dict[str, Any]) -> set[str]:
    """Give the sources withheld because of the system, and insist that each withholds every field for that reason."""
    sources = {s["source"] for s in person["sources"] if s["reason"] == "NOT_FOR_THIS_SYSTEM"}
    codes = {s: {w["code"] for w in person["withheld"] if w["source"] == s} for s in sources}
    assert all(found == {"NOT_FOR_THIS_SYSTEM"} for found in codes.values())
    assert all(s["outcome"] == "WITHHELD" for s in person["sources"] if s["source"] in sources)
    return sources


def called(home: House) -> set[str]:
    return {name for name, connector in home.connectors.items() if connector.asks}


async def test_a_system_bound_to_everything_is_answered_as_its_user(home: House) -> None:
    """A bond narrows and changes nothing else."""
    assert barred(await asked(home, WIDE)) == set()
    assert called(home) == SOURCES


@pytest.mark.parametrize(
    ("bound", "left"),
    [
        (replace(WIDE, purposes=frozenset({Purpose.EARLY_HELP})), set()),
        (replace(WIDE, purposes=frozenset()), set()),
        (replace(WIDE, sources=frozenset({"housing", "police"})), {"housing", "police"}),
        (replace(WIDE, sources=frozenset()), set()),
        (replace(WIDE, agreements=frozenset({"housing--social-care"})), {"housing", "social-care"}),
        (replace(WIDE, agreements=frozenset()), {"social-care"}),
        (replace(WIDE, agreements=frozenset({"housing--education"})), {"social-care"}),
    ],
    ids=range(7),
)
async def test_beyond_its_bond_a_system_is_withheld_everything_and_nobody_is_asked(
    home: House, bound: Bound, left: set[str]
) -> None:
    """Purpose, source and agreement each bar; the answer is an answer, with a reason, and no source hears of it."""
    person = await asked(home, bound)
    assert barred(person) == SOURCES - left
    assert called(home) == left


async def test_whom_a_system_may_not_ask_about_cannot_be_told_from_nobody(home: House) -> None:
    """Everybody there is, a sealed person and an id that is nobody's are answered word for word alike."""
    bound = replace(WIDE, purposes=frozenset({Purpose.EARLY_HELP}))

    def plain(person: dict[str, Any]) -> str:
        gaps = [{k: v for k, v in gap.items() if k != "decisionId"} for gap in person.pop("withheld")]
        return str([{k: v for k, v in person.items() if k != "id"}, gaps])

    told = {plain(await asked(home, bound, child)) for child in (*home.ids, "0" * 32)}
    assert len(told) == 1
    assert not any(value in text for text in told for value in canaries())


async def test_emergency_access_does_not_open_what_a_system_is_barred_from(home: House) -> None:
    """Breaking glass is a fact about the worker; what was agreed with their system stays as it is."""
    bound = replace(WIDE, agreements=frozenset())
    before = barred(await asked(home, bound))
    who = requester("front-door")
    assert before == SOURCES - {"social-care"}
    owners = frozenset(map(agency, SERVICES)) - {MINE}
    wanted = Emergency(home.ids["maya"], owners, GlassReason.MISSING_CHILD, "words", "REF 1", 30)
    await break_glass(home.acting, wanted, By(who.subject, who.role, who.organisation))
    assert barred(await asked(home, bound)) == before


async def test_an_agreement_that_ended_carries_no_system(home: House) -> None:
    """Bound to it or not: what is over is over, and what was never signed never began."""
    for status, expiry in ((Status.SIGNED, date(2021, 1, 1)), (Status.DRAFT, date(2099, 1, 1))):
        ended = Agreement(
            "housing--social-care",
            "Cast agreement",
            agency("housing"),
            frozenset({MINE}),
            frozenset(Purpose),
            date(2020, 1, 1),
            date(2021, 1, 1),
            expiry,
            (EVERYTHING,),
            status,
        )
        await home.register.record_agreements([ended])
        assert barred(await asked(home, WIDE)) == {"housing"}


async def test_a_search_of_a_system_finds_only_what_it_may_ask_about(home: House) -> None:
    """Beyond its bond a search finds nobody, whoever there is."""
    query = """query ($given: PersonSearchInput!, $context: RequestContext!) {
      searchPeople(input: $given, context: $context) { outcome candidates { id } } }"""
    context = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
    found = {}
    for name, bound in (("bound", replace(WIDE, sources=frozenset())), ("wide", WIDE)):
        given = {"familyName": "Quillfeather", "givenName": "Maya", "dateOfBirth": "2012-05-17"}
        asking = Request(query, {"given": given, "context": context}, None)
        result = await home.executor.run(asking, replace(requester("front-door"), bound=bound), "req")
        assert not result.errors, result.errors
        found[name] = result.data["searchPeople"]
    assert found["bound"]["outcome"] == "NO_MATCH"
    assert found["bound"]["candidates"] == []
    assert found["wide"]["candidates"] != []
