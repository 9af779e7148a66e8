"""Tables many deployments do not have: what they add where they are, and that nothing breaks where they are not."""

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from connectors.contract import Ask, Connector, LocalId
from connectors.errors import SourceMisconfigured
from connectors.registry import connect
from connectors.systems.ssd.optional import COLUMNS
from schema.fields import CATALOGUE
from schema.records import ChronologyEvent, EventKind, Involvement, PlanType, Status, Threshold

TODAY = date(2026, 11, 21)
DATES = ("_date", "_contact", "_due")
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "ssd_cin_visits": [("P1", "V1", "2025-04-01", "Y")],
    "ssd_cp_visits": [("P1", "V2", "2025-07-01", "N")],
    "ssd_cla_visits": [("P1", "V3", "2024-02-01", None)],
    "ssd_cp_reviews": [("P1", "W1", "2025-09-01")],
    "ssd_cla_reviews": [
        ("K1", "W2", "2024-02-20", "N"),
        ("K1", "W3", "2024-03-20", "Y"),
        ("K9", "W4", "2024-03-21", "N"),
    ],
    "ssd_sdq_scores": [("P1", "Q1", "2024-05-01", 17)],
    "ssd_care_leavers": [("P3", "L1", "Former relevant child", "Yes", "2026-10-01", "2026-09-01", "Ash Adviser", "T2")],
    "ssd_send": [("P1", "S1"), ("P2", "S2")],
    "ssd_ehcp_requests": [("S1", "R1", "2023-01-05")],
    "ssd_ehcp_assessment": [("R1", "A1", "2023-04-05", "Y")],
    "ssd_ehcp_named_plan": [("A1", "N1", "2023-06-01", None, None)],
    "ssd_ehcp_active_plans": [("R1", "X1", "2024-06-01")],
}


def _statements(table: str) -> tuple[str, list[str]]:
    columns = COLUMNS[table].split()
    typed = ", ".join(f"{c} {'timestamp' if c.endswith(DATES) else 'varchar(99)'}" for c in columns)
    values = [", ".join("NULL" if v is None else f"'{v}'" for v in row) for row in ROWS[table]]
    return f"CREATE TABLE {table} ({typed})", [f"INSERT INTO {table} VALUES ({v})" for v in values]  # noqa: S608 -- our own tables


async def add(url: str, *tables: str) -> None:
    """Add tables to a database on either kind."""
    statements = [s for t in tables for create, inserts in [_statements(t)] for s in (create, *inserts)]
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return
    postgres = await asyncpg.connect(url)
    for statement in statements:
        await postgres.execute(statement)
    await postgres.close()


async def everything(connector: Connector, person: str) -> tuple[list[Involvement], list[ChronologyEvent]]:
    """Ask everything that the connector can answer."""
    reply = await connector.fetch(Ask((LocalId(person),), connector.capabilities.fields, TODAY))
    held = reply.records[LocalId(person)]
    return [r for r in held if isinstance(r, Involvement)], [r for r in held if isinstance(r, ChronologyEvent)]


async def test_what_the_tables_add(database: Callable[[str], Any], configured: Callable[..., Any]) -> None:
    """Visits, reviews, scores and every step of an EHC plan are events; a cancelled review is none."""
    url = await database("social-care")
    await add(url, *ROWS)
    connector = connect(configured(url))
    held, events = await everything(connector, "P1")
    added = {(e.title, e.date, e.summary) for e in events if e.kind in {EventKind.OTHER, EventKind.EHC}}
    assert added == {
        ("Child in need visit", date(2025, 4, 1), "Child seen alone"),
        ("Child protection visit", date(2025, 7, 1), "Child not seen alone"),
        ("Visit to a looked-after child", date(2024, 2, 1), None),
        ("Child protection plan reviewed", date(2025, 9, 1), None),
        ("Review of a looked-after child", date(2024, 2, 20), None),
        ("Strengths and difficulties questionnaire", date(2024, 5, 1), "17"),
        ("Education, health and care assessment asked for", date(2023, 1, 5), None),
        ("Education, health and care assessment decided", date(2023, 4, 5), "A plan is to be made"),
        ("Education, health and care plan began", date(2023, 6, 1), None),
        ("Education, health and care plan reviewed", date(2024, 6, 1), None),
    }
    plans = [i for i in held if i.plan is not None and i.plan.type is PlanType.EHC]
    assert [(i.status, i.start) for i in plans] == [(Status.CURRENT, date(2023, 6, 1))]
    protection = next(i for i in held if i.threshold is Threshold.CHILD_PROTECTION)
    assert protection.last_interaction == date(2025, 7, 1)
    (leaver,), reviewed = await everything(connector, "P3")
    assert (leaver.threshold, leaver.status, leaver.team) == (
        Threshold.CARE_LEAVER,
        Status.CURRENT,
        "Child Protection North",
    )
    assert [p.name for p in leaver.professionals or []] == ["Ash Adviser"]
    assert [e.title for e in reviewed] == ["Pathway plan reviewed"]
    assert (await connector.health()).code == "ok"
    await connector.close()


async def test_a_deployment_without_them_still_answers(
    database: Callable[[str], Any], configured: Callable[..., Any]
) -> None:
    """A table that is not there is known to the health check and is no error when somebody asks."""
    url = await database("social-care")
    await add(url, "ssd_sdq_scores")
    connector = connect(configured(url))
    held, events = await everything(connector, "P1")
    assert held
    assert "Strengths and difficulties questionnaire" in {e.title for e in events}
    health = await connector.health()
    assert (health.ok, health.code) == (True, "tables-missing")
    await connector.close()
    said = connect(configured(url, without=sorted(set(ROWS) - {"ssd_sdq_scores"})))
    assert (await said.health()).code == "ok"
    assert (await everything(said, "P1"))[1]
    await said.close()


async def test_a_table_of_another_layout_counts_as_missing(
    database: Callable[[str], Any], configured: Callable[..., Any]
) -> None:
    """A build whose columns differ from the standard's loses that table and nothing else."""
    url = await database("social-care")
    statement = "CREATE TABLE ssd_sdq_scores (csdq_person_id varchar(9))"
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as changed:
            changed.execute(statement)
        changed.close()
    else:
        postgres = await asyncpg.connect(url)
        await postgres.execute(statement)
        await postgres.close()
    connector = connect(configured(url))
    assert (await everything(connector, "P1"))[0]
    await connector.close()


def test_without_names_only_optional_tables(configured: Callable[..., Any]) -> None:
    """A misspelt or required table is refused at the start, naming the file."""
    with pytest.raises(SourceMisconfigured, match="not an optional table"):
        connect(configured("sqlite:///x", without=["ssd_person"]))


async def test_only_what_is_asked_of_them(database: Callable[[str], Any], configured: Callable[..., Any]) -> None:
    """Each field asked alone brings itself alone."""
    url = await database("social-care")
    await add(url, *ROWS)
    connector = connect(configured(url))
    for field in (f for f in CATALOGUE if f.startswith(("Involvement.s", "Plan.t", "ChronologyEvent.title"))):
        reply = await connector.fetch(Ask((LocalId("P3"), LocalId("P1")), frozenset({field}), TODAY))
        for held in reply.records.values():
            assert all(getattr(r, "last_interaction", None) is None for r in held)
    await connector.close()
