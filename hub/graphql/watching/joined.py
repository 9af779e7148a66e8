"""The room of watches, joined."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from hub.admitting.places import Places as Door
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.graphql.asking import Asking
from hub.graphql.watching.bounds import Bounds
from hub.graphql.watching.farewells import Farewells
from hub.graphql.watching.pace import Pace
from hub.graphql.watching.places import Places
from hub.graphql.watching.room import Room
from hub.identity.owed import Owed
from hub.observing import Observer
from hub.settings import Settings


@contextlib.asynccontextmanager
async def room_of(
    settings: Settings,
    asking: Asking,
    ledger: Ledger,
    pseudonyms: Pseudonyms,
    observer: Observer,
    clock: Callable[[], datetime],
    door: Door,
    owed: Owed,
) -> AsyncIterator[Room]:
    """Join what watches need, bound as the operator set it."""
    bounds = Bounds(settings.watch_seconds, settings.watches, settings.watches_each)
    places = Places(bounds, observer.watches)
    pace, step = Pace(bounds.begun), settings.answer_step / 1000
    farewells = Farewells(owed)
    try:
        yield Room(asking, ledger, pseudonyms, observer, places, door, farewells, pace, bounds, clock, step)
    finally:
        await farewells.close()
