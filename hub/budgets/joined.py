"""The room joined: counting, and what leads are to look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.alarms import Alarms, BudgetObserver
from hub.budgets.budgets import Budgets
from hub.budgets.limits import Limits
from hub.budgets.names import BudgetNames
from hub.budgets.storing import Storing
from hub.keys import Keyring
from hub.reviews.items import Items
from hub.reviews.watching import Reviews
from hub.reviews.workers import WorkerHashes
from hub.store.database import Database


@dataclass(frozen=True, slots=True)
class Watching:
    """What every question and search passes through before it is answered, and what looks at it afterwards."""

    budgets: Budgets
    reviews: Reviews
    storing: Storing


def watching(
    database: Database,
    keyring: Keyring,
    ledger: Ledger,
    limits: Limits,
    clock: Callable[[], datetime],
    observer: BudgetObserver,
) -> Watching:
    """Join counting and looking over one database."""
    pseudonyms, items, storing = Pseudonyms(keyring), Items(database, clock), Storing(database)
    alarms = Alarms(items, pseudonyms, observer)
    budgets = Budgets(storing, BudgetNames(keyring), limits, ledger, pseudonyms, alarms, clock)
    return Watching(budgets, Reviews(database, items, WorkerHashes(keyring), pseudonyms, limits.watch), storing)
