"""What deciding costs: Casbin asked cell by cell against the compiled form, at 200 and 2 000 rules. Run this file.

The shipped rules are enlarged in two ways: with copies for other agencies, as a county really grows, and with copies
that speak of every agency, so that every rule must be looked at.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import process_time, thread_time
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from hub.answer import deciding
from policies.compiled import FIELDS
from policies.decide import decide
from policies.facts import (
    AgreementState,
    Asker,
    BasisState,
    ConsentState,
    Facts,
    NotToShare,
    ObjectionState,
    RelationshipState,
)
from policies.reading import read_rules
from policies.referee import Referee
from policies.rows import RuleRow
from policies.rulebook import MOST_RULES, Rulebook
from policies.service_mask import ServiceMask
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service
from tests.house import house

ASKER = Asker("front-door-worker", "county-council", Purpose.CHILD_PROTECTION)
FACTS = Facts(
    LawfulBasis.CHILDREN_ACT_1989_S47,
    ConsentState.NOT_RECORDED,
    AgreementState.IN_FORCE,
    RelationshipState.REFERENCE_GIVEN,
    basis_state=BasisState.IN_FORCE,
    objection=ObjectionState.NONE,
    not_to_share=NotToShare.NONE,
)
HEALTH = Service("HEALTH")
EVERY = frozenset(FIELDS)
NINE = {service.value: (service, FACTS) for service in Service}
TEN = tuple(FieldId(f) for f in sorted(FIELDS) if f.startswith(("ChronologyEvent.", "Involvement.")))[:10]
RECORDS, AT = 1_000, (200, 2_000)


def enlarged(rows: tuple[RuleRow, ...], count: int, *, anywhere: bool = False) -> Iterator[RuleRow]:
    """Give the shipped rules and copies of them up to a count: for other agencies, or for every one."""
    yield from rows
    for n in range(count - len(rows)):
        row = rows[n % len(rows)]
        yield replace(row, id=f"{row.id}-copy-{n}", agency=row.agency if anywhere else (f"agency-{n}",))


def timed(times: int, action: Callable[[int], object]) -> float:
    """Give the median processor time of an action in milliseconds: what else the machine does is not in it."""
    spent = []
    for n in range(times):
        start = thread_time()
        action(n)
        spent.append(thread_time() - start)
    return median(spent) * 1_000


def applied(mask: ServiceMask, labels: list[frozenset[Label]]) -> int:
    """Apply a mask to a thousand records of ten fields; count what shows."""
    shown = 0
    for carried in labels:
        allowed = mask.shown(carried)
        for field in TEN:
            if field in allowed:
                shown += 1
    return shown


def lines(count: int, *, anywhere: bool) -> Iterator[tuple[str, float]]:
    """Measure one rulebook."""
    start = process_time()
    rulebook = Rulebook(enlarged(read_rules().rows, count, anywhere=anywhere))
    yield "a rulebook made: validated, compiled, proved against Casbin", (process_time() - start) * 1_000
    referee = Referee(rulebook.rows)
    cells = [(FIELDS[n % len(FIELDS)], n) for n in range(60)]
    naive = timed(len(cells), lambda n: referee.shows(ASKER, HEALTH, FACTS, cells[n][0], CATALOGUE[cells[n][0]].label))
    yield "Casbin, one cell", naive
    yield (
        f"Casbin, {RECORDS} records x {len(TEN)} fields (its cell {RECORDS * len(TEN)} times)",
        naive * RECORDS * len(TEN),
    )
    askers = [replace(ASKER, agency=f"council-{n}") for n in range(1, 1_000)]
    rulebook.ruling(ASKER, HEALTH, FACTS)
    yield (
        "compiled, a mask for one service, never asked before",
        timed(500, lambda n: rulebook.ruling(askers[n], HEALTH, FACTS)),
    )
    yield (
        "compiled, masks for nine services, never asked before",
        timed(200, lambda n: decide(askers[500 + n], NINE, EVERY, rulebook)),
    )
    yield "compiled, masks for nine services, asked before", timed(500, lambda _: decide(ASKER, NINE, EVERY, rulebook))
    one = decide(ASKER, {"gp": (HEALTH, FACTS)}, EVERY, rulebook)["gp"]
    mixed = Random(1)  # noqa: S311 -- which record is labelled
    labels = [frozenset({mixed.choice(list(Label))}) if mixed.random() < 0.1 else frozenset() for _ in range(RECORDS)]
    yield (
        f"compiled, applied to {RECORDS} records x {len(TEN)} fields, one in ten labelled",
        timed(50, lambda _: applied(one, labels)),
    )
    yield (
        "every field of nine services explained, never asked before",
        timed(
            60, lambda n: [m.decide(f) for m in decide(askers[800 + n], NINE, EVERY, rulebook).values() for f in EVERY]
        ),
    )


@contextlib.contextmanager
def counting(room: ModuleType, name: str, spent: list[float]) -> Iterator[None]:
    """Add the processor time spent in a room's function to the last of a list."""
    plain = getattr(room, name)

    def counted(*given: Any) -> Any:
        start = thread_time()
        found = plain(*given)
        spent[-1] += thread_time() - start
        return found

    setattr(room, name, counted)
    try:
        yield
    finally:
        setattr(room, name, plain)


async def share(rulebook: Rulebook) -> tuple[float, float, float]:
    """Give median processor ms by these rules: of an answer, of its facts and decisions, and of decisions alone."""
    whole: list[float] = []
    both, alone = list[float](), list[float]()
    with (
        tempfile.TemporaryDirectory() as folder,
        counting(deciding.Decisions, "of", both),
        counting(deciding, "decide", alone),
    ):
        async with house(Path(folder), rulebook=rulebook) as home:
            for _ in range(150):
                both.append(0.0)
                alone.append(0.0)
                start = process_time()
                await home.person()
                whole.append(process_time() - start)
    return median(whole) * 1_000, median(both) * 1_000, median(alone) * 1_000


def main() -> None:
    """Print the tables."""
    for count in AT:
        for anywhere in (False, True):
            kind = "every copy for every agency" if anywhere else "copies for other agencies"
            print(f"### {count:,} rules, {kind}; {len(FIELDS)} fields\n\n| what | median ms of processor |\n|---|---|")
            for what, cost in lines(count, anywhere=anywhere):
                print(f"| {what} | {cost:,.3f} |", flush=True)
            print()
    print("| rules | an answer, ms | facts and decisions | decisions |\n|---|---|---|---|")
    for rulebook in (read_rules(), *(Rulebook(enlarged(read_rules().rows, count)) for count in AT)):
        whole, both, alone = asyncio.run(share(rulebook))
        shares = f"{100 * both / whole:.1f} % | {100 * alone / whole:.1f} %"
        print(f"| {len(rulebook.rows):,} | {whole:.1f} | {shares} |", flush=True)
    print()
    start = process_time()
    rulebook = Rulebook(enlarged(read_rules().rows, MOST_RULES))
    spent, held = process_time() - start, getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(f"The most rules there may be, {len(rulebook.rows):,}: made in {spent:.1f} s; {held:.0f} MB at the highest.")


if __name__ == "__main__":
    main()
