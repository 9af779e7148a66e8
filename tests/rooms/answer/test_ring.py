"""Whom to ring: a brokered answer names the team; where the service may not be named, the route gives nothing away."""

from pathlib import Path
from typing import Any

import pytest

from hub.answer.explain import explain_gaps, explain_source
from hub.answer.sources import ConnectedSource
from policies.rulebook import Rulebook
from policies.verdicts import Decision, Verdict
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.reasons import Reason
from tests.cast import CastConnector, source_config
from tests.house import House, house
from tests.rooms.governing.desk import FEW
from tests.rooms.policies.rules import bar

QUERY = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  involvements { service professionals { phone } }
  sources { source service name outcome reason explanation complete asOf retrievedAt contact { team phone } }
  withheld { path source masked code reason remedy ring { team phone } } } }"""
ROUTE = "If you are worried about the child, ring the team given."


async def answered(home: House, child: str, *, ordinary: bool = False) -> tuple[dict[str, Any], Any]:
    """Give what the police's source is said to have answered about a child, and the whole answer."""
    given = {"id": home.ids[child], "context": {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}}
    result = await home.ask(QUERY, given, ordinary=ordinary)
    assert not result.errors, result.errors
    person = result.data["person"]
    return next(s for s in person["sources"] if s["source"] == "police"), person


def barring(**how: str) -> Rulebook:
    return Rulebook([*FEW.rows, bar(id="bar-police", role="front-door-worker", service="POLICE", **how)])


@pytest.mark.parametrize("ordinary", [False, True])
async def test_a_brokered_service_names_the_team_to_ring(tmp_path: Path, *, ordinary: bool) -> None:
    """In the source's own words and beside each gap, by both engines."""
    async with house(tmp_path, rulebook=barring(on_deny="broker")) as home:
        police, person = await answered(home, "maya", ordinary=ordinary)
    assert police["outcome"] in {"BROKERED", Outcome.BROKERED}
    assert police["explanation"] == "Police records does not answer here. Ring police duty on 01632 960000."
    gaps = [gap for gap in person["withheld"] if gap["source"] == "police"]
    assert gaps
    assert {(gap["ring"]["team"], gap["remedy"]) for gap in gaps} == {
        ("police duty", "Ring police duty on 01632 960000.")
    }
    assert all(gap["ring"] is None for gap in person["withheld"] if gap["source"] != "police")


async def test_where_the_service_may_not_be_named_the_route_is_the_one_of_whoever_is_not_known_there(
    tmp_path: Path,
) -> None:
    """The police know Maya and not Rowan: told of both alike, word for word, and in nothing else of either answer."""
    async with house(tmp_path, rulebook=barring(on_deny="broker-unnamed", kind="*")) as home:
        known, maya = await answered(home, "maya")
        unknown, rowan = await answered(home, "rowan")
    assert known == unknown
    assert known["outcome"] in {"NONE_HELD", Outcome.NONE_HELD}
    assert known["explanation"].endswith(ROUTE)
    assert known["contact"]["team"] == "police duty"
    for person in (maya, rowan):
        elsewhere = [*person["withheld"], *person["involvements"]]
        elsewhere += [s for s in person["sources"] if s["source"] != "police"]
        assert "police" not in str(elsewhere).lower()


async def test_the_route_is_the_same_with_and_without_a_team_that_may_be_rung(tmp_path: Path) -> None:
    """Omitted outright or with a team to ring, it reads as where nothing is held: whether to ring tells nothing."""
    told = []
    for n, on_deny in enumerate(("omit", "broker-unnamed")):
        async with house(tmp_path / str(n), rulebook=barring(on_deny=on_deny)) as home:
            told += [(await answered(home, child))[0] for child in ("maya", "rowan")]
    async with house(tmp_path / "open", rulebook=FEW) as home:
        told.append((await answered(home, "rowan"))[0])
    assert all({**one, "retrievedAt": None} == {**told[0], "retrievedAt": None} for one in told)


def test_a_source_that_gives_no_team_sends_to_its_duty_desk() -> None:
    """And promises nobody a number that is not there."""
    config = source_config("police").model_copy(update={"contact": None})
    source = ConnectedSource.of(config, CastConnector("police"))
    decision = Decision(Verdict.BROKER, reason=Reason.PROTECTED)
    (gap,) = explain_gaps(source, {FieldId("Involvement.notes"): decision}, "d-1")
    assert (gap.ring, gap.remedy) == (None, "Speak to the service's duty desk.")
    assert explain_source(source, Outcome.BROKERED, None).explanation.endswith("Speak to the service's duty desk.")
    assert "ring" not in explain_source(source, Outcome.NONE_HELD, None).explanation
