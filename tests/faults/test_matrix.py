"""Every fault at every transport, over real servers, databases and files, through the room that asks them."""

from collections.abc import Iterator

import pytest

from tests.faults.databases import Server, postgresql
from tests.faults.expected import EXPECTED, MEANT, cells, told
from tests.faults.judge import Expected, wrong
from tests.faults.kinds import Fault, Transport
from tests.faults.matrix import run

BUSY_MACHINE = 1.25
"""Seconds beyond the deadline that a test allows; the printed table allows a quarter."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Start one PostgreSQL server for all."""
    with postgresql() as started:
        yield started


@pytest.mark.parametrize(
    ("transport", "fault", "expected"), cells(), ids=lambda v: v.name if hasattr(v, "name") else ""
)
async def test_a_fault_is_named_cut_short_and_kept_to_itself(
    transport: Transport, fault: Fault, expected: Expected, server: Server
) -> None:
    """The right outcome and code in time, memory within bounds, no value where none may be, the neighbour as ever."""
    assert wrong(await run(transport, fault, server), expected, BUSY_MACHINE) == []


@pytest.mark.parametrize("transport", list(Transport))
async def test_without_a_fault_every_transport_answers(transport: Transport, server: Server) -> None:
    """What the matrix judges is a source that works when nothing is wrong."""
    healthy = EXPECTED[Fault.CLOCK][Transport.REST]
    assert isinstance(healthy, Expected)
    assert wrong(await run(transport, Fault.NONE, server), healthy, BUSY_MACHINE) == []


def test_every_cell_is_told() -> None:
    """Each fault has a word for each transport and for itself; where it cannot be, the table says why."""
    assert set(EXPECTED) == set(MEANT) == set(Fault) - {Fault.NONE}
    for row in EXPECTED.values():
        assert set(row) == set(Transport)
        assert all(told(cell) for cell in row.values())
