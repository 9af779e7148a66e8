"""A process that says who is who of pair after pair until it is killed, and tells of each once it is acknowledged."""

import asyncio
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from hub.governance import matching
from hub.keys import read_keys
from hub.people.index import PersonIndex
from tests.rooms.governance.desk import WORKER, acting_on
from tests.rooms.people.making import made, take, who


def index_on(acting_database: object, keys: Path) -> PersonIndex:
    """Open the index of a database."""
    return PersonIndex(acting_database, read_keys(keys), lambda: datetime.now(UTC))  # type: ignore[arg-type] # a Database


async def fill(url: str, keys: Path, pairs: int) -> None:
    """Let two sources give so many people whom no rule makes one: they live at different addresses."""
    async with acting_on(url, keys, "filling") as acting:
        index = index_on(acting.database, keys)
        for source, home in (("health", "BK3 4AB"), ("housing", "BK7 9ZZ")):
            await take(index, source, *(made(str(n), f"Child{n}", postcodes=(home,)) for n in range(pairs)))


def decide_for_ever(url: str, keys: Path, pairs: range, too_soon: bool, said: Connection) -> None:  # noqa: FBT001 -- a process takes its arguments in order
    """Decide on pair after pair: each is confirmed, and every other one is split again."""
    asyncio.run(_decide(url, keys, pairs, said, too_soon=too_soon))


async def _decide(url: str, keys: Path, pairs: range, said: Connection, *, too_soon: bool) -> None:
    async with acting_on(url, keys) as acting:
        index = index_on(acting.database, keys)
        for n in pairs:
            one, two = [await who(index, source, str(n)) or "" for source in ("health", "housing")]
            if one != two:
                if too_soon:  # the fault that the test must catch
                    said.send_bytes(f"{n} one".encode())
                await matching.confirm(acting, index, one, two, "the same child", WORKER)
            if not too_soon:
                said.send_bytes(f"{n} one".encode())
            if n % 2 and not too_soon:
                await matching.split(acting, index, one, "housing", "another child", WORKER)
                said.send_bytes(f"{n} two".encode())
