"""The partner's guide: its examples are sent as they stand, and it names every word that may be used."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.authzen.evaluating import MOST, MOST_PEOPLE
from hub.authzen.metadata import ENDPOINTS, WELL_KNOWN
from hub.authzen.paging import LONGEST_PAGE
from hub.authzen.seen import NOTHING, UNKNOWN
from hub.authzen.words import ACTIONS, FACTS, RESOURCES, SEMANTICS, SUBJECTS
from policies.verdicts import Verdict
from tests.cast import requester
from tests.rooms.authzen.conftest import Point

GUIDE = (Path(__file__).parents[3] / "hub" / "docs" / "partner.md").read_text("utf-8")
SECTION = GUIDE.split("## Asking our decision point")[1].split("\n## ")[0]


def example(name: str) -> list[Any]:
    """Give the pieces of JSON that follow an example's mark, up to the next mark."""
    after = SECTION.split(f"<!-- example: {name} -->")[1].split("<!-- example")[0]
    return [orjson.loads(piece) for piece in re.findall(r"```json\n(.*?)```", after, re.DOTALL)]


def held_in(told: Any, shown: Any) -> bool:
    """Say whether an answer holds all that the guide shows of it."""
    if isinstance(shown, dict):
        return isinstance(told, dict) and all(
            name in told and held_in(told[name], part) for name, part in shown.items()
        )
    if isinstance(shown, list):
        return len(told) == len(shown) and all(map(held_in, told, shown))
    return bool(told == shown)


async def test_the_examples_are_answered_as_the_guide_says(point: Point) -> None:
    """The kind of question as printed; the named one with a worker's own id and a child of the cast put in."""
    asked, answer = example("kind")
    assert held_in(await point.ask("evaluation", asked), answer)
    (named,) = example("person")
    named["subject"]["id"] = requester("front-door").subject
    named["resource"]["properties"]["person"] = point.home.ids["maya"]
    assert (await point.ask("evaluation", named, "front-door"))["decision"] is True


WORDS = [*SUBJECTS, *ACTIONS, *RESOURCES, *SEMANTICS, *FACTS, *(verdict.value for verdict in Verdict), NOTHING, UNKNOWN]


# Every word of every list that a partner writes or reads here, every endpoint and every bound is in the guide.
@pytest.mark.parametrize(
    "word", [*WORDS, *(path.removeprefix("/access/v1") for path in ENDPOINTS.values()), WELL_KNOWN]
)
def test_the_guide_names_every_word(word: str) -> None:
    assert f"`{word}" in SECTION or f"{word}`" in SECTION


# The bounds it gives are those that are kept.
def test_the_guide_gives_the_bounds() -> None:
    assert f"a batch of up to\n{MOST}" in SECTION
    assert MOST_PEOPLE == 5
    assert "may name five people" in SECTION
    assert f"at most {LONGEST_PAGE}" in SECTION
