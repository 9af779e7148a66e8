"""Measure decisions over the Authorization API, without the network: the whole house on SQLite behind the ASGI door.

Run it with ``python -m tests.benchmarks authzen``. A kind of question reads which rules count and decides; a named
person's is a whole question, with its entries in the ledger and the sources of the cast, which answer from memory.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson

from tests.cast import requester
from tests.house import house
from tests.rooms.authzen.asking import VIEW, kind_question, of_person, person_question, role, stated
from tests.rooms.authzen.conftest import Point, point_of

WARM = 50


async def _time(point: Point, path: str, body: dict[str, Any], who: str, times: int) -> str:
    content, taken = orjson.dumps(body), []
    token = point.issuer.token(requester(who), audience="tests")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    for n in range(WARM + times):
        begun = time.perf_counter()
        response = await point.client.post(f"/access/v1/{path}", content=content, headers=headers)
        spent = (time.perf_counter() - begun) * 1e3
        assert response.status_code == 200, response.text
        if n >= WARM:
            taken.append(spent)
    taken.sort()
    return f"{taken[times // 2]:.2f} · {taken[times * 99 // 100]:.2f}"


async def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as home, point_of(home, Path(folder)) as point:
            maya = home.ids["maya"]
            named = person_question(maya, "Involvement.status", "HEALTH")
            fields = ("Involvement.status", "Involvement.start", "Professional.phone", "Plan.goals", "Address.postcode")
            batch = named | {
                "evaluations": [
                    {"resource": of_person(maya, field, service)}
                    for service in ("HEALTH", "POLICE")
                    for field in fields
                ]
            }
            anywhere = {"type": "field", "properties": {"labels": []}}
            search = {"subject": role(), "action": VIEW, "resource": anywhere, "context": stated()}
            hundred = kind_question() | {"evaluations": [{}] * 100}
            print("| decision | p50 · p99, ms |\n| --- | --- |")
            for what, path, body, who, times in (
                ("a kind of question", "evaluation", kind_question(), "ig-officer", 1_000),
                ("a hundred kinds of question", "evaluations", hundred, "ig-officer", 200),
                ("a named person, one field", "evaluation", named, "front-door", 500),
                ("a named person, ten fields of two services", "evaluations", batch, "front-door", 300),
                ("every field of every service, searched", "search/resource", search, "ig-officer", 200),
            ):
                print(f"| {what} | {await _time(point, path, body, who, times)} |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
