"""A case system's own GraphQL API of fourteen thousand lines, answered through its document and a mapping alone."""

from datetime import date
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from graphql import build_schema, graphql_sync

from connectors.contract import Ask, LocalId
from connectors.registry import connect
from connectors.source import SourceConfig
from schema.records import Involvement, Status
from tests.serving import answer, serving

TYPES = 700
FIELDS = 18

CASES: dict[str, list[dict[str, Any]]] = {
    "007": [
        {
            "id": "c1",
            "opened": "02/01/2020",
            "closed": None,
            "team": {"name": "North", "lead": {"name": "Jo Bloggs", "phones": [{"number": "01632 960 001"}]}},
        },
        {"id": "c2", "opened": "02/01/2019", "closed": "03/04/2019", "team": None},
    ],
    "008": [],
}

DOCUMENT = """
query Cases($people: [ID!]!) {
  people(refs: $people) {
    ref
    cases { id opened closed team { name lead { name phones { number } } } }
  }
}
"""


def large() -> str:
    """Write a schema as case systems have them: what is asked for is a hundredth of what there is."""
    filler = "\n\n".join(
        f'type Thing{n} {{\n  "one of many"\n'
        + "\n".join(f"  field{m}(first: Int, after: String): Thing{(n * 7 + m) % TYPES}" for m in range(FIELDS))
        + "\n}"
        for n in range(TYPES)
    )
    asked = """
type Query { people(refs: [ID!]!): [Person!]! things: [Thing0!]! }
type Person { ref: ID! cases: [Case!]! thing: Thing1 }
type Case { id: ID! opened: String closed: String team: Team }
type Team { name: String lead: Worker }
type Worker { name: String phones: [Phone!]! }
type Phone { number: String }
"""
    return f"{asked}\n{filler}\n"


MAP: tuple[dict[str, Any], ...] = (
    {
        "record": "Involvement",
        "from": "people",
        "person": "ref",
        "each": "cases",
        "id": "id",
        "fields": {
            "team": "team.name",
            "start": {"path": "opened", "date": "dd/mm/yyyy"},
            "end": {"path": "closed", "date": "dd/mm/yyyy"},
            "status": {"start": "opened", "end": "closed", "date": "dd/mm/yyyy"},
        },
        "professionals": {"name": "team.lead.name", "phone": "team.lead.phones[0].number"},
    },
)


async def test_an_api_of_fourteen_thousand_lines() -> None:
    """Its size is the agency's business: the hub sends one document and maps what it brings."""
    sdl = large()
    assert sdl.count("\n") >= 14_000
    schema = build_schema(sdl)
    asked: list[str] = []

    def people(_info: object, refs: list[str]) -> list[dict[str, Any]]:
        return [{"ref": ref, "cases": CASES[ref]} for ref in refs if ref in CASES]

    async def case_system(request: web.BaseRequest) -> web.Response:
        body = orjson.loads(await request.read())
        asked.append(body["query"])
        done = graphql_sync(schema, body["query"], {"people": people}, variable_values=body["variables"])
        return answer(done.formatted)

    resource = {"document": DOCUMENT, "items": "people"}
    async with serving(case_system) as base:
        source = SourceConfig(
            id="cases",
            service="SOCIAL_CARE",
            name="Cases",
            owner="Cases",
            agency="cases",
            system="upstream_graphql",
            connection={"base_url": f"{base}/graphql", "resources": {"people": resource}},
            map=MAP,
            path=Path("cases.toml"),
        )
        made = connect(source)
        people_asked = (LocalId("007"), LocalId("008"), LocalId("404"))
        reply = await made.fetch(Ask(people_asked, made.capabilities.fields, date(2026, 11, 21)))
        assert (await made.health()).ok
        await made.close()
    assert set(reply.records) == {"007", "008"}
    assert reply.records[LocalId("008")] == ()
    now, before = reply.records[LocalId("007")]
    assert isinstance(now, Involvement)
    assert isinstance(before, Involvement)
    assert (now.id, now.team, now.status, now.start) == ("c1", "North", Status.CURRENT, date(2020, 1, 2))
    assert [(p.name, p.phone) for p in now.professionals or ()] == [("Jo Bloggs", "01632 960 001")]
    assert (before.status, before.team) == (Status.HISTORIC, None)
    assert reply.rejected == ()
    assert asked == [DOCUMENT, "{ __typename }"]
