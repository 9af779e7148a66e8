"""``hub sources reconcile``: read whole index feeds now, and take off the index whom they no longer name."""

import asyncio
from typing import Annotated

import typer

from connectors.errors import SourceError
from connectors.registry import connect
from connectors.source import SourceConfig, read_sources
from hub.clock import now
from hub.commands.saying import DataOption, Refused, err, plainly
from hub.keys import read_keys
from hub.people.feed_read import Refresh
from hub.people.index import PersonIndex
from hub.people.proving_keys import prove
from hub.people.reconcile import FeedShrank
from hub.settings import Environment, Settings, read_settings
from hub.store.database import BROKEN, Database

SourceArgument = Annotated[str, typer.Argument(help="The source's id.")]
BelievedOption = Annotated[bool, typer.Option("--believed", help="However many are gone, they are gone.")]


def reconcile(source: SourceArgument, believed: BelievedOption = False, data: DataOption = None) -> None:
    """Read a source's whole index feed now, and take off the index whom it no longer names."""
    with plainly():
        settings = read_settings(data=data, env=Environment.DEVELOPMENT.value)
        found = [config for config in read_sources(settings.sources_folder) if config.id == source]
        if not found:
            raise Refused("no source has that id: see `hub sources list`")
        done = asyncio.run(_reconcile(settings, found[0], believed=believed))
    err.print(
        f"{done.read:,} read: {done.added:,} added, {done.changed:,} changed, {done.linked:,} linked, "
        f"{done.ended:,} taken off."
    )


async def _reconcile(settings: Settings, config: SourceConfig, *, believed: bool) -> Refresh:
    connector, keyring = connect(config), read_keys(settings.keys_folder)
    database = Database(settings.database)
    try:
        if not connector.capabilities.feeds_index:
            raise Refused(f"{config.id} gives no index feed: it is asked to find each person")
        await database.upgrade()
        await prove(database, keyring)
        index = PersonIndex(database, keyring, now)
        feed = connector.identities(None)
        return await index.reconcile(
            config.id, config.service, feed, lambda count: err.print(f"{count:,} read"), believed=believed
        )
    except FeedShrank as error:
        raise Refused(f"{error}: nobody was taken off. If they are gone, say --believed") from None
    except SourceError as error:
        raise Refused(f"{config.id} could not be read to its end ({error.code}): nobody was taken off") from None
    except BROKEN as error:
        raise Refused(f"the hub's database cannot be used: {type(error).__name__}") from None
    finally:
        await connector.close()
        await database.close()
