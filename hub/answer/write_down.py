"""Writing down that something is asked, in what is left of the time a question may wait for what it writes to.

Where a write hangs it may hold the one lock that counting the question waits for as well: the two together take no
longer than a ledger that cannot be written may keep a question waiting.
"""

import asyncio
from collections.abc import Iterable

from hub.audit.entries import Entry
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import DEADLINE, Ledger

LEAST = 0.25
"""Seconds the ledger has at least."""

AT_ONCE = 0.05
"""Seconds of counting that are not worth a timer beside the ledger's own."""


async def write_down(ledger: Ledger, entries: Iterable[Entry], waited: float) -> None:
    """Return when the entries are durable; LedgerUnavailable where they are not in time.

    ``waited`` are the seconds that counting the question took.
    """
    if waited < AT_ONCE:
        await ledger.append(*entries)
        return
    try:
        async with asyncio.timeout(max(LEAST, DEADLINE - waited)):
            await ledger.append(*entries)
    except TimeoutError:
        raise LedgerUnavailable("deadline") from None
