"""LAYOUTS.md says what the systems give; these tests hold the page and the systems together."""

import re
from pathlib import Path

import pytest

from hub.demo.agencies import Source
from hub.demo.books.folders import ACTIVITY, ATTENDANCES, NEEDS, PLANS, REGISTRATIONS
from hub.demo.books.ssd_tables import COLUMNS, EARLY_HELP_TABLES, Shelf
from hub.demo.place import PLACEHOLDERS

PAGE = (Path(__file__).parents[3] / "hub/demo/LAYOUTS.md").read_text("utf-8")


def test_every_table_is_as_the_page_says() -> None:
    """Each table's columns stand in the page, in their order."""
    told = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE))
    for table, columns in COLUMNS.items():
        said = re.sub(r"\([^)]*\)", "", told[table]).split(":")[0]
        assert tuple(c.strip() for c in said.split(",")) == columns, table


def test_early_help_tables_are_as_the_page_says() -> None:
    """The smaller build has the tables the page lists for it."""
    section = PAGE.split("## 2 ")[1].split("## 3 ")[0]
    assert set(re.findall(r"`((?:ssd|brk)_\w+)`", section)) == set(EARLY_HELP_TABLES)


@pytest.mark.parametrize("header", [PLANS, NEEDS, REGISTRATIONS, ATTENDANCES])
def test_csv_headers_are_as_the_page_says(header: list[str]) -> None:
    """Each CSV header stands in the page, letter for letter."""
    assert ",".join(header) in PAGE


def test_workbook_header_is_as_the_page_says() -> None:
    """The workbook's header row stands in the page."""
    assert ", ".join(ACTIVITY) in PAGE


def test_placeholders_and_sources_are_as_the_page_says() -> None:
    """Every placeholder a template may use, and every source id, stands in the page."""
    assert all(f"`${name}`" in PAGE for name in (*PLACEHOLDERS.values(), "SECRETS"))
    assert all(f"| `{source}` |" in PAGE for source in Source)


def test_a_column_nobody_has_is_refused() -> None:
    """A writer cannot give a table a column that is not there."""
    with pytest.raises(KeyError, match="ssd_family"):
        Shelf().add("ssd_family", fami_colour="blue")
