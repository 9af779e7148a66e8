"""Sources over the agencies' process, at the limits a source ships with, and how they are asked."""

import collections
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.contract import LocalId
from connectors.registry import connect
from connectors.source import LimitsConfig, SourceConfig
from hub.answer.gather import Errand, Found, gather
from hub.answer.sources import ConnectedSource
from tests.faults.agency import Running
from tests.faults.kinds import ASKED, Transport
from tests.faults.matrix import BLOCK

REQUEST = 8.0
"""Seconds a request may take."""


async def about(stack: AsyncExitStack, agencies: Running, kind: str, name: str, **limits: Any) -> ConnectedSource:
    """Connect one system of a kind; closed with the stack."""
    resource = {"path": "stays", "people_param": "who", "items": "items"}
    connection = {"transport": Transport.REST, "base_url": agencies.at(kind, name), "resources": {"stays": resource}}
    config = SourceConfig(
        id=name,
        service="HOUSING",
        name=name,
        owner=name,
        agency=name,
        system="plain",
        connection=connection,
        map=(BLOCK,),
        limits=LimitsConfig(**limits),
        path=Path(f"{name}.toml"),
    )
    connector = connect(config)
    stack.push_async_callback(connector.close)
    return ConnectedSource.of(config, connector)


async def healthy(stack: AsyncExitStack, agencies: Running, count: int, **limits: Any) -> list[ConnectedSource]:
    """Connect so many systems that are well."""
    return [await about(stack, agencies, "well", f"well-{n}", **limits) for n in range(count)]


async def ask(sources: Iterable[ConnectedSource], person: str = ASKED) -> dict[str, Found]:
    """Ask sources about a person, as step 4 does."""
    errands = {s.config.id: Errand(person, s, s.connector.capabilities.fields, (LocalId(person),)) for s in sources}
    return await gather(errands, deadline=REQUEST, clock=lambda: datetime.now(UTC))


def outcomes(found: Mapping[str, Found]) -> collections.Counter[str]:
    """Count outcomes."""
    return collections.Counter(f.outcome.value for f in found.values())
