"""The matrix: every fault at every transport, connected as an operator would and asked as the hub asks."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from connectors.registry import connect
from connectors.source import LimitsConfig, SourceConfig
from hub.answer.sources import ConnectedSource
from tests.faults import databases, drops, web
from tests.faults.judge import DEADLINE, Seen, judged
from tests.faults.kinds import WEB, Fault, Transport

SYSTEMS = {Transport.FHIR: "uk_core", Transport.GRAPHQL: "upstream_graphql"}
LATE = (Fault.DRIP, Fault.HANG)
BLOCK = {"record": "Involvement", "from": "stays", "person": "who", "id": "ref", "fields": {"team": "team"}}


def source(name: str, transport: Transport, connection: dict[str, Any], **limits: Any) -> SourceConfig:
    """Describe a source, as its file would."""
    return SourceConfig(
        id=name,
        service="HOUSING",
        name=name,
        owner=name,
        agency=name,
        system=SYSTEMS.get(transport, "plain"),
        connection=connection,
        map=() if transport is Transport.FHIR else (BLOCK,),
        limits=LimitsConfig(**{"deadline": DEADLINE, "connect": 0.4, **limits}),
        path=Path(f"{name}.toml"),
    )


@asynccontextmanager
async def connected(
    transport: Transport, fault: Fault, server: databases.Server, name: str = "asked", **limits: Any
) -> AsyncIterator[ConnectedSource]:
    """Run an agency's system with one fault, and connect it."""
    with tempfile.TemporaryDirectory(prefix="hub-fault-") as folder:
        match transport:
            case Transport.SQL:
                opened = databases.connection(fault, Path(folder), server)
            case Transport.FILES:
                opened = drops.connection(fault, Path(folder))
            case _:
                opened = web.connection(transport, fault, Path(folder))
        async with opened as connection:
            config = source(name, transport, connection, **limits)
            connector = connect(config)
            try:
                yield ConnectedSource.of(config, connector)
            finally:
                await connector.close()


async def run(transport: Transport, fault: Fault, server: databases.Server) -> Seen:
    """Run one cell: the faulty source beside a healthy one of another kind."""
    beside = Transport.SQL if transport in WEB else Transport.REST
    # What ought to be known at once is not cut short because this machine was busy for a moment.
    patience = {} if fault in LATE else {"deadline": 3.0, "connect": 1.0}
    async with (
        connected(transport, fault, server, **patience) as asked,
        connected(beside, Fault.NONE, server, "neighbour", deadline=5.0) as neighbour,
    ):
        return await judged(asked, neighbour)
