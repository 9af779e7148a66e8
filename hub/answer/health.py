"""Whether a source can be asked now: its connector's own word, within its deadline; whatever it raises is a code."""

import asyncio

from connectors.contract import Connector, Health
from connectors.errors import SourceError
from connectors.source import SourceConfig


async def health_of(source: SourceConfig, connector: Connector) -> Health:
    """Ask a source how it is."""
    try:
        async with asyncio.timeout(source.limits.deadline):
            return await connector.health()
    except TimeoutError:
        return Health(ok=False, code="deadline")
    except SourceError as error:
        return Health(ok=False, code=error.code)
    except Exception as error:  # noqa: BLE001 -- a connector of a third party may raise anything; it is named by type
        return Health(ok=False, code=f"raised-{type(error).__name__}")
