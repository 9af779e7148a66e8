"""The nine agencies as GraphQL graphs, for gateways that ask nothing else: the same records, each answer made before.

``python -m tests.benchmarks.gateway.subgraphs`` prints its ports. Each graph has one field of who is involved with the
benchmark's child, named by its place (``i0`` to ``i8``), and one with all hundred (``a0`` to ``a8``); the first has the
chronology too.
"""

import asyncio
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

import orjson
from aiohttp import web

from tests.benchmarks.gateway.upstream import PEOPLE, SERVICES, WORKERS, events, involvements

INVOLVED: Final = """id status subService organisation team start end
  professionals { id name role team phone email status }"""
EVENT: Final = "id date endDate kind title summary impact actionTaken outcome service"
WHO: Final = "{ " + " ".join(f"i{n} {{ {INVOLVED} }}" for n in range(len(SERVICES))) + " }"
MANY: Final = "{ " + " ".join(f"a{n} {{ {INVOLVED} }}" for n in range(len(SERVICES))) + " }"
CHRONOLOGY: Final = f"{{ chronology {{ {EVENT} }} }}"


def definition(place: int) -> str:
    """Give one graph's definition (Apollo Federation 2)."""
    texts = ["id", "status", "subService", "organisation", "team", "start", "end"]
    people = ["id", "name", "role", "team", "phone", "email", "status"]
    kinds = {"Involvement": [f"{t}: String" for t in texts] + ["professionals: [Professional]"]}
    kinds["Professional"] = [f"{t}: String" for t in people]
    roots = [f"i{place}: [Involvement]", f"a{place}: [Involvement]"]
    if place == 0:
        kinds["Event"] = [f"{t}: String" for t in EVENT.split()]
        roots.append("chronology: [Event]")
    link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@shareable"])'
    types = " ".join(f"type {name} @shareable {{ {' '.join(fields)} }}" for name, fields in kinds.items())
    return f"{link} type Query {{ {' '.join(roots)} }} {types}"


def _renamed(item: Mapping[str, Any], kind: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {"__typename": kind, **{name: item.get(theirs) for name, theirs in names.items()}}


_PERSON = {n: n for n in ("name", "role", "team", "phone", "email")} | {"id": "workerId", "status": "state"}
_INVOLVED = {"organisation": "organisation", "team": "team", "id": "ref", "status": "state", "subService": "part"}
_DATES = {"start": "from", "end": "to"}
_EVENT = {n: n for n in ("kind", "title", "summary", "impact", "outcome")}
_WHEN = {"id": "ref", "date": "on", "endDate": "until", "actionTaken": "action"}


def who(place: int, people: int = 1) -> bytes:
    """Give one graph's answer to who is involved with so many people."""
    held = orjson.loads(involvements(SERVICES[place], WORKERS[place], people))["items"]
    told = []
    for item in held:
        workers = [_renamed(one, "Professional", _PERSON) for one in item["workers"]]
        told.append(_renamed(item, "Involvement", _INVOLVED | _DATES) | {"professionals": workers})
    return orjson.dumps({"data": {f"{'i' if people == 1 else 'a'}{place}": told}})


def chronology() -> bytes:
    """Give the first graph's answer to the chronology."""
    held = orjson.loads(events())["items"]
    told = [_renamed(item, "Event", _EVENT | _WHEN) | {"service": SERVICES[0]} for item in held]
    return orjson.dumps({"data": {"chronology": told}})


def application(place: int) -> web.Application:
    """Serve one graph."""
    involved, everybody, happened = who(place), who(place, PEOPLE), chronology() if place == 0 else b""
    all_of_them = re.compile(rb"\ba%d\b" % place)

    async def answer(request: web.Request) -> web.Response:
        asked = await request.read()
        body = happened if b"chronology" in asked else everybody if all_of_them.search(asked) else involved
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_post("/graphql", answer)
    return app


async def main() -> None:
    """Serve all nine, and print their ports."""
    ports = []
    for place in range(len(SERVICES)):
        runner = web.AppRunner(application(place), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.append(runner.addresses[0][1])
    sys.stdout.write(" ".join(map(str, ports)) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
