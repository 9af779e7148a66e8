"""Nine agencies for the benchmark, on nine ports of one process: fixed answers, at once."""

import asyncio
import sys

import orjson
from aiohttp import web

SERVICES = (
    "SOCIAL_CARE",
    "EARLY_HELP",
    "EDUCATION",
    "SEND_NEET",
    "YOUTH_JUSTICE",
    "UNIVERSAL",
    "HOUSING",
    "POLICE",
    "HEALTH",
)
WORKERS = (4, 4, 4, 3, 3, 3, 3, 3, 3)
"""Thirty professionals in all."""
EVENTS = 1_000
AS_OF = "2026-11-20T02:00:00+00:00"


def worker(service: str, n: int) -> dict[str, str]:
    """Make one professional as the agency holds them."""
    return {
        "workerId": f"{service}-W{n}",
        "name": f"Worker {service.title()} {n}",
        "role": "Allocated worker",
        "team": f"Team {n}",
        "phone": f"01632 960{n:03}",
        "email": f"worker{n}@{service.lower()}.example.org",
        "state": "CURRENT",
    }


def involvements(service: str, workers: int) -> bytes:
    """Make one agency's answer to who is involved."""
    item = {
        "ref": f"{service}-1",
        "person": "P1",
        "state": "CURRENT",
        "part": "Assessment",
        "organisation": f"{service.title()} of Brookshire",
        "team": "North",
        "from": "2024-03-05",
        "to": None,
        "workers": [worker(service, n) for n in range(workers)],
    }
    return orjson.dumps({"asOf": AS_OF, "items": [item]})


def events() -> bytes:
    """Make one agency's chronology of a thousand events with ten fields each."""
    items = [
        {
            "ref": f"E{n}",
            "person": "P1",
            "on": f"20{10 + n // 100:02}-{1 + n % 12:02}-{1 + n % 28:02}",
            "until": None,
            "kind": "CONTACT",
            "title": f"Contact number {n}",
            "summary": f"What was said at contact number {n}, in a line of ordinary length.",
            "impact": "NEUTRAL",
            "action": "Recorded",
            "outcome": "No further action",
        }
        for n in range(EVENTS)
    ]
    return orjson.dumps({"asOf": AS_OF, "items": items})


PERSON = {
    "person": "P1",
    "given": "Bench",
    "family": "Mark",
    "born": "2012-05-17",
    "postcode": "BK1 1AA",
    "nhs": "9990000018",
}


def application(service: str, workers: int) -> web.Application:
    """Serve one agency."""
    people = orjson.dumps({"asOf": AS_OF, "items": [PERSON]})
    answers = {"/people": people, "/involvements": involvements(service, workers), "/events": events()}

    def handler(body: bytes) -> object:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=body, content_type="application/json")

        return answer

    app = web.Application()
    for path, body in answers.items():
        app.router.add_get(path, handler(body))  # type: ignore[arg-type]
    return app


async def main() -> None:
    """Serve all nine, and print their ports."""
    ports = []
    for service, workers in zip(SERVICES, WORKERS, strict=True):
        runner = web.AppRunner(application(service, workers), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ports.append(runner.addresses[0][1])
    sys.stdout.write(" ".join(map(str, ports)) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
