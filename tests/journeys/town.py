"""The town: Brookshire's nine systems running, and over them one hub, served and asked as in life: HTTP and tokens."""

import asyncio
import contextlib
import io
import re
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette

from hub.commands.serve import server
from hub.commands.token import persona_token
from hub.demo.agencies import STAFF_DIRECTORY, Source
from hub.demo.cast import CAST_KEYS
from hub.demo.faults import OK, Fault
from hub.demo.governance import person_of, seed
from hub.demo.place import DemoPlace
from hub.joined import Hub
from hub.observing import Observer
from hub.settings import Environment, Settings

CHILDREN = 40
SOURCES = tuple(str(s) for s in Source)
SYSTEMS = (*SOURCES, STAFF_DIRECTORY)

DEADLINE = 1.2
"""Seconds a source may take in the town; the shipped sources have three."""

WHOLE_DEADLINE = 1.6
"""Seconds the town's hub may take over one question; the shipped hub has eight."""

PERSON = """
  id dateOfBirth expectedDateOfBirth age sex
  names { given family use provenance { source } }
  births { dateOfBirth expectedDateOfBirth sex ethnicity provenance { source } }
  addresses { lines postcode uprn use start end provenance { source } }
  identifiers { system value provenance { source } }
  relationships { type name sameHousehold parentalResponsibility provenance { source } }
  flags { code text start reviewDue provenance { source } }
  involvements {
    service status subService organisation team threshold start end lastInteraction reason notes
    professionals { name role team phone email status }
    dutyDesk { team phone email hours }
    plan { type start end reviewDue category goals needs }
    provenance { source asOf }
  }
  chronology {
    date endDate service kind title summary impact needs strengths actionTaken outcome provenance { source }
  }
  sources {
    source service name outcome reason explanation asOf complete contact { team phone email hours }
    coverage { start end area youngest oldest }
  }
  withheld { path service source kind masked code reason remedy }
"""

WHO = f"query ($id: ID!, $context: RequestContext!) {{ person(id: $id, context: $context) {{ {PERSON} }} }}"
"""Everything the words have, asked at once; what differs from one asking to the next (ids, moments) left out."""

SEARCH = """
query ($input: PersonSearchInput!, $context: RequestContext!) { searchPeople(input: $input, context: $context) {
  outcome searched explanation
  candidates { id names dateOfBirth expectedDateOfBirth age sex postcodes services score rule notes
    evidence { field agreement bits } }
} }
"""

LISTS = ("names", "births", "addresses", "identifiers", "relationships", "flags", "involvements", "chronology")


@dataclass(repr=False)
class Town:
    """Everything running, and how to ask it."""

    place: DemoPlace
    hub: Hub
    log: io.StringIO
    url: str
    http: httpx2.AsyncClient
    people: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Give the hub's settings."""
        return self.hub.settings

    def token(self, who: str) -> str:
        """Sign in as one of the demo's staff."""
        return persona_token(self.settings, who)

    async def send(self, query: str, variables: Mapping[str, Any], who: str = "front-door") -> httpx2.Response:
        """Send a query over HTTP with somebody's bearer token."""
        headers = {"Authorization": f"Bearer {self.token(who)}"}
        return await self.http.post("/graphql", json={"query": query, "variables": dict(variables)}, headers=headers)

    async def ask(
        self, child: str = "main", who: str = "front-door", purpose: str = "CHILD_PROTECTION", query: str = WHO
    ) -> Any:
        """Ask about a child, by cast key or id, and insist on an answer without errors."""
        context = {"purpose": purpose, "reference": "REF 1"}
        response = await self.send(query, {"id": self.people.get(child) or child, "context": context}, who)
        body = response.json()
        assert (response.status_code, body.get("errors")) == (200, None), body
        return body["data"]["person"]

    async def search(self, who: str = "front-door", purpose: str = "CHILD_PROTECTION", **given: Any) -> Any:
        """Search for a person, and insist on an answer without errors."""
        context = {"purpose": purpose, "reference": "REF 1"}
        response = await self.send(SEARCH, {"input": given, "context": context}, who)
        body = response.json()
        assert (response.status_code, body.get("errors")) == (200, None), body
        return body["data"]["searchPeople"]

    @contextlib.asynccontextmanager
    async def wrong(self, faults: Mapping[str, Fault]) -> AsyncIterator[None]:
        """Let systems go wrong for a while."""
        await asyncio.gather(*(self.place.set_fault(s, f) for s, f in faults.items()))
        try:
            yield
        finally:
            await asyncio.gather(*(self.place.set_fault(s, OK) for s in faults))
            self.trust_again()

    def trust_again(self) -> None:
        """Close every circuit at once: one test's faults are not the next one's."""
        for source in self.hub.sources:
            source.breaker.succeeded()
            source.breaker._recent.clear()

    async def healthy(self) -> Any:
        """Wait until every source answers about the main child again, and give the answer."""
        self.trust_again()
        until = time.monotonic() + 6
        while True:
            answer = await self.ask()
            if all(o == "RECORDS" for o in outcomes(answer).values()) and all(s["complete"] for s in answer["sources"]):
                return answer
            assert time.monotonic() < until, outcomes(answer)
            await asyncio.sleep(0.1)


def outcomes(person: Any) -> dict[str, str]:
    """Give each source's outcome."""
    return {s["source"]: s["outcome"] for s in person["sources"]}


def of_source(person: Any, source: str) -> dict[str, list[Any]]:
    """Give what one source gave: its records, its outcome and its gaps, in the order they came."""
    mine = {part: [r for r in person[part] or () if r["provenance"]["source"] == source] for part in LISTS}
    rest = {part: [r for r in person[part] if r["source"] == source] for part in ("sources", "withheld")}
    return mine | rest


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Town]:
    """Start the place, serve a hub over it on a free port, and end both."""
    async with DemoPlace(folder, children=CHILDREN, seed=7) as place:
        _hasten(place.sources)
        budgets = folder / "budgets.toml"
        budgets.write_text("[user]\nsearches_minute = 600\nsearches_hour = 2000\n", "utf-8")  # quicker than any worker
        given = {"sources": place.sources, "budgets": budgets, "deadline": WHOLE_DEADLINE}
        settings = Settings(env=Environment.DEMO, data=folder, port=0, **given)
        log = io.StringIO()
        async with served(settings, log) as (hub, url), httpx2.AsyncClient(base_url=url, timeout=20) as http:
            await seed(hub.register, hub.index, place.truth)
            people = {key: await person_of(hub.index, place.truth.cast_member(key)) for key in CAST_KEYS}
            yield Town(place, hub, log, url, http, people)


def _hasten(sources: Path) -> None:
    """Give every source a deadline short enough for tests."""
    for path in sources.glob("*.toml"):
        text = re.sub(r"^\[limits\]\n(?:[a-z]+ *=.*\n)*", "", path.read_text("utf-8"), flags=re.MULTILINE)
        path.write_text(text.replace("[coverage]", f"[limits]\ndeadline = {DEADLINE}\n\n[coverage]"), "utf-8")


@contextlib.asynccontextmanager
async def served(settings: Settings, log: io.StringIO) -> AsyncIterator[tuple[Hub, str]]:
    """Serve a hub as ``hub serve`` does, on a free port, and wait until it has read every index."""
    uvicorn = server(settings, Observer(log))
    uvicorn.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # pytest has its own
    task = asyncio.create_task(uvicorn.serve())
    try:
        while not uvicorn.started:  # noqa: ASYNC110 -- uvicorn offers no event to wait for
            await asyncio.sleep(0.02)
        app = uvicorn.config.app
        assert isinstance(app, Starlette)
        hub: Hub = app.state.hub
        while not hub.indexer.done_once:  # noqa: ASYNC110 -- a state polled for a second or two
            await asyncio.sleep(0.02)
        yield hub, f"http://127.0.0.1:{uvicorn.servers[0].sockets[0].getsockname()[1]}"
    finally:
        uvicorn.should_exit = True
        await task
