"""Upkeep: what the hub does by itself, every so often, besides answering."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

from hub.audit.errors import LedgerDamaged, LedgerUnavailable
from hub.audit.kept import Kept, PutBack
from hub.audit.ledger import Ledger
from hub.budgets.budgets import Budgets
from hub.governance.acting import Acting
from hub.governance.forgetting import forget
from hub.governance.posting import Posted
from hub.identity.owed import Owed
from hub.identity.sign_in_room import SignInRoom
from hub.keys import KeysError
from hub.observing import LogEvent, Observer
from hub.store.database import BROKEN, Database, StoreUnavailable

CHECKPOINT_EVERY = 60.0
"""Seconds."""

TELL_EVERY = 10.0
"""Seconds."""

SWEEP_EVERY = 3_600.0
"""Seconds."""

SEALED_FOR = 2.0
"""Seconds after which a hub without the right keys looks again whether they are there."""


async def checkpoints(ledger: Ledger, kept: Kept | None, database: Database, observer: Observer) -> None:
    """Sign the ledger's head every so often, and keep it elsewhere; a database that was put back is served no more."""
    while True:
        await asyncio.sleep(CHECKPOINT_EVERY)
        with contextlib.suppress(LedgerUnavailable, *BROKEN):
            await ledger.checkpoint()
            await keep(ledger, kept, database, observer)


async def keep(ledger: Ledger, kept: Kept | None, database: Database, observer: Observer) -> None:
    """Keep the last checkpoint elsewhere, if anywhere, and stop writing to a ledger it does not follow from."""
    if kept is None:
        return
    try:
        await kept.keep(database)
    except PutBack as error:
        ledger.halt(error.code)
        observer.say(LogEvent.NOT_READY, code=error.code)
    except LedgerDamaged as error:
        observer.say(LogEvent.NOT_READY, code=error.code)


async def sweeps(budgets: Budgets, acting: Acting) -> None:
    """Forget every so often what no budget counts any more, and saved chronologies whose time is over."""
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        for forgets in (budgets.sweep, partial(forget, acting)):
            with contextlib.suppress(StoreUnavailable):
                await forgets()


async def carrying(owed: Owed) -> None:
    """Write every so often what the ledger is owed: of whoever signed out, and of watches that ended."""
    while True:
        await asyncio.sleep(TELL_EVERY)
        with contextlib.suppress(LedgerUnavailable, StoreUnavailable, *BROKEN):
            await owed.settle()


async def sign_in_upkeep(room: SignInRoom) -> None:
    """Forget every so often sign-ins and sessions long over."""
    while True:
        await asyncio.sleep(CHECKPOINT_EVERY)
        with contextlib.suppress(LedgerUnavailable, StoreUnavailable, *BROKEN):
            await room.signing_in.attempts.sweep()
            await room.signing_in.sessions.sweep()


async def notices(posted: Posted, database: Database, observer: Observer) -> None:
    """Send what leads are to be told, within seconds; call somebody once where an agency's address takes nothing."""
    refusing: frozenset[str] = frozenset()
    while True:
        await asyncio.sleep(TELL_EVERY)
        with contextlib.suppress(StoreUnavailable, *BROKEN):
            before, refusing = refusing, await posted.round(database)
            if refusing - before:
                observer.alert("notices-not-taken")


async def until_there_are_keys(begin: Callable[[], Awaitable[None]]) -> None:
    """Stay sealed, opening nothing and answering nobody, until the right keys are there."""
    while True:
        await asyncio.sleep(SEALED_FOR)
        with contextlib.suppress(KeysError, *BROKEN):
            await begin()
            return
