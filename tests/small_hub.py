"""A small hub of one source, served over real HTTP within the test's own process."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import uvicorn

from hub.commands.serve import server
from hub.joined import Hub
from hub.observing import Observer
from hub.settings import Settings, read_settings

SOURCE = """
id = "housing"
service = "HOUSING"
name = "Housing"
owner = "Made-up Homes"
agency = "made-up-homes"
system = "plain"
[connection]
transport = "files"
folder = "{folder}"
files.tenancies = {{ name = "tenancies.csv" }}
[[map]]
record = "Identity"
from = "tenancies"
person = "ref"
names = [{{ given = "given", family = "family" }}]
"""


def settings_in(folder: Path, **given: object) -> Settings:
    """Furnish a folder with one source, and give settings for it."""
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    (sources / "housing.toml").write_text(SOURCE.format(folder=folder / "housing"), "utf-8")
    (folder / "housing").mkdir(exist_ok=True)
    (folder / "housing" / "tenancies.csv").write_text("ref,given,family\n1,Ada,Finch\n", "utf-8")
    return read_settings({}, **({"env": "demo", "data": folder, "port": 0} | given))


@contextlib.asynccontextmanager
async def served(settings: Settings, log: io.StringIO) -> AsyncIterator[tuple[httpx2.AsyncClient, Hub]]:
    """Serve over real HTTP, as ``hub serve`` does."""
    running = server(settings, Observer(log))
    running.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the tests keep theirs
    task = asyncio.create_task(running.serve())
    try:
        while not running.started:
            assert not task.done()
            await asyncio.sleep(0.005)
        port = running.servers[0].sockets[0].getsockname()[1]
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert isinstance(running, uvicorn.Server)
            yield client, running.config.app.state.hub  # type: ignore[union-attr] # it is the application
    finally:
        running.should_exit = True
        await task


async def until_ready(client: httpx2.AsyncClient) -> None:
    """Wait until questions can be answered."""
    async with asyncio.timeout(20):
        while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 -- a state polled over HTTP
            await asyncio.sleep(0.01)
