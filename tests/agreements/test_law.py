"""The law: nothing is released that was not both asked and permitted, whatever the question looks like.

Every value of the cast names its source and its field, so the whole answer can be searched for what does not belong.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import orjson
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from policies.bases import basis_state
from policies.decide import decide
from policies.facts import AgreementState, Asker, ConsentState, Facts, NotToShare, ObjectionState, RelationshipState
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service
from tests.cast import CHILDREN, SERVICES, agency, records_of, requester
from tests.house import RULES, House
from tests.questions import Generated, generated

BASES = {
    Purpose.CHILD_PROTECTION: LawfulBasis.CHILDREN_ACT_1989_S47,
    Purpose.SAFEGUARDING_TRIAGE: LawfulBasis.CHILDREN_ACT_2004_S11,
    Purpose.CHILD_IN_NEED: LawfulBasis.CHILDREN_ACT_1989_S17,
    Purpose.EARLY_HELP: LawfulBasis.CONSENT,
    Purpose.EDUCATION_WELFARE: LawfulBasis.EDUCATION_ACT_2002_S175,
    Purpose.CRIME_PREVENTION: LawfulBasis.CRIME_AND_DISORDER_ACT_1998_S115,
    Purpose.POLICY_REVIEW: LawfulBasis.PUBLIC_TASK,
    Purpose.ANALYSIS: LawfulBasis.PUBLIC_TASK,
}


ON_THEIR_OWN = {
    ("police", Purpose.CHILD_PROTECTION): LawfulBasis.CHILDREN_ACT_2004_S11,
    ("police", Purpose.CHILD_IN_NEED): LawfulBasis.CHILDREN_ACT_2004_S11,
    ("school", Purpose.CHILD_PROTECTION): LawfulBasis.EDUCATION_ACT_2002_S175,
    ("school", Purpose.CHILD_IN_NEED): LawfulBasis.EDUCATION_ACT_2002_S175,
}
"""Who rests on a duty of their own where the purpose's first basis does not name them."""

Telling = tuple[str, str, FieldId, frozenset[Label]]


def held(child: str) -> Iterator[Telling]:
    """Give every telling value of a child: the value, its source, its field and its record's labels."""

    def walk(
        record: Any, source: str, labels: frozenset[Label]
    ) -> Iterator[tuple[str, str, FieldId, frozenset[Label]]]:
        labels = labels | record.labels
        for f in fields(record):
            value = getattr(record, f.name)
            fid = FieldId(f"{type(record).__name__}.{f.name}")
            for one in value if isinstance(value, list) else [value]:
                if is_dataclass(one) and f.metadata.get("part"):
                    yield from walk(one, source, labels)
                elif fid in CATALOGUE and isinstance(one, str) and source in one:
                    yield one, source, fid, labels

    for source in CHILDREN[child].sources:
        for record in records_of(CHILDREN[child], source):
            yield from walk(record, source, frozenset())


HELD = {child: list(held(child)) for child in ("maya", "hidden")}


def permitted(who: str, purpose: Purpose, source: str, fid: FieldId, labels: frozenset[Label]) -> bool:
    """Decide one field at one source from facts made here, not by the hub."""
    asker = requester(who)
    basis = ON_THEIR_OWN.get((who, purpose), BASES[purpose])
    facts = Facts(
        basis,
        ConsentState.NOT_RECORDED,
        AgreementState.NONE if agency(source) == asker.organisation else AgreementState.IN_FORCE,
        RelationshipState.REFERENCE_GIVEN,
        own=agency(source) == asker.organisation,
        basis_state=basis_state(basis, asker.role, date(2026, 9, 1)),
        objection=ObjectionState.NONE,
        not_to_share=NotToShare.NONE,
    )
    mask = decide(
        Asker(asker.role, asker.organisation, purpose),
        {source: (Service(SERVICES[source]), facts)},
        frozenset({fid}),
        RULES,
    )[source]
    return mask.existence.verdict.shows and mask.decide(fid, labels).verdict.shows


async def ask(home: House, question: Generated, who: str, purpose: Purpose, child: str) -> Any:
    context = {"purpose": purpose.value, "reference": "REF 1"}
    result = await home.ask(question.text, {"id": home.ids[child], "context": context}, who=who)
    assert not result.errors, [e.message for e in result.errors]
    return result.body()


WHO = st.sampled_from(["front-door", "social-worker", "early-help", "school", "police", "analyst", "ig-officer"])
WHERE = Generated(body=["addresses { lines }"], asked={FieldId("Address.lines")})
"""Of a child whose records are labelled: where they live is what the label hides."""

PARTLY = st.sampled_from(
    [
        ("front-door", Purpose.CHILD_PROTECTION),
        ("front-door", Purpose.SAFEGUARDING_TRIAGE),
        ("social-worker", Purpose.CHILD_IN_NEED),
        ("school", Purpose.EDUCATION_WELFARE),
        ("police", Purpose.CHILD_PROTECTION),
        ("police", Purpose.CRIME_PREVENTION),
    ]
)
"""Who may be shown something of a source and not the rest of it: most others may be shown nothing, or everything."""


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    question=generated(),
    asking=st.one_of(PARTLY, PARTLY, st.tuples(WHO, st.sampled_from(Purpose))),
    child=st.sampled_from(["maya", "hidden"]),
)
@example(question=WHERE, asking=("front-door", Purpose.CHILD_PROTECTION), child="hidden")
def test_nothing_is_released_that_was_not_both_asked_and_permitted(
    home: House, loop: asyncio.Runner, question: Generated, asking: tuple[str, Purpose], child: str
) -> None:
    who, purpose = asking
    for connector in home.connectors.values():
        connector.asks.clear()
    answer = orjson.dumps(loop.run(ask(home, question, who, purpose, child))).decode()
    for value, source, fid, labels in HELD[child]:
        if value in answer:
            assert fid in question.asked, f"{fid} was not asked"
            assert permitted(who, purpose, source, fid, labels), f"{fid} of {source} was not permitted"
    for source, connector in home.connectors.items():
        for one in connector.asks:
            assert one.fields <= question.asked
            assert all(permitted(who, purpose, source, fid, frozenset()) for fid in one.fields)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(question=generated())
def test_everything_asked_and_permitted_is_released(home: House, loop: asyncio.Runner, question: Generated) -> None:
    """The law has another side: a front door worker on a child protection enquiry loses nothing they may see."""
    answer = orjson.dumps(loop.run(ask(home, question, "front-door", Purpose.CHILD_PROTECTION, "maya"))).decode()
    for value, source, fid, labels in HELD["maya"]:
        if fid in question.named and permitted("front-door", Purpose.CHILD_PROTECTION, source, fid, labels):
            assert value in answer, f"{fid} of {source} is missing"


def test_the_law_can_be_broken(home: House, loop: asyncio.Runner) -> None:
    """A connector that says more than it was asked is caught by release; without release the law's check sees it."""
    connector = home.connectors["housing"]
    everything = frozenset(CATALOGUE)

    def tell_all(asked: Any) -> Any:
        return connector.reply(type(asked)(asked.people, everything, asked.today))

    connector.misbehave = tell_all
    try:
        question = Generated(body=["involvements { team reason notes }"])
        answer = orjson.dumps(loop.run(ask(home, question, "front-door", Purpose.CHILD_PROTECTION, "maya"))).decode()
        told = str(tell_all(connector.asks[-1]))
        said = {fid: value for value, source, fid, _ in HELD["maya"] if source == "housing" and value in told}
        assert said.keys() >= {"Involvement.team", "Involvement.reason", "Involvement.notes", "Plan.goals"}
        assert {fid for fid, value in said.items() if value in answer} == {"Involvement.team"}
    finally:
        connector.misbehave = None
