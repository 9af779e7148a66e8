"""A process that appends until it is killed, sending each receipt after it was given."""

import asyncio
from multiprocessing.connection import Connection
from pathlib import Path

from hub.audit.ledger import Ledger
from hub.keys import read_keys
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.stage import clock


def write_for_ever(url: str, keys: Path, receipts: Connection) -> None:
    """Append from eight tasks at once, for ever."""
    asyncio.run(_write(url, keys, receipts))


async def _write(url: str, keys: Path, receipts: Connection) -> None:
    ledger = await Ledger.open(Database(url), read_keys(keys), replica="a", clock=clock)

    async def writer() -> None:
        while True:
            for receipt in await ledger.append(people.intent(), people.event()):
                receipts.send_bytes(f"{receipt.seq} {receipt.record_id} {receipt.leaf.hex()}".encode())

    await asyncio.gather(*(writer() for _ in range(8)))
