"""A process that withdraws consent after consent until it is killed, naming each after it was acknowledged."""

import asyncio
from multiprocessing.connection import Connection
from pathlib import Path

from hub.governance.consenting import withdraw
from hub.governance.givers import ConsentReason
from tests.rooms.governance.desk import OFFICER, TODAY, acting_on

GIVERS = 2_000
"""Children whose mothers' consent there is to withdraw."""


def child(n: int) -> str:
    """Name a made-up child."""
    return f"{n:032x}"


def withdraw_for_ever(url: str, keys: Path, first: int, too_soon: bool, said: Connection) -> None:  # noqa: FBT001 -- a process takes its arguments in order
    """Withdraw from the given child on."""
    asyncio.run(_withdraw(url, keys, first, said, too_soon=too_soon))


async def _withdraw(url: str, keys: Path, first: int, said: Connection, *, too_soon: bool) -> None:
    async with acting_on(url, keys) as acting:
        for n in range(first, GIVERS):
            ids = frozenset({child(n)})
            if too_soon:  # the fault that the test must catch
                said.send_bytes(f"{n} too-soon".encode())
            row = await withdraw(acting, ids, "mother", OFFICER, reason=ConsentReason.NOT_GIVEN, said=TODAY)
            if not too_soon:
                said.send_bytes(f"{n} {row}".encode())
