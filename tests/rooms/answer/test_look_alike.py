"""A source that holds somebody alike whom nobody joined does not hold nothing; one protected is not hinted at."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.contract import Identity, LocalId, Name
from schema.labels import Label
from schema.services import Service
from tests.cast import CHILDREN
from tests.house import House

ROWAN = CHILDREN["rowan"]
ASK = (
    "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { involvements { service } %s } }"
)
SOURCES = "sources { source outcome complete explanation }"


async def somebody_alike(home: House, labels: frozenset[Label] = frozenset()) -> None:
    """Let housing's feed hold somebody of Rowan's birthday and a like name, without anything to be sure by."""
    traits = replace(ROWAN.traits, names=(Name("Rowen", "Quillfeather"),), identifiers=(), postcodes=("BK2 2BB",))

    async def feed() -> Any:
        yield Identity(LocalId("housing/rowen"), traits, changed=None, labels=labels)

    await home.index.refresh("housing", Service.HOUSING, feed())


async def said(home: House, who: str = "front-door") -> tuple[str, str]:
    person = await home.person("rowan", who=who, query=ASK % SOURCES)
    source = next(s for s in person["sources"] if s["source"] == "housing")
    return source["outcome"], source["explanation"]


# Somebody alike at a source makes its answer unsure, and the source itself is not asked about them.
async def test_somebody_alike_is_not_none_held(home: House) -> None:
    assert (await said(home))[0] == "NONE_HELD"
    await somebody_alike(home)
    outcome, explanation = await said(home)
    assert outcome == "UNIDENTIFIED"
    assert "ring the team" in explanation
    assert not home.connectors["housing"].asks


# Whoever may not be told that such a person is known is told what is said where nobody is held.
@pytest.mark.parametrize("label", [Label.SEXUAL_HEALTH, Label.POLICE_INTELLIGENCE, Label.ADOPTION])
async def test_somebody_protected_makes_no_doubt(home: House, label: Label) -> None:
    before = await said(home)
    await somebody_alike(home, frozenset({label}))
    assert await said(home) == before


# An asker with no right to the source is told of the rule, not of the doubt.
async def test_no_right_no_doubt(home: House) -> None:
    before = await said(home, "analyst")
    await somebody_alike(home)
    assert await said(home, "analyst") == before
