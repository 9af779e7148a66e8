"""The room of watches, joined."""

from collections.abc import Callable
from datetime import datetime

from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.graphql.asking import Asking
from hub.graphql.watching.bounds import Bounds
from hub.graphql.watching.pace import Pace
from hub.graphql.watching.places import Places
from hub.graphql.watching.room import Room
from hub.observing import Observer
from hub.settings import Settings


def room_of(
    settings: Settings,
    asking: Asking,
    ledger: Ledger,
    pseudonyms: Pseudonyms,
    observer: Observer,
    clock: Callable[[], datetime],
) -> Room:
    """Join what watches need, bound as the operator set it."""
    bounds = Bounds(settings.watch_seconds, settings.watches, settings.watches_each)
    places = Places(bounds, observer.watches)
    return Room(
        asking, ledger, pseudonyms, observer, places, Pace(bounds.begun), bounds, clock, settings.answer_step / 1000
    )
