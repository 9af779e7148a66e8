"""A replica as the load sees it: somebody asks it about one child, and gets an answer by source or a refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from tests.cast import SERVICES
from tests.house import House
from tests.rooms.versions.load.judging import REFUSED, Answer, Piece

QUERY = """
query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  involvements { service status professionals { name phone } }
  sources { source outcome reason }
} }
"""
RULES, CONSENT = "front-door", "early-help"
"""Two who ask: what one is shown follows the rules that are switched, what the other is shown follows the consent."""

PURPOSES = {RULES: "CHILD_PROTECTION", CONSENT: "EARLY_HELP"}


class NoAnswer(Exception):
    """Neither an answer nor a refusal to be ready: the load itself is at fault, or the hub is."""


class Replica(Protocol):
    """One replica."""

    async def ask(self, who: str) -> Answer:
        """Ask about the child as somebody; NoAnswer where there is none that the hub promises."""
        ...


@dataclass(frozen=True, slots=True)
class Housed:
    """A replica in this process."""

    home: House

    async def ask(self, who: str) -> Answer:
        """Ask without HTTP."""
        result = await self.home.ask(QUERY, _variables(self.home.ids["maya"], who), who=who)
        if result.not_ready:
            return REFUSED
        if result.errors:
            raise NoAnswer(who)
        return pieces(result.data["person"])


@dataclass(frozen=True, slots=True)
class Served:
    """A replica that is a process of its own, asked over HTTP."""

    session: aiohttp.ClientSession
    url: str
    person: str
    tokens: Mapping[str, str]

    async def ask(self, who: str) -> Answer:
        """Ask over HTTP."""
        body = {"query": QUERY, "variables": _variables(self.person, who)}
        signed = {"Authorization": f"Bearer {self.tokens[who]}"}
        async with self.session.post(f"{self.url}/graphql", json=body, headers=signed) as response:
            told = await response.json(content_type=None)
        if response.status == 503:
            return REFUSED
        if told.get("errors") or not told.get("data"):
            raise NoAnswer(f"{who}: status {response.status}")
        return pieces(told["data"]["person"])


def _variables(person: str, who: str) -> dict[str, Any]:
    return {"id": person, "context": {"purpose": PURPOSES[who], "reference": "REF 1"}}


def pieces(person: Mapping[str, Any]) -> Answer:
    """Divide an answer by source."""
    return {
        source["source"]: Piece(source["outcome"], _shown(person["involvements"] or (), SERVICES[source["source"]]))
        for source in person["sources"]
    }


def _shown(involvements: Iterable[Mapping[str, Any]], service: str) -> str:
    return "; ".join(sorted(repr(one) for one in involvements if one["service"] == service))
