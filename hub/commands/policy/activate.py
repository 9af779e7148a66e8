"""``hub policy activate``: make this build's rules the ones that count."""

import asyncio

from hub.app import now
from hub.audit.entries import Event, new_record_id
from hub.audit.ledger import Ledger
from hub.commands.saying import DataOption, Refused, err, plainly
from hub.commands.token import demo_settings
from hub.governance.register import Register
from hub.keys import read_keys
from hub.settings import Settings
from hub.store.database import BROKEN, Database
from policies.reading import read_rules

DESK = "policy-desk"
"""The log in the ledger that this command writes: a replica's own is held by the replica."""


def activate(data: DataOption = None) -> None:
    """Make this build's rules the active ones: replicas of another build answer NOT_READY from then on."""
    with plainly():
        settings, version = demo_settings(data), read_rules().version
        try:
            asyncio.run(_activate(settings, version))
        except BROKEN as error:
            raise Refused(f"the database cannot be written: {type(error).__name__}") from None
    err.print(f"Active policy version: {version}")


async def _activate(settings: Settings, version: str) -> None:
    """Write it down first: a change of the rules that nobody can find again must not happen."""
    keyring, database = read_keys(settings.keys_folder), Database(settings.database)
    try:
        await database.upgrade()
        ledger = await Ledger.open(database, keyring, replica=DESK, clock=now)
        try:
            record = new_record_id()
            await ledger.append(Event(record, record, now(), "policy-activated", facts={"version": f"v-{version}"}))
            await Register(database).activate(version, now())
        finally:
            await ledger.close()
    finally:
        await database.close()
