"""Every shipped system keeps every promise of the kit over its real transport, and the page says so as it is today."""

import re
from pathlib import Path

import pytest

from connectors.registry import known_systems
from tests.systems.__main__ import proved, table
from tests.systems.stages import STAGES

PAGE = Path(__file__).parents[2] / "hub" / "docs" / "connector-author.md"
WRITTEN = re.compile(r"<!-- systems -->\n(.*?)<!-- end -->", re.DOTALL)

NEVER_CONFIDENTIAL = ("ctf: XML", "oneroster: REST", "plain: REST")
"""Layouts with no word for a confidential address: there is none that they could give away."""


def test_every_shipped_system_has_a_stage() -> None:
    """A system that nobody tries with the kit is noticed."""
    assert {name.partition(":")[0] for name in STAGES} == set(known_systems())


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_the_table_of_systems_is_todays() -> None:
    """Every promise is tried in full and kept everywhere, and what the kit prints is what the page has."""
    found = await proved()
    less = {(name, f.promise) for name, findings in found.items() for f in findings if f.outcome != "kept"}
    assert less == {(name, "feeds no confidential address") for name in NEVER_CONFIDENTIAL}, table(found)
    written = WRITTEN.search(PAGE.read_text("utf-8"))
    assert written is not None
    assert written[1] == table(found), "write it anew: python -m tests.systems"
