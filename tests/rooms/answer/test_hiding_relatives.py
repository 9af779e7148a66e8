"""Hiding a relative changes nothing else: the answer is that of a world in which sources do not name them."""

import asyncio
import os
from collections.abc import Iterator
from datetime import date
from typing import Any, Self

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.answer.facts import basis_of
from hub.answer.relatives import MOST_RELATIVES
from policies.decide import decide
from policies.facts import AgreementState, Asker, ConsentState, Facts, NotToShare, ObjectionState, RelationshipState
from schema.fields import FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.records import RelationshipType
from schema.services import Service
from tests.cast import SERVICES, agency, requester
from tests.house import RULES
from tests.rooms.answer.kinfolk import FAMILY, USUAL, Kinfolk, kinfolk, link

NAME = FieldId("Relationship.name")
NAMED = ("rowan", *FAMILY)
ASKED = (
    "family { id name types status sameHousehold differs possiblySame held { name start } }",
    "relationships { type name sameHousehold parentalResponsibility start end person { id names { given } } }",
    "family(status: CURRENT) { name person { id involvements { service status } withheld { path code } } }",
    "family { person { addresses { lines } family { name } } } relationships { id provenance { source } }",
)
LABELS = st.sampled_from([Label.SEXUAL_HEALTH, Label.MAPPA, Label.POLICE_INTELLIGENCE, Label.CONFIDENTIAL_ADDRESS])
WHO = st.sampled_from(["front-door", "social-worker", "school", "police", "early-help", "analyst"])


@pytest.fixture(scope="module")
def kin(loop: asyncio.Runner) -> Iterator[Kinfolk]:
    opened = kinfolk()
    yield loop.run(opened.__aenter__())
    loop.run(opened.__aexit__(None, None, None))


class Counted:
    """What an answer cost beside its sources: how often the hub's tables were read, and who was counted and asked."""

    def __init__(self, kin: Kinfolk) -> None:
        preparer = kin.home.answerer.preparer
        self.home = kin.home
        self.reads = 0
        self.fitted: list[tuple[str, ...]] = []
        self._patch = pytest.MonkeyPatch()
        for room, name in (
            (preparer.index, "followed"),
            (preparer.index, "by_locals"),
            (preparer.index, "said_apart"),
            (preparer.register, "standing"),
        ):
            self._patch.setattr(room, name, self._counting(getattr(room, name)))
        self._fitting = preparer.budgets.fitting
        self._patch.setattr(preparer.budgets, "fitting", self._fit)

    def _counting(self, real: Any) -> Any:
        async def read(*given: Any) -> Any:
            self.reads += 1
            return await real(*given)

        return read

    async def _fit(self, question: Any, people: Any) -> Any:
        self.fitted.append(tuple(people))
        return await self._fitting(question, people)

    def __enter__(self) -> Self:
        self._before = self.home.ledger.size
        for connector in self.home.connectors.values():
            connector.asks.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.undo()

    def told(self) -> object:
        asked = {s: [(a.people, a.fields) for a in c.asks] for s, c in self.home.connectors.items()}
        return self.reads, self.fitted, asked, self.home.ledger.size - self._before


async def answered(kin: Kinfolk, wanted: str, who: str, purpose: Purpose) -> tuple[bytes, object]:
    """Give an answer, as it is sent but for the numbers of its own ledger entries, and what it cost."""
    query = f"{wanted} sources {{ source outcome asOf complete explanation }} withheld {{ path source code masked }}"
    with Counted(kin) as counted:
        told = await kin.ask(query, who, purpose.value)
        return orjson.dumps(told, default=str), counted.told()


async def known_of(kin: Kinfolk, who: str, purpose: Purpose) -> list[str]:
    """Say who is somebody to the asker, when asked about by id."""
    query = "query ($ids: [ID!]!, $c: RequestContext!) { people(ids: $ids, context: $c) { involvements { service } } }"
    variables = {"ids": [kin.home.ids[k] for k in NAMED], "c": {"purpose": purpose.value, "reference": "R 1"}}
    people = (await kin.home.ask(query, variables, who=who)).data["people"]
    return [key for key, person in zip(NAMED, people, strict=True) if person is not None]


@settings(
    max_examples=int(os.environ.get("KIN_EXAMPLES", "16")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(
    flags=st.dictionaries(st.sampled_from(NAMED), LABELS, max_size=4),
    sealed=st.sets(st.sampled_from(NAMED), max_size=2),
    who=WHO,
    purpose=st.sampled_from([p for p in Purpose if p.needs_reference] + [Purpose.EDUCATION_WELFARE]),
    wanted=st.sampled_from(ASKED),
)
def test_whoever_may_not_be_known_of_might_as_well_not_be_named(
    kin: Kinfolk, loop: asyncio.Runner, flags: Any, sealed: set[str], who: str, purpose: Purpose, wanted: str
) -> None:
    """The same answer, the same reads, the same people counted, asked for and written down, as if not there."""

    async def compare() -> None:
        kin.names(USUAL)
        await kin.flag({key: [label] for key, label in flags.items()}, sealed)
        known = await known_of(kin, who, purpose)
        with_them = await answered(kin, wanted, who, purpose)
        for source in SERVICES:
            for key in NAMED:
                if f"{key} at {source}".encode() in with_them[0]:
                    assert key in known
                    assert may_name(who, purpose, source, frozenset({flags[key]} if key in flags else ()))
        kin.names({s: [r for r in named if str(r.id).split("/")[-1] in known] for s, named in USUAL.items()})
        assert await answered(kin, wanted, who, purpose) == with_them

    loop.run(compare())


def may_name(who: str, purpose: Purpose, source: str, flags: frozenset[Label]) -> bool:
    """Decide from facts made here whether somebody with these flags may be named at a source."""
    asker = requester(who)
    own = agency(source) == asker.organisation
    basis, state = basis_of(purpose, asker.role, date(2026, 9, 1))
    facts = Facts(
        basis,
        ConsentState.NOT_RECORDED,
        AgreementState.NONE if own else AgreementState.IN_FORCE,
        RelationshipState.REFERENCE_GIVEN,
        own=own,
        basis_state=state,
        objection=ObjectionState.NONE,
        not_to_share=NotToShare.NONE,
        flags=flags,
    )
    asked = {source: (Service(SERVICES[source]), facts)}
    return (
        decide(Asker(asker.role, asker.organisation, purpose), asked, frozenset({NAME}), RULES)[source]
        .decide(NAME)
        .verdict.shows
    )


def test_the_only_relative_hidden_is_none_at_all(kin: Kinfolk, loop: asyncio.Runner) -> None:
    """Where nobody is left the hub's tables are read as often as where nobody was named."""

    async def compare() -> None:
        await kin.flag({"gran": [Label.SEXUAL_HEALTH]})
        kin.names({"health": [link("health", "gran", None)]})
        one = [await answered(kin, wanted, "front-door", Purpose.CHILD_PROTECTION) for wanted in ASKED]
        kin.names({})
        assert [await answered(kin, wanted, "front-door", Purpose.CHILD_PROTECTION) for wanted in ASKED] == one

    loop.run(compare())


@pytest.mark.parametrize("hides", ["maya", "mother"])
def test_whom_only_a_hidden_relationship_names_is_not_opened(kin: Kinfolk, loop: asyncio.Runner, hides: str) -> None:
    """A household where either's address is confidential: nobody of it is opened, counted, asked for or noted."""

    async def compare() -> None:
        await kin.flag({hides: [Label.CONFIDENTIAL_ADDRESS]})
        kin.names({"housing": [link("housing", "mother", RelationshipType.HOUSEHOLD)]})
        await kin.ask("id")  # what has changed is read once
        named = [await answered(kin, wanted, "front-door", Purpose.CHILD_PROTECTION) for wanted in ASKED]
        kin.names({})
        assert [await answered(kin, wanted, "front-door", Purpose.CHILD_PROTECTION) for wanted in ASKED] == named

    loop.run(compare())


def test_a_child_hidden_meanwhile_hides_where_relatives_live(
    kin: Kinfolk, loop: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that became confidential while sources were asked is told of nobody whom the child lives with."""
    wanted = "relationships { person { addresses { lines } withheld { path } } }"

    async def compare() -> None:
        index, told = kin.home.index, list[Any]()
        kin.names({"social-care": [link("social-care", "mother", RelationshipType.MOTHER)]})
        await kin.flag({})
        followed, reads = index.followed, list[int]()

        async def flagging(people: Any) -> Any:
            reads.append(1)
            if len(reads) == count:
                await kin.flag({"maya": [Label.CONFIDENTIAL_ADDRESS]})
            return await followed(people)

        count = 0
        monkeypatch.setattr(index, "followed", flagging)
        told.append(await kin.ask(wanted))
        count, last = len(reads) + len(reads), len(reads)
        told.append(await kin.ask(wanted))
        assert len(reads) == 2 * last
        told.append(await kin.ask(wanted))
        homes = [bool((one["relationships"][0]["person"] or {}).get("addresses")) for one in told]
        assert homes == [True, False, False]

    loop.run(compare())


def test_somebody_hidden_takes_nobodys_place(kin: Kinfolk, loop: asyncio.Runner, monkeypatch: Any) -> None:
    """Only so many relatives are opened: whoever is hidden is none of them, though they are named first."""
    assert len(NAMED) <= MOST_RELATIVES
    monkeypatch.setattr("hub.answer.relatives.MOST_RELATIVES", 1)

    async def opened() -> set[str]:
        told = await kin.ask("family { person { id } }")
        return {one["person"]["id"] for one in told["family"] if one["person"]}

    async def compare() -> None:
        kin.names(USUAL)
        await kin.flag({})
        assert await opened() == {kin.home.ids["mother"]}
        await kin.flag({"mother": [Label.SEXUAL_HEALTH]})
        assert await opened() == {kin.home.ids["father"]}

    loop.run(compare())
