"""Nine agencies for the benchmark, on nine ports of one process: fixed answers, at once or after a while.

``python -m tests.benchmarks.gateway.upstream [PEOPLE]`` prints its ports. Asked about several people at once it
answers about everybody; ``/wait?ms=20`` at any port makes all of them wait so long before each answer, ``/move`` makes
everybody's team another.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta

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
PEOPLE = 100
"""As many as one question may be about."""
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


def involvements(service: str, workers: int, people: int = 1) -> bytes:
    """Make one agency's answer to who is involved with so many people."""
    items = [
        {
            "ref": f"{service}-{n}",
            "person": f"P{n}",
            "state": "CURRENT",
            "part": "Assessment",
            "organisation": f"{service.title()} of Brookshire",
            "team": "North",
            "from": "2024-03-05",
            "to": None,
            "workers": [worker(service, w) for w in range(workers)],
        }
        for n in range(1, people + 1)
    ]
    return orjson.dumps({"asOf": AS_OF, "items": items})


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


def person(n: int) -> dict[str, str]:
    """Make up a person, unlike all others."""
    return {
        "person": f"P{n}",
        "given": f"Bench{chr(ord('a') + n // 26)}{chr(ord('a') + n % 26)}",
        "family": f"Mark{chr(ord('a') + n % 26)}{chr(ord('a') + n // 26)}",
        "born": (date(2012, 5, 17) + timedelta(days=17 * n)).isoformat(),
        "postcode": f"BK1 {n % 9 + 1}A{chr(ord('A') + n // 9)}",
        "nhs": nhs_number(n),
    }


def nhs_number(n: int) -> str:
    """Make the nth number of the range kept for tests whose check digit is one (NHS Data Dictionary)."""
    for nine in range(999_000_001, 999_999_999):
        check = -sum(int(d) * (10 - place) for place, d in enumerate(str(nine))) % 11
        n -= check < 10  # ten is no digit
        if n == 0:
            return f"{nine}{check}"
    raise ValueError(n)


class Agency:
    """One agency: what it answers to each path, about one person and about all of them."""

    waits = 0.0
    """Seconds every agency takes to answer."""
    moved = 0
    """How often everybody's team was made another."""

    def __init__(self, service: str, workers: int, people: int) -> None:
        """Write every answer."""
        known = orjson.dumps({"asOf": AS_OF, "items": [person(n) for n in range(1, people + 1)]})
        one, all_of_them = involvements(service, workers), involvements(service, workers, people)
        self.answers: Mapping[str, tuple[bytes, bytes]] = {
            "/people": (known, known),
            "/involvements": (one, all_of_them),
            "/events": (events(), events()),
        }

    def answering(self, path: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Give what answers at a path."""

        async def answer(request: web.Request) -> web.Response:
            if Agency.waits:
                await asyncio.sleep(Agency.waits)
            body = self.answers[path]["," in request.query.get("person", "")]
            if Agency.moved:
                body = body.replace(b'"North"', b'"North %d"' % Agency.moved)
            return web.Response(body=body, content_type="application/json")

        return answer

    def application(self) -> web.Application:
        """Serve it."""
        app = web.Application()
        for path in self.answers:
            app.router.add_get(path, self.answering(path))  # type: ignore[arg-type] # its own Protocol
        app.router.add_get("/wait", _wait)
        app.router.add_get("/move", _move)
        return app


async def _wait(request: web.Request) -> web.Response:
    Agency.waits = int(request.query["ms"]) / 1000
    return web.Response()


async def _move(_: web.Request) -> web.Response:
    Agency.moved += 1
    return web.Response()


async def main(people: int) -> None:
    """Serve all nine, and print their ports."""
    ports = []
    for service, workers in zip(SERVICES, WORKERS, strict=True):
        runner = web.AppRunner(Agency(service, workers, people).application(), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ports.append(runner.addresses[0][1])
    sys.stdout.write(" ".join(map(str, ports)) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
