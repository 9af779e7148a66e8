"""Verifying the ledger: whether it is as it was written, read whole and proved by the public key alone."""

from typing import Any, Final

from hub.audit.export import log_sizes
from hub.audit.verify import verify_database
from hub.governance.acting import Note
from hub.graphql.governing.room import by_of
from hub.web.pages.visit import Shown, Visit

MOST: Final = 50_000
"""Entries that are read while somebody waits; of more, the command does it beside the hub."""

_FEW: Final = 50
"""Pieces of damage to list."""


async def ledger(visit: Visit) -> Shown:
    """Say how large the ledger is, or verify it."""
    room = visit.governing.acting
    async with room.database.snapshot() as connection:
        size = sum((await log_sizes(connection)).values())
    values: dict[str, Any] = {"tab": "ledger", "size": size, "large": size > MOST, "done": None, "most": MOST}
    if visit.form is not None and size <= MOST:
        await room.note(by_of(visit.who), Note("ledger-verified", "ledger"))
        done = await verify_database(room.database, room.ledger.public_key)
        values |= {"done": done, "findings": done.findings[:_FEW]}
    return Shown("audit/ledger/page.html", "Verify the ledger", values)
