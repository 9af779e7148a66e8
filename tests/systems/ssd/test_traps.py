"""The traps of real SSD builds, one test each: worker references, broken JSON, comments, nulls."""

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from connectors.contract import Ask, LocalId
from connectors.registry import connect
from connectors.systems.ssd.outcomes import read_outcome
from schema.fields import CATALOGUE, FieldId
from schema.records import ChronologyEvent, Involvement

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TODAY = date(2026, 11, 21)


async def asked(url: str, configured: Callable[..., Any], person: str, *prefixes: str) -> list[Any]:
    """Ask a source about one person."""
    connector = connect(configured(url))
    fields = frozenset(f for f in CATALOGUE if f.startswith(prefixes))
    reply = await connector.fetch(Ask((LocalId(person),), fields, TODAY))
    await connector.close()
    return list(reply.records[LocalId(person)])


def write(url: str, statement: str, *values: Any) -> None:
    """Change the database as its owner would."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("S-1", ["Jo Worker"]),
        ("PR2", ["Lee Leaver"]),
        ("Pat Words", ["Pat Words"]),
        ("jsmith4", []),
        ("30041", []),
        ("PR1", []),
    ],
    ids=["staff-id", "worker-key", "description-text", "log-in", "co-ordinator-id", "two-people-could-be-meant"],
)
async def test_five_meanings_of_a_worker_reference(
    database: Callable[[str], Any], configured: Callable[..., Any], reference: str, shown: list[str]
) -> None:
    """Whatever a build fills the column with, the right person is named or nobody is."""
    url = await database("social-care")
    write(
        url,
        "INSERT INTO ssd_cin_episodes (cine_referral_id, cine_person_id, cine_referral_date, cine_referral_worker_id) "
        "VALUES ('R9', 'P2', '2026-01-01', ?)",
        reference,
    )
    (held,) = await asked(url, configured, "P2", "Involvement.start", "Professional.")
    assert [p.name for p in held.professionals] == shown


async def test_an_assessments_and_an_enquirys_worker_is_not_shown(
    database: Callable[[str], Any], configured: Callable[..., Any]
) -> None:
    """Who completed an assessment or an enquiry is not who works with the child: those columns are never read."""
    held = await asked(await database("social-care"), configured, "P1", "Involvement.", "Professional.")
    assert "jsmith4" not in str(held)


@pytest.mark.parametrize(
    "column",
    [
        '{"NFA_FLAG":"Y","COMMENTS":"said "no" and left"}',
        '{"NFA_FLAG":"Y","COMMENTS":"cut off at four thous',
        '{"NFA_FLAG":"Y","COMMENTS":"two\nlines"}',
        '{"NFA_FLAG":"Y"',
        "not JSON at all",
    ],
)
async def test_invalid_json(database: Callable[[str], Any], configured: Callable[..., Any], column: str) -> None:
    """What somebody wrote never becomes an outcome, and a broken column never breaks an answer."""
    url = await database("social-care")
    write(url, "UPDATE ssd_contacts SET cont_contact_outcome_json = ? WHERE cont_contact_id = 'C3'", column)
    (event,) = await asked(url, configured, "P2", "ChronologyEvent.")
    assert isinstance(event, ChronologyEvent)
    assert event.outcome in {"No further action", None}
    assert event.outcome is None or "said" not in event.outcome


async def test_comments_are_detail(database: Callable[[str], Any], configured: Callable[..., Any]) -> None:
    """Free text inside an outcome column is only ever in fields that are detail."""
    url = await database("social-care")
    held = await asked(url, configured, "P1", "Involvement.", "ChronologyEvent.")
    comments = read_outcome('{"COMMENTS":"a note"}').comments
    assert comments == "a note"
    holding = {
        FieldId(f"{type(r).__name__}.{name}")
        for r in held
        for name in (f.partition(".")[2] for f in CATALOGUE if f.startswith(f"{type(r).__name__}."))
        if comments in str(getattr(r, name))
    }
    assert holding
    assert {CATALOGUE[f].kind.name for f in holding} == {"DETAIL"}


async def test_null_job_titles(database: Callable[[str], Any], configured: Callable[..., Any]) -> None:
    """Where job titles are NULL the role is the involvement's; NULL as a word is no role either."""
    url = await database("social-care")
    write(url, "UPDATE ssd_professionals SET prof_professional_job_title = NULL")
    held = await asked(url, configured, "P1", "Involvement.threshold", "Professional.")
    roles = {p.name: p.role for i in held if isinstance(i, Involvement) for p in i.professionals or []}
    assert roles == {"Jo Worker": "Allocated Social Worker", "Lee Leaver": None}


async def test_duplicates(database: Callable[[str], Any], configured: Callable[..., Any]) -> None:
    """What hangs on a row marked DUPLICATE is the surviving person's; the duplicate is nobody in the feed."""
    url = await database("social-care")
    events = await asked(url, configured, "P1", "ChronologyEvent.date")
    assert date(2023, 5, 1) in {e.date for e in events}
    connector = connect(configured(url))
    assert "P1D" not in {i.local_id async for i in connector.identities(None)}
    await connector.close()
