"""Writing down that something is asked, in what is left of the time a question may wait for what it writes to.

Where a write hangs it may hold the one lock that counting the question waits for as well: the two together take no
longer than a ledger that cannot be written may keep a question waiting.
"""

from collections.abc import Iterable

from hub.audit.entries import Entry
from hub.audit.ledger import DEADLINE, Ledger

LEAST = 0.25
"""Seconds the ledger has at least."""


async def write_down(ledger: Ledger, entries: Iterable[Entry], waited: float) -> None:
    """Return when the entries are durable; LedgerUnavailable where they are not in time.

    ``waited`` are the seconds that counting the question took.
    """
    await ledger.append(*entries, within=max(LEAST, DEADLINE - waited))
