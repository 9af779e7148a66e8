"""What is said of sources and gaps: words a worker can act on, never a value, and nothing of what is omitted."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connectors.contract import Ask, Name, Reply, Traits
from hub.answer.candidates import _names_of
from hub.answer.deciding import Decided
from hub.answer.explain import covers, explain_gaps, explain_source
from hub.answer.facts import BASES
from hub.answer.sources import ConnectedSource
from hub.people.found import Held
from policies.service_mask import ServiceMask
from policies.verdicts import Decision, Verdict
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.records import Involvement, PersonName, Relationship
from schema.sources import Coverage
from tests.cast import CastConnector, canaries, source_config
from tests.house import WHO, House, house
from tests.rooms.policies.rules import HEALTH, facts, rule, ruling

TODAY = date(2026, 3, 2)
SOURCE = ConnectedSource.of(source_config("health"), CastConnector("health"))
NOTES = FieldId("Involvement.notes")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_said_in_words_with_whom_to_ring(outcome: Outcome) -> None:
    """The source's name, what its silence means, and the team; with a reason, what to do about it."""
    plain = explain_source(SOURCE, outcome, None)
    assert plain.explanation.startswith("Health records")
    assert plain.contact is not None
    assert plain.complete is (outcome is Outcome.NONE_HELD)
    with_reason = explain_source(SOURCE, outcome, Reason.NO_AGREEMENT)
    assert with_reason.reason is Reason.NO_AGREEMENT
    if outcome is Outcome.WITHHELD:
        assert Reason.NO_AGREEMENT.remedy in with_reason.explanation


def test_a_gap_is_said_and_an_omission_is_not() -> None:
    """What was asked, why not, and what to do; of what is omitted, nothing; of what is permitted, nothing either."""
    gaps = {
        NOTES: Decision(Verdict.WITHHOLD, reason=Reason.PROTECTED),
        FieldId("Birth.date_of_birth"): Decision(Verdict.MASK, reason=Reason.PROTECTED),
        FieldId("Plan.goals"): Decision(Verdict.OMIT, reason=Reason.LEGAL_BAR),
        FieldId("Plan.needs"): Decision(Verdict.PERMIT),
    }
    masked, withheld = explain_gaps(SOURCE, gaps, "d-1")
    assert (withheld.path, withheld.masked, withheld.code) == ("involvements.notes", False, Reason.PROTECTED)
    assert (masked.path, masked.masked) == ("births.dateOfBirth", True)
    assert withheld.remedy == Reason.PROTECTED.remedy
    assert withheld.decision_id != masked.decision_id


@pytest.mark.parametrize(
    ("youngest", "oldest", "born", "covered"),
    [
        (None, None, date(2020, 1, 1), True),
        (10, 17, None, True),
        (10, 17, date(2016, 3, 2), True),
        (10, 17, date(2016, 3, 3), False),
        (10, 17, date(2008, 3, 3), True),
        (10, 17, date(2008, 3, 2), False),
        (10, None, date(1950, 1, 1), True),
    ],
)
def test_a_source_covers_ages_to_the_day(
    youngest: int | None,
    oldest: int | None,
    born: date | None,
    covered: bool,  # noqa: FBT001 -- a table's column
) -> None:
    """Both ends are whole years and inclusive; an unknown age is covered."""
    coverage = Coverage(start=None, end=None, area=None, youngest=youngest, oldest=oldest)
    assert covers(coverage, born, TODAY) is covered


def test_every_purpose_rests_on_a_basis_in_law() -> None:
    """A purpose without one could not be asked for."""
    assert set(BASES) == set(Purpose)


def test_a_name_of_which_nothing_is_left_is_no_name() -> None:
    """A candidate without a name is not shown as an empty one."""
    mask = ServiceMask(frozenset(CATALOGUE), ruling(rule()))
    decided = Decided.of(SOURCE, facts(), mask)
    held = Held("health", HEALTH, Traits(names=(Name("", ""), Name("Ada", ""))))
    assert list(_names_of(held, decided)) == ["Ada"]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as opened:
        yield opened


def only(home: House, source: str, *records: Any) -> None:
    """Let a source answer with these records for everybody."""
    home.connectors[source].misbehave = lambda ask: Reply(
        dict.fromkeys(ask.people, records), as_of=datetime(2026, 3, 1, tzinfo=UTC)
    )


async def source_said(home: House, source: str, child: str = "maya") -> dict[str, Any]:
    person = await home.person(child)
    said: dict[str, Any] = next(s for s in person["sources"] if s["source"] == source)
    return said


async def test_records_that_are_all_omitted_read_like_none_held(home: House) -> None:
    """A sexual health record is not there at all: the very words and times of a source that holds none."""
    only(home, "health")
    none = await source_said(home, "health")
    only(home, "health", Involvement(service=HEALTH, labels=frozenset({Label.SEXUAL_HEALTH})))
    assert await source_said(home, "health") == none
    assert none["outcome"] is Outcome.NONE_HELD


async def test_records_that_are_all_omitted_read_like_somebody_the_source_does_not_know(home: House) -> None:
    """Of the other child its index says that it need not be asked: nothing said of the two tells which was asked."""
    only(home, "police", Involvement(service=HEALTH, labels=frozenset({Label.SEXUAL_HEALTH})))
    hidden, unknown = await source_said(home, "police"), await source_said(home, "police", "rowan")
    assert [len(home.connectors["police"].asks), hidden] == [1, unknown]


async def test_a_value_of_the_wrong_type_makes_the_answer_incomplete(home: House) -> None:
    """The rest is shown, and the worker is told that it is not all."""
    only(home, "health", PersonName(given=7, family="Quillfeather"))  # type: ignore[arg-type] # on purpose
    said = await source_said(home, "health")
    assert (said["outcome"], said["complete"]) == (Outcome.RECORDS, False)


async def test_nothing_said_of_sources_and_gaps_holds_a_value(home: House) -> None:
    """Outcome, reason, explanation and gap: none has a word of the child's record."""
    for child, purpose in (("maya", "SAFEGUARDING_TRIAGE"), ("hidden", "SAFEGUARDING_TRIAGE")):
        person = await home.person(child, purpose=purpose)
        said = str([person["sources"], person["withheld"]])
        assert not any(canary in said for canary in canaries())


RELATIVES = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  relationships { name person { id } } } }"""


@pytest.mark.parametrize("local_id", [None, "social-care/nobody"])
async def test_a_relative_nobody_knows_is_named_and_not_opened(home: House, local_id: str | None) -> None:
    """Without an id, or with one the index does not have, there is a name and no person."""
    for source in home.connectors:
        only(home, source, Relationship(name="Aunt", local_id=local_id))
    person = await home.person(query=RELATIVES)
    assert {(r["name"], r["person"]) for r in person["relationships"]} == {("Aunt", None)}
    assert home.ledger.size == 2


async def test_one_relative_may_be_known_beside_one_who_is_not(home: House) -> None:
    """Each is looked up on their own."""
    only(home, "health", Relationship(name="Rowan", local_id="health/rowan"), Relationship(name="Aunt", local_id="x"))
    person = await home.person(query=RELATIVES)
    opened = {r["name"]: r["person"] for r in person["relationships"] if r["name"] in {"Rowan", "Aunt"}}
    assert opened == {"Rowan": {"id": home.ids["rowan"]}, "Aunt": None}


REPLACED = text(
    "INSERT INTO person (id, status, labels, superseded_by, version) "
    "SELECT :old, status, labels, :new, version FROM person WHERE id = :id"
)


async def test_a_person_whose_id_was_replaced_is_still_found(home: House) -> None:
    """An id kept in a worker's notes leads to the person it is now; one that leads nowhere is nobody's."""
    async with home.database.begin() as connection:
        for old, new in (("aa", home.ids["maya"]), ("bb", "cc")):
            await connection.execute(REPLACED, {"old": old, "new": new, "id": home.ids["maya"]})
    context = {"purpose": "CHILD_PROTECTION", "reference": "R 1"}
    found = await home.ask(WHO, {"id": "aa", "context": context})
    assert {s["outcome"].value for s in found.data["person"]["sources"]} == {"RECORDS"}
    lost = await home.ask(WHO, {"id": "bb", "context": context})
    assert lost.data == {"person": None}


async def test_a_source_is_asked_the_day_of_the_question(home: House) -> None:
    """Time is the question's own."""
    await home.person()
    asks: list[Ask] = home.connectors["health"].asks
    assert [ask.today for ask in asks] == [TODAY]
