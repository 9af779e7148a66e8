"""However a user asks for everybody, they are stopped at the same count, told when it ends, and their lead is told."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nhs_number
import pytest

from hub.answer.question import Question, Wanted
from hub.budgets.limits import Ladder, Limits, SomeGroup, UserLimits
from hub.governance.notices import waiting
from hub.identity.requester import Bound
from hub.reviews.items import items
from schema.governance.review_kinds import ReviewAbout
from schema.purposes import Purpose
from tests.cast import NOW, requester
from tests.house import House, house
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.budgets.spending import CONTEXT, Gate, gate, spend, worker
from tests.rooms.store.databases import upgraded_database

FEW = Limits(user=UserLimits(people_hour=8, people_day=100), ladder=Ladder(slow_seconds=0))
CHILDREN = 18


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_every_way_to_ask_is_stopped_at_the_same_count(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Requests, aliases, batches, ten sessions, three replicas, a restart: one count, and the ledger has them all."""
    url = None if kind == "sqlite" else await upgraded_database(str(request.getfixturevalue("postgresql")))
    for came in await spend(tmp_path, url, FEW, CHILDREN):
        assert came.answered == 12, came
        assert (came.asked_in_ledger, came.refused_in_ledger) == (12, 6), came


async def asked(gate_: Gate, way: str, people: int, **context: str) -> list[str]:
    """Ask about so many people who are nobody, one by one; give the codes of refusals."""
    codes = []
    for _ in range(people):
        codes += (await gate_.ask(worker(way), [str(uuid.uuid4())], **context))[1]
    return codes


async def test_whoever_is_stopped_is_told_when_it_ends_and_their_lead_is_told_at_once(tmp_path: Path) -> None:
    """A code, a measure and a moment for the worker; an item, a notice, a log line and a metric for the others."""
    async with gate(tmp_path, None, FEW) as one:
        who, people = worker("told"), [str(uuid.uuid4()) for _ in range(13)]
        notes = []
        for person in people[:12]:
            told = await one.send(who, "/graphql", _body(person))
            assert "errors" not in told
            notes.append(told["extensions"].get("note"))
        assert notes[:4] == [None] * 4
        assert notes[4:] == ["BUDGET_WARNED"] * 2 + ["BUDGET_SLOWED"] * 2 + ["BUDGET_REASON"] * 4
        (error,) = (await one.send(who, "/graphql", _body(people[12])))["errors"]
        assert error["extensions"]["code"] == "BUDGET_SPENT"
        assert error["extensions"]["measure"] == "people-hour"
        ends = datetime.fromisoformat(error["extensions"]["until"])
        assert timedelta(minutes=59) < ends - datetime.now(UTC) <= timedelta(hours=1)
        assert people[12] not in error["message"]
        assert "errors" not in await one.send(who, "/graphql", _body(people[3])), "whoever was opened stays open"
        left = await items(one.home.database, who.organisation)
        raised = {kept.item.about: kept.item for kept in left}
        assert {ReviewAbout.BUDGET_REASON, ReviewAbout.BUDGET_STOPPED} <= set(raised)
        assert raised[ReviewAbout.BUDGET_STOPPED].detail == "people-hour"
        assert {n.reference for n in (await waiting(one.home.database, who.organisation)).found} == {k.id for k in left}
        assert '"measure": "people-hour"' in one.home.log.getvalue()
        assert b'hub_budget_alerts_total{level="stopped",measure="people-hour",whose="user"} 1.0' in (
            one.home.observer.metrics()
        )


def _body(person: str) -> dict[str, Any]:
    query = "query ($id: ID!, $c: RequestContext!) { person(id: $id, context: $c) { dateOfBirth } }"
    return {"query": query, "variables": {"id": person, "c": CONTEXT}}


async def test_beyond_the_limit_a_reason_is_asked_for_and_emergency_access_moves_nothing(tmp_path: Path) -> None:
    """Without a reason the ninth is refused; whoever breaks glass said why, and that child is counted."""
    async with gate(tmp_path, None, FEW) as one:
        assert await asked(one, "reason", 9, reason="") == ["REASON_NEEDED"]
        who, maya = worker("reason"), one.home.ids["maya"]
        opened = {
            "person": maya,
            "agencies": ["cast-health"],
            "reason": "IMMEDIATE_DANGER",
            "text": "why",
            "reference": "R 1",
            "minutes": 10,
        }
        change = "mutation ($a: BreakGlassInput!) { breakGlass(access: $a) { emergencyAccess { reference } } }"
        told = await one.send(who, "/graphql", {"query": change, "variables": {"a": opened}})
        assert told["data"]["breakGlass"]["emergencyAccess"], told
        assert (await one.ask(who, [maya], reason=""))[1] == []
        assert await asked(one, "reason", 1, reason="") == ["REASON_NEEDED"]
        assert await asked(one, "reason", 4) == ["BUDGET_SPENT"]
        assert (await one.ask(who, [maya]))[1] == []


async def test_a_search_counts_whom_it_shows_and_one_that_finds_nobody_is_a_miss(tmp_path: Path) -> None:
    """Found and not found are both counted, and a stop shows nobody."""
    search = """query ($s: PersonSearchInput!, $c: RequestContext!) {
      searchPeople(input: $s, context: $c) { outcome candidates { id } } }"""
    few = Limits(user=UserLimits(people_hour=2, misses_hour=2), ladder=Ladder(slow_seconds=0))
    async with gate(tmp_path, None, few) as one:

        async def find(way: str, family: str, given: str, born: str) -> Any:
            asked_for = {"familyName": family, "givenName": given, "dateOfBirth": born}
            body = {"query": search, "variables": {"s": asked_for, "c": CONTEXT}}
            return await one.send(worker(way), "/graphql", body)

        shown = (await find("finds", "Quillfeather", "Maya", "2012-05-17"))["data"]["searchPeople"]["candidates"]
        assert len(shown) == 1
        assert await asked(one, "finds", 3) == ["BUDGET_SPENT"], "three with the one the search showed"
        assert "errors" not in await find("finds", "Quillfeather", "Maya", "2012-05-17"), "shown before"
        codes = [(await find("misses", "Nobody", "Noone", "2001-01-01")).get("errors") for _ in range(4)]
        assert [c[0]["extensions"]["measure"] for c in codes if c] == ["misses-hour"]


async def test_relatives_count_and_those_beyond_the_budget_are_not_opened(tmp_path: Path) -> None:
    """A family is as many people as it has: whoever does not fit is named and not opened."""
    query = """query ($id: ID!, $c: RequestContext!) { person(id: $id, context: $c) {
      relationships { name person { id } } } }"""
    limits = Limits(user=UserLimits(people_hour=1, people_day=100), ladder=Ladder(slow_seconds=0, stop=199))
    async with gate(tmp_path, None, limits) as one:
        maya = one.home.ids["maya"]
        told = await one.send(worker("family"), "/graphql", {"query": query, "variables": {"id": maya, "c": CONTEXT}})
        assert "errors" not in told
        opened = {r["person"]["id"] for r in told["data"]["person"]["relationships"] if r["person"]}
        assert told["data"]["person"]["relationships"]
        assert not opened
    async with gate(tmp_path, None, Limits()) as two:
        told = await two.send(worker("other"), "/graphql", {"query": query, "variables": {"id": maya, "c": CONTEXT}})
        assert {r["person"]["id"] for r in told["data"]["person"]["relationships"] if r["person"]}


async def test_a_system_and_an_organisation_have_limits_of_their_own(tmp_path: Path) -> None:
    """All their users count together, whoever they are; another organisation's go on; a refusal is not counted."""
    some = {"cast-social-care": SomeGroup(people_hour=4)}
    limits = Limits(organisations=some, clients={"small": SomeGroup(people_hour=2)}, ladder=Ladder(slow_seconds=0))
    async with gate(tmp_path, None, limits) as one:
        codes = [c for n in range(10) for c in await asked(one, f"one-of-many-{n}", 1)]
        assert codes == ["BUDGET_SPENT"] * 4
        assert await asked(one, "one-of-many-0", 1) == ["BUDGET_SPENT"]
        other = replace(requester("police"), client="small")
        done = [(await one.ask(other, [str(uuid.uuid4())]))[1] for _ in range(4)]
        assert done == [[], [], [], ["BUDGET_SPENT"]]
        assert (await one.ask(replace(other, client="large"), [str(uuid.uuid4())]))[1] == []
        about = {(k.item.about, k.item.detail) for k in await items(one.home.database, "cast-social-care")}
        assert (ReviewAbout.BUDGET_STOPPED, "people-hour") in about


async def open_one(home: House, client: str, subject: str, organisation: str = "cast-health", **more: Any) -> bool:
    """Open one more person as somebody who uses a system; say whether they were let."""
    who = replace(requester("police"), organisation=organisation, client=client, subject=subject, **more)
    question = Question("r", who, Purpose.CHILD_PROTECTION, "R 1", (str(uuid.uuid4()),), Wanted(), NOW, 8.0)
    return not await home.watching.budgets.opened([question])


async def test_many_systems_of_one_organisation_come_to_no_more_than_one(tmp_path: Path) -> None:
    """A partner's system, or whoever it names, goes on counting under another client of theirs; other people do not.

    The hub's own pages are counted for each organisation by itself: one's trawl stops nobody else there. One system's
    stops whoever uses it.
    """
    user, pages = UserLimits(people_hour=2), {"web": SomeGroup(people_hour=2)}
    bound = Bound(frozenset(Purpose), frozenset(), frozenset())
    async with house(tmp_path, limits=Limits(user=user, clients=pages, ladder=Ladder(slow_seconds=0))) as home:
        alone = [await open_one(home, f"s-{n}", f"partner:s-{n}", bound=bound) for n in range(4)]
        assert alone == [True, True, False, False]
        assert await open_one(home, "s-0", "partner:s-0", "cast-police", bound=bound)
        named = [await open_one(home, f"s-{n}", f"partner:s-{n}:user-7", bound=bound) for n in range(4)]
        assert named == [True, True, False, False]
        assert await open_one(home, "s-0", "partner:s-0:user-8", bound=bound)
        signed_in = [await open_one(home, "web", f"sub-{n}", session="s") for n in range(4)]
        assert signed_in == [True, True, True, False]
        assert await open_one(home, "web", "sub-5", "cast-police", session="s")
        by_token = [await open_one(home, "web", f"sub-{n}", f"cast-{n}") for n in range(6, 10)]
        assert by_token == [True, True, True, False]


async def test_numbers_in_a_run_are_flagged_within_twenty(tmp_path: Path) -> None:
    """Ids and NHS numbers one after another, found or not."""
    find = "query ($s: PersonSearchInput!, $c: RequestContext!) { searchPeople(input: $s, context: $c) { outcome } }"
    async with gate(tmp_path, None, Limits(ladder=Ladder(slow_seconds=0))) as one:
        for n in range(20):
            await one.ask(worker("ids"), [f"00000000-0000-0000-0000-{n:012d}"])
        numbers = [n for n in range(9_990_000_000, 9_990_000_400) if nhs_number.is_valid(str(n))][:20]
        for n in numbers:
            given = {"identifier": {"system": "NHS_NUMBER", "value": str(n)}}
            await one.send(worker("nhs"), "/graphql", {"query": find, "variables": {"s": given, "c": CONTEXT}})
        found = [k.item for k in await items(one.home.database, worker("ids").organisation)]
        assert len({i.actor for i in found if i.about is ReviewAbout.NUMBERS_IN_A_RUN}) == 2


async def test_what_cannot_be_counted_is_not_answered(tmp_path: Path) -> None:
    """A table that cannot be written, or a row that cannot be read, closes everything; no source is asked."""
    async with gate(tmp_path, None, FEW) as one:
        who, maya = worker("closed"), one.home.ids["maya"]
        assert (await one.ask(who, [maya]))[1] == []
        calls = sum(len(c.asks) for c in one.home.connectors.values())
        async with one.home.database.begin() as connection:
            await connection.exec_driver_sql("UPDATE budget_use SET version = version + 1, state = 'x'")
        assert (await one.ask(who, [maya]))[1] == ["NOT_READY"]
        async with one.home.database.begin() as connection:
            await connection.exec_driver_sql("DROP TABLE budget_use")
        assert (await one.ask(worker("another"), [maya]))[1] == ["NOT_READY"]
        assert sum(len(c.asks) for c in one.home.connectors.values()) == calls


async def test_what_no_window_reaches_is_forgotten(tmp_path: Path) -> None:
    """A day and an hour later nothing is kept of who came to what."""
    async with gate(tmp_path, None, FEW) as one:
        await asked(one, "old", 2)
        await one.home.watching.budgets.sweep()
        assert await _rows(one) == (1, 2)
        async with one.home.database.begin() as connection:
            for statement in ("UPDATE budget_use SET at = at - 100000", "UPDATE budget_slot SET slot = slot - 100000"):
                await connection.exec_driver_sql(statement)
        await one.home.watching.budgets.sweep()
        assert await _rows(one) == (0, 0)
        assert await asked(one, "old", 1) == []


async def test_a_count_that_was_begun_anew_is_never_written_over(tmp_path: Path) -> None:
    """A replica that last counted for somebody before their row was swept reads what another counted since."""
    async with gate(tmp_path, None, FEW) as one, gate(tmp_path, one.home.database.url, FEW, "two") as two:
        assert await asked(one, "back", 3) == []
        async with one.home.database.begin() as connection:
            await connection.exec_driver_sql("UPDATE budget_use SET at = at - 100000")
        await one.home.watching.budgets.sweep()
        assert await asked(two, "back", 3) == []
        one.home.watching.budgets._ahead += 100_000
        assert await asked(one, "back", 10) == ["BUDGET_SPENT"]


async def _rows(one: Gate) -> tuple[int, ...]:
    async with one.home.database.read() as connection:
        counts = [await connection.exec_driver_sql(f"SELECT count(*) FROM {t}") for t in ("budget_use", "budget_slot")]  # noqa: S608 -- names of ours
        return tuple(c.scalar_one() for c in counts)
