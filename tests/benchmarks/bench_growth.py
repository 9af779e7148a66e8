"""What an answer costs as there is more of everything: records at a source, rules, and people in the index.

``python -m tests.benchmarks growth``: processor time of one process, the median of many, over the tests' cast, whose
sources answer from memory: what the hub itself does from the question to the bytes, sign-in and ledger with it. A
cost that grows with the records and with nothing else is what is promised.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from unittest.mock import patch

from connectors.contract import Ask, Held, Reply
from hub.governance.versions import lifecycle
from policies import rulebook
from policies.reading import read_rules
from policies.rulebook import MOST_RULES, Rulebook
from schema.records import ChronologyEvent
from schema.services import Service
from tests.benchmarks.bench_decide import enlarged
from tests.benchmarks.bench_refusing import _cost
from tests.benchmarks.people.crowd import feed
from tests.house import WHO, House, house
from tests.protocol.attacks import WHY, body
from tests.rooms.graphql.conftest import Door, door_of

TIMES: Final = 40
RECORDS: Final = (10, 100, 1_000, 5_000)
RULES: Final = (200, 2_000, MOST_RULES, 20_000)
"""Up to four times as many as a version may have: the bound is lifted for that alone."""
PEOPLE: Final = (1_000, 10_000, 100_000)
CHRONOLOGY: Final = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  chronology(services: [SOCIAL_CARE]) {
    id date endDate kind title summary impact actionTaken outcome service } } }"""


def told(home: House, many: int) -> Callable[[Ask], Reply]:
    """Have social care hold so many events of whoever is asked about."""
    connector = home.connectors["social-care"]

    def reply(ask: Ask) -> Reply:
        held = connector.reply(ask)
        return replace(held, records={i: _events(records, many) for i, records in held.records.items()})

    return reply


def _events(records: Sequence[Held], many: int) -> Sequence[Held]:
    event = next((one for one in records if isinstance(one, ChronologyEvent)), None)
    return tuple(replace(event, id=f"e{n}") for n in range(many)) if event else records


async def _median(door: Door, query: str) -> tuple[float, int]:
    sent = body(query, {"id": door.home.ids["maya"], "context": WHY})
    await _cost(door, sent, 5)
    spent, size, became = await _cost(door, sent, TIMES)
    assert became == "answered", became
    return spent, size


async def records() -> None:
    """Print what a chronology costs by its length."""
    print("| events | ms of processor | microseconds each | bytes |\n|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as home, door_of(home, Path(folder)) as door:
            for many in RECORDS:
                home.connectors["social-care"].misbehave = told(home, many)
                spent, size = await _median(door, CHRONOLOGY)
                print(f"| {many:,} | {spent:.2f} | {1_000 * spent / many:.1f} | {size:,} |", flush=True)


async def rules() -> None:
    """Print what who is involved costs by how many rules there are."""
    print("\n| rules | ms of processor |\n|---:|---:|")
    shipped = read_rules()
    for held in (shipped, *map(_grown, RULES)):
        with _as_many_as_it_takes(), tempfile.TemporaryDirectory() as folder:
            async with house(Path(folder), rulebook=held) as home, door_of(home, Path(folder)) as door:
                spent, _ = await _median(door, WHO)
                print(f"| {len(held.rows):,} | {spent:.2f} |", flush=True)


def _grown(many: int) -> Rulebook:
    with _as_many_as_it_takes():
        return Rulebook(enlarged(read_rules().rows, many))


@contextmanager
def _as_many_as_it_takes() -> Iterator[None]:
    with patch.object(rulebook, "MOST_RULES", RULES[-1]), patch.object(lifecycle, "MOST_RULES", RULES[-1]):
        yield


async def people(most: int) -> None:
    """Print what who is involved costs by how many others are in the index."""
    print("\n| people indexed | ms of processor |\n|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as home, door_of(home, Path(folder)) as door:
            for many in (one for one in PEOPLE if one <= most):
                await home.index.refresh("crowd", Service.UNIVERSAL, feed(many))
                spent, _ = await _median(door, WHO)
                print(f"| {many:,} | {spent:.2f} |", flush=True)


async def main() -> None:
    """Print the three tables."""
    await records()
    await rules()
    await people(PEOPLE[-1])


if __name__ == "__main__":
    asyncio.run(main())
