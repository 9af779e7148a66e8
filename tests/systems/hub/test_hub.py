"""A family that moved authority: two hubs, each with sources, keys, rules and a ledger of its own."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from connectors.contract import LocalId
from hub.audit.verify import verify_database
from hub.governance.agreements import Status
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.joined import Hub
from hub.keys import read_keys
from hub.settings import Environment, read_settings
from tests.small_hub import served, until_ready
from tests.systems.hub.measuring import timed
from tests.systems.hub.northshire import AGREEMENT, COUNCIL, SOUTH, Northshire, beside, registered

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLATS = """ref,forename,surname,postcode,dob,team,began,phone
S1,Ada,Marchbanks,SO1 1AA,09/03/2012,East,01/06/2026,01632 960301
S1,Ada,Marchbanks,NO3 4AB,09/03/2012,East,01/06/2026,01632 960301
S2,Bo,Finch,SO2 2BB,01/01/2015,East,,
S3,Cat,Lowe,NO5 5CC,06/05/2014,East,,
"""
"""Ada has moved in from Northshire, Bo never lived there, and there are two like Cat."""

ASKED = """query($ids: [ID!]!, $c: RequestContext!) { people(ids: $ids, context: $c) {
  names { given family provenance { source } } dateOfBirth
  involvements { service team start dutyDesk { phone } provenance { source name asOf } }
  sources { source service name outcome reason explanation asOf complete coverage { area } contact { team phone } }
  withheld { path source code reason decisionId masked }
} }"""
WHY = {"purpose": "CHILD_PROTECTION", "reference": "S 1"}


@dataclass(repr=False)
class Two:
    """Both hubs."""

    north: Northshire
    south: Hub
    http: httpx2.AsyncClient
    log: io.StringIO
    ids: dict[str, str]

    async def ask(self, *children: str, role: str = "social-worker", **why: str) -> list[Any]:
        """Ask Southshire's hub about children, as somebody there, and insist on an answer without errors."""
        who = Requester("demo:imran", "Imran", role, COUNCIL, "tests")
        settings = self.south.settings
        token = DevelopmentIssuer(settings.data, Environment.DEMO).token(who, audience=settings.audience)
        body = {"query": ASKED, "variables": {"ids": [self.ids[c] for c in children], "c": WHY | why}}
        response = await self.http.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"})
        assert "errors" not in response.json(), response.json()
        people: list[Any] = response.json()["data"]["people"]
        return people


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """Serve both."""
    folder, log = tmp_path_factory.mktemp("two"), io.StringIO()
    registered(folder / "south", "flats", "HOUSING", "southshire-homes", FLATS)
    async with beside(folder / "north") as north:
        (folder / "south" / "sources" / "north.toml").write_text(north.written("south-homes"), "utf-8")
        settings = read_settings({}, env="demo", data=folder / "south", port=0, public_url=SOUTH)
        async with served(settings, log) as (http, south):
            await until_ready(http)
            await south.register.record_agreements([replace(AGREEMENT, id=f"s-{p}", provider=p) for p in PROVIDERS])
            ids = await south.index.by_local("flats", [LocalId(f"S{n}") for n in (1, 2, 3)])
            yield Two(north, south, http, log, dict(ids))


PROVIDERS = ("southshire-homes", "northshire-homes")


def of(person: Any, source: str) -> Any:
    """Give what is said of one source."""
    (one,) = [s for s in person["sources"] if s["source"] == source]
    return one


async def test_what_the_last_authority_knows_of_a_child_is_asked_for_and_shown_as_its_word(two: Two) -> None:
    """Her records of both, each with where it is from; of Northshire's source as of, coverage and whom to ring."""
    (ada,) = await two.ask("S1")
    held = {(i["provenance"]["source"], i["team"], i["start"]) for i in ada["involvements"]}
    assert held == {("flats", "East", "2026-06-01"), ("north-housing", "North", "2024-02-01")}
    assert {i["dutyDesk"]["phone"] for i in ada["involvements"]} == {"01632 960301", "01632 960201"}
    told = of(ada, "north-housing")
    assert (told["outcome"], told["service"], told["name"]) == ("RECORDS", "HOUSING", "Northshire housing")
    assert told["explanation"].endswith("So says Northshire hub.")
    assert told["asOf"] is not None
    assert told["coverage"] == {"area": "Northshire"}
    assert told["contact"] == {"team": "Northshire Homes duty", "phone": "01632 960299"}
    assert "So says" not in of(ada, "flats")["explanation"]


async def test_a_question_does_not_go_round(two: Two) -> None:
    """Northshire would ask Southshire again; it sees by which way the question came, and Southshire is not asked."""
    (ada,) = await two.ask("S1")
    round_again = of(ada, "north-south-homes")
    assert (round_again["outcome"], round_again["complete"]) == ("UNAVAILABLE", False)
    assert round_again["explanation"].endswith("So says Northshire hub.")
    assert "refused:in-a-circle" in two.north.log.getvalue()


async def test_many_children_are_two_questions(two: Two) -> None:
    """All are looked for in one and asked about in the next; who is not known there is not, nor is one of two alike."""
    before = two.north.requests
    ada, bo, cat = await two.ask("S1", "S2", "S3")
    assert two.north.requests == before + 2
    assert [of(child, "north-housing")["outcome"] for child in (ada, bo, cat)] == [
        "RECORDS",
        "NONE_HELD",
        "UNIDENTIFIED",
    ]
    assert "Lowe" not in {n["family"] for n in ada["names"]}


async def test_looking_for_many_is_one_question_and_asking_about_them_another(two: Two) -> None:
    """As the command that measures it does: `python -m tests.systems.hub`."""
    took = await timed(two.north, two.south, two.http, list(two.ids.values()), 1)
    assert [one.questions for one in took] == [1, 1, 2]


async def test_both_decide_and_each_says_so_in_its_own_ledger(two: Two) -> None:
    """What Northshire refuses is withheld by its word; what Southshire refuses is not even asked. Both ledgers hold."""
    one, all_of_it = replace(AGREEMENT, status=Status.SUSPENDED), two.south.register.record_agreements
    await two.north.there(two.north.hub.register.record_agreements([one]))
    (ada,) = await two.ask("S1")
    told = of(ada, "north-housing")
    assert (told["outcome"], told["reason"]) == ("WITHHELD", "NOT_FOR_THIS_SYSTEM")
    assert told["explanation"].endswith("So says Northshire hub.")
    assert told["contact"]["phone"] == "01632 960299"
    assert "North" not in {i["team"] for i in ada["involvements"] or ()}
    await two.north.there(two.north.hub.register.record_agreements([AGREEMENT]))
    before = two.north.requests
    await all_of_it([replace(AGREEMENT, id="s-northshire-homes", status=Status.SUSPENDED)])
    (ada,) = await two.ask("S1")
    assert (of(ada, "north-housing")["outcome"], two.north.requests) == ("WITHHELD", before)
    assert "So says" not in of(ada, "north-housing")["explanation"]
    await all_of_it([replace(AGREEMENT, id="s-northshire-homes")])
    key = read_keys(two.south.settings.keys_folder).ledger.public_key()
    assert (await verify_database(two.south.database, key)).ok
    there = read_keys(two.north.hub.settings.keys_folder).ledger.public_key()
    assert (await two.north.there(verify_database(two.north.hub.database, there))).ok


async def test_one_trace_is_in_both_logs_and_no_value_is(two: Two) -> None:
    """An operator of either finds the other's part; nobody's name, number, postcode or user is in either log."""
    await two.ask("S1")
    said = two.log.getvalue() + two.north.log.getvalue()
    for value in ("Marchbanks", "NO3 4AB", "01632 960201", "demo:imran", "2012-03-09", "S 1"):
        assert value not in said


async def test_a_purpose_that_was_not_agreed_shows_nothing(two: Two) -> None:
    """The client is bound to purposes at Northshire: for any other each field is withheld, by its word."""
    (ada,) = await two.ask("S1", purpose="CHILD_IN_NEED")
    assert (of(ada, "north-housing")["outcome"], of(ada, "north-housing")["reason"]) == (
        "WITHHELD",
        "NOT_FOR_THIS_SYSTEM",
    )


async def test_a_hub_that_is_down_is_one_failing_source(two: Two) -> None:
    """Its sources could not be asked, which is said of each; Southshire's own answers as ever."""
    hub = next(s for s in two.south.sources if s.config.id == "north-housing")
    client = hub.connector._client  # type: ignore[attr-defined]
    base, client.base = client.base, "http://127.0.0.1:9/graphql"
    (ada,) = await two.ask("S1")
    client.base = base
    assert {s["outcome"] for s in ada["sources"] if s["source"] != "flats"} == {"UNAVAILABLE"}
    assert of(ada, "flats")["outcome"] == "RECORDS"
    assert {i["team"] for i in ada["involvements"]} == {"East"}
