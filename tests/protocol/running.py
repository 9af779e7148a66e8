"""A hub that runs: the whole application over real HTTP on a free port, with one small source and real tokens."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
from starlette.applications import Starlette

from hub.app import Hub
from hub.commands.serve import server
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.observing import Observer
from hub.settings import Environment, Settings, read_settings

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

WORKER = Requester("demo:g", "Grace", "front-door-worker", "brookshire-council", "tests")
OFFICER = Requester("demo:i", "Imran", "ig-officer", "brookshire-council", "tests")


@dataclass(frozen=True, repr=False)
class Running:
    """A hub that runs, where it is, and what it logged."""

    address: str
    hub: Hub
    settings: Settings
    stream: io.StringIO

    def token(self, who: Requester = WORKER) -> str:
        """Give a bearer token of the development issuer."""
        return DevelopmentIssuer(self.settings.data, Environment.DEMO).token(who, audience=self.settings.audience)

    @property
    def log(self) -> str:
        """Give all that was logged so far."""
        return self.stream.getvalue()


def settings_in(folder: Path, **given: object) -> Settings:
    """Furnish a folder with one source, and give settings for it."""
    for name in ("sources", "housing"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "sources" / "housing.toml").write_text(SOURCE.format(folder=folder / "housing"), "utf-8")
    (folder / "housing" / "tenancies.csv").write_text("ref,given,family\n1,Ada,Finch\n", "utf-8")
    return read_settings({}, **({"env": "demo", "data": folder, "port": 0} | given))


@contextlib.asynccontextmanager
async def running(folder: Path, **given: object) -> AsyncIterator[Running]:
    """Run a hub until the block ends."""
    settings, log = settings_in(folder, **given), io.StringIO()
    serving = server(settings, Observer(log))
    serving.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the tests keep theirs
    task = asyncio.create_task(serving.serve())
    try:
        while not serving.started:
            assert not task.done()
            await asyncio.sleep(0.005)
        address = f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
        app = serving.config.app
        assert isinstance(app, Starlette)
        async with httpx2.AsyncClient(base_url=address) as client, asyncio.timeout(30):
            while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 -- a state polled over HTTP
                await asyncio.sleep(0.01)
        yield Running(f"{address}/graphql", app.state.hub, settings, log)
    finally:
        serving.should_exit = True
        await task
