"""A source that answers when a file is there: another process lets it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from connectors.contract import Ask, Connector, Reply


@contextmanager
def answering_when(gate: Path, connector: Connector) -> Iterator[None]:
    """Have a source answer only while a file is there."""
    fetch: Callable[[Ask], Any] = connector.fetch

    async def held(ask: Ask) -> Reply:
        while not gate.exists():  # noqa: ASYNC110, ASYNC240 -- a file of another process, and no event
            await asyncio.sleep(0.01)
        reply: Reply = await fetch(ask)
        return reply

    with patch.object(connector, "fetch", held):
        yield
