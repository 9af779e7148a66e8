"""What an officer's page costs: processor time the first time it is opened, and from then on.

By an officer's session over loopback at a hub over the cast, about the rules as they are shipped and a draft made from
them. Nothing is taken away: these pages ask no source, and what is beside the hub is the asking browser's own time.
"""

import statistics
import time
from dataclasses import dataclass

from hub.governance.versions.editing import Edits, drafted
from hub.web.pages.everybody import EVERYBODYS_PAGES
from hub.web.pages.officers import OFFICERS_PAGES
from tests.cast import requester
from tests.house import RULES
from tests.pages.conftest import Served, leave_something
from tests.rooms.signing_in.browser import Browser

OK = 200
QUERIES = {"/policies/cell": "?role=front-door-worker&service=HOUSING&kind=PROFESSIONAL"}
EDITED = "police-02"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page costs, in milliseconds of the processor."""

    page: str
    first: float
    again: float
    bytes: int


async def officers_pages(served: Served, browser: Browser, rounds: int) -> list[Cost]:
    """Measure every officer's page; a version's page is that of a draft that nobody has looked at."""
    await leave_something(served)
    given = {"rule": "front-door-01", "version": await a_draft(served), **served.given}
    paths = {path: path.format(**given) + QUERIES.get(path, "") for path in (OFFICERS_PAGES | EVERYBODYS_PAGES)}
    await browser.get(f"{served.url}/policies/rules")  # the layout and the rules that count are there already
    return [await _one(served, browser, name, path, rounds) for name, path in paths.items()]


async def a_draft(served: Served) -> str:
    """Leave a draft in which one rule asks for one thing more."""
    room = served.home.executor._governing.policies
    cells = RULES.row(EDITED).cells()
    narrowed = cells | {"when": " ".join(sorted({*cells["when"].split(), "reason-given"}))}
    start = await room.versions.read(RULES.version)
    return await drafted(room, start, Edits(put=(narrowed,)), requester("ig-officer"), "To be measured")


async def _one(served: Served, browser: Browser, name: str, path: str, rounds: int) -> Cost:
    took, size = [], 0
    for _ in range(rounds + 1):
        began = time.process_time()
        answer = await browser.get(f"{served.url}{path}")
        took.append((time.process_time() - began) * 1000)
        assert answer.status_code == OK, (name, answer.status_code)
        size = len(answer.content)
    return Cost(name, took[0], statistics.median(took[1:]), size)


def officers_table(found: list[Cost]) -> str:
    """Write the table."""
    lines = [
        "| officers' page | CPU ms, the first time | CPU ms from then on | bytes of HTML |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [f"| `{one.page}` | {one.first:.1f} | {one.again:.1f} | {one.bytes:,} |" for one in found]
    return "\n".join(lines)
