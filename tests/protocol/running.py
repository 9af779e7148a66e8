"""A hub that runs: the whole application over real HTTP on a free port, with one small source and real tokens."""

import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.joined import Hub
from hub.settings import Environment, Settings
from tests.small_hub import served, settings_in, until_ready

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


@contextlib.asynccontextmanager
async def running(folder: Path, **given: object) -> AsyncIterator[Running]:
    """Run a hub until the block ends."""
    settings, log = settings_in(folder, **given), io.StringIO()
    async with served(settings, log) as (client, hub):
        await until_ready(client)
        yield Running(f"{str(client.base_url).rstrip('/')}/graphql", hub, settings, log)
