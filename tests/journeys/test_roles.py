"""Six roles, three purposes and their own: what each is answered about the same child is kept as data."""

import difflib

import pytest

from tests.agreements.journeys import COLUMNS, JOURNEYS, TABLE, expected, lines, written
from tests.journeys.town import SOURCES, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_everybody_is_answered_as_the_table_says(town: Town) -> None:
    """Every role, purpose and service: the outcome, the reason and which kinds of data came are as agreed."""
    live = await lines(town)
    changed = difflib.unified_diff(written(expected()).splitlines(), written(live).splitlines(), TABLE.name, "live")
    assert live == expected(), "\n".join(changed)


async def test_six_roles_have_visibly_different_answers() -> None:
    """No two roles see the same, whatever they say they ask for; who sees nothing is told why differently."""
    seen = {who: {line[1:] for line in expected() if line[0] == who} for who in JOURNEYS}
    assert len({frozenset(answers) for answers in seen.values()}) == len(JOURNEYS) == 6
    assert {line[2] for line in expected()} == {s.upper().replace("-", "_") for s in SOURCES}


async def test_nobody_withheld_from_is_shown_anything() -> None:
    """Data came only from a service that answered with records, and only a refusal has a reason."""
    kinds = slice(COLUMNS.index("who"), COLUMNS.index("gaps"))
    for line in expected():
        shown = any(line[kinds])
        assert shown is (line[3] == "RECORDS"), line
        assert bool(line[4]) is (line[3] in {"WITHHELD", "BROKERED"}), line
