"""Every fault an agency can have, at every agency: the others' answers are as ever, its own says what happened."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from hub.demo.agencies import STAFF_DIRECTORY
from hub.demo.faults import DATABASE_FAULTS, DATABASES, FOLDER_FAULTS, FOLDERS, Fault, FaultKind
from tests.journeys.town import LISTS, SOURCES, WHOLE_DEADLINE, Town, of_source, outcomes

pytestmark = pytest.mark.asyncio(loop_scope="session")

GRACE = 2.5
"""Seconds beyond the deadline within which the answer must be there: less than any fault lasts, more than a busy
machine adds. How near the deadline it comes is measured by ``make faults``."""

LATE = {FaultKind.SLOW: "TIMED_OUT", FaultKind.HANG: "TIMED_OUT"}
"""What a fault makes of an agency; of every other, that it was unavailable."""


def fault(kind: FaultKind) -> Fault:
    """Give a fault; slow is slower than the town's patience."""
    return Fault(kind, WHOLE_DEADLINE + 5 if kind is FaultKind.SLOW else 0.0)


def possible(system: str) -> Iterator[FaultKind]:
    """Give the faults a system can have."""
    kinds = FOLDER_FAULTS if system in FOLDERS else DATABASE_FAULTS if system in DATABASES else tuple(FaultKind)
    return (k for k in kinds if k is not FaultKind.OK)


MATRIX = [(system, kind) for system in SOURCES for kind in possible(system)]


def values(given: Any) -> set[str]:
    """Give every value in what a source gave, however deep."""
    if isinstance(given, dict):
        return {v for inner in given.values() for v in values(inner)}
    if isinstance(given, list):
        return {v for inner in given for v in values(inner)}
    return set() if given is None else {str(given)}


def records(person: Any, source: str) -> Any:
    """Give a source's records alone."""
    given = of_source(person, source)
    return {part: given[part] for part in LISTS}


@pytest.mark.parametrize(("system", "kind"), MATRIX)
async def test_one_agency_is_wrong(town: Town, system: str, kind: FaultKind) -> None:
    """The other eight answer as if nothing were; the wrong one is said to be, in time, and shows nothing untrue."""
    healthy = await town.healthy()
    async with town.wrong({system: fault(kind)}):
        begun = time.monotonic()
        answer = await town.ask()
        took = time.monotonic() - begun
    for other in set(SOURCES) - {system}:
        assert of_source(answer, other) == of_source(healthy, other), other
    said = outcomes(answer)[system]
    if kind is FaultKind.WRONG_TYPES and said == "RECORDS":
        assert not next(s for s in answer["sources"] if s["source"] == system)["complete"]
        assert values(records(answer, system)) <= values(records(healthy, system))
    elif system in FOLDERS and kind is FaultKind.GARBAGE:
        # The last good drop still stands, and is said to be old.
        assert said == "STALE"
        assert records(answer, system) == records(healthy, system)
    else:
        assert said == LATE.get(kind, "UNAVAILABLE")
        assert not values(records(answer, system))
    assert took <= WHOLE_DEADLINE + GRACE


@pytest.mark.parametrize("survivor", SOURCES)
async def test_all_agencies_but_one_are_wrong(town: Town, survivor: str) -> None:
    """One healthy agency among eight hanging, broken or gone still gives all it has, within the deadline."""
    healthy = await town.healthy()
    ills = (FaultKind.HANG, FaultKind.GARBAGE, FaultKind.DOWN)
    faults = {s: fault(FaultKind.DOWN if s in FOLDERS else ills[n % 3]) for n, s in enumerate(SOURCES) if s != survivor}
    async with town.wrong(faults):
        begun = time.monotonic()
        answer = await town.ask()
        took = time.monotonic() - begun
    assert of_source(answer, survivor) == of_source(healthy, survivor)
    said = outcomes(answer)
    assert {s: said[s] for s in faults} == {s: LATE.get(f.kind, "UNAVAILABLE") for s, f in faults.items()}
    assert took <= WHOLE_DEADLINE + GRACE


async def test_all_agencies_are_gone(town: Town) -> None:
    """With nobody to ask, the answer still comes: every list is unknown, none is empty, and each agency is named."""
    await town.healthy()
    async with town.wrong({s: Fault(FaultKind.DOWN) for s in SOURCES}):
        answer = await town.ask()
    assert set(outcomes(answer).values()) == {"UNAVAILABLE"}
    assert {answer[part] for part in LISTS} == {None}
    assert all(s["contact"]["phone"] for s in answer["sources"])


@pytest.mark.parametrize("kind", list(possible(STAFF_DIRECTORY)))
async def test_the_staff_directory_is_wrong(town: Town, kind: FaultKind) -> None:
    """The directory holds telephone numbers only: the seven agencies without it, and whom the child knows, stand."""
    healthy = await town.healthy()
    async with town.wrong({STAFF_DIRECTORY: fault(kind)}):
        answer = await town.ask()
    for source in SOURCES:
        if source not in DATABASES:
            assert of_source(answer, source) == of_source(healthy, source)
        else:
            assert outcomes(answer)[source] in {"RECORDS", "UNAVAILABLE", "TIMED_OUT"}
            assert values(records(answer, source)) <= values(records(healthy, source))
