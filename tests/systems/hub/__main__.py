"""``python -m tests.systems.hub [CHILDREN …]``: so many children through two hubs, over real HTTP, as a table."""

import asyncio
import io
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from connectors.contract import LocalId
from hub.settings import read_settings
from tests.small_hub import served, until_ready
from tests.systems.hub.measuring import Took, timed
from tests.systems.hub.northshire import AGREEMENT, COLUMNS, SOUTH, beside, registered

ROUNDS = 5
BUDGETS = """[user]
people_hour = 1000000
people_day = 1000000
searches_minute = 1000000
searches_hour = 1000000
[client]
people_hour = 1000000
people_day = 1000000
searches_hour = 1000000
[organisation]
people_hour = 1000000
people_day = 1000000
searches_hour = 1000000
"""


def rows(prefix: str, children: int) -> str:
    """Give a register of so many children; half of those of the flats are in the homes too, each with two postcodes."""
    lines = []
    for n in range(children):
        born = f"{n % 28 + 1:02}/{n % 12 + 1:02}/2012"
        given, family = (
            f"{'BDFGKLMNPR'[n % 10]}a{'lnmrst'[n // 10 % 6]}o",
            f"{'BDFGKLMNPR'[n // 10 % 10]}e{'lnmrst'[n % 6]}ton",
        )
        name, old = f"{given},{family}", f"NO{n % 9 + 1} {n % 9}AB"
        if prefix == "H" and n % 2:
            continue
        postcodes = (f"SO{n % 9 + 1} {n % 9}AA", old) if prefix == "S" else (old,)
        lines += [f"{prefix}{n},{name},{one},{born},North,01/02/2024,01632 960201" for one in postcodes]
    return COLUMNS + "\n".join(lines) + "\n"


async def _measured(children: int) -> list[Took]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "budgets.toml").write_text(BUDGETS, "utf-8")
        registered(folder / "south", "flats", "HOUSING", "southshire-homes", rows("S", children))
        async with beside(folder / "north", rows("H", children), folder / "budgets.toml") as north:
            (folder / "south" / "sources" / "north.toml").write_text(north.written(deadline=20.0), "utf-8")
            given = {"env": "demo", "data": folder / "south", "port": 0, "public_url": SOUTH, "deadline": 20.0}
            settings = read_settings({}, **given, budgets=folder / "budgets.toml")
            async with served(settings, io.StringIO()) as (http, south):
                await until_ready(http)
                providers = ("southshire-homes", "northshire-homes")
                await south.register.record_agreements([replace(AGREEMENT, id=p, provider=p) for p in providers])
                ids = await south.index.by_local("flats", [LocalId(f"S{n}") for n in range(children)])
                return await timed(north, south, http, list(ids.values()), ROUNDS)


def main() -> None:
    """Measure, and print."""
    sys.stdout.write("| children | what | ms | questions there |\n| ---: | --- | ---: | ---: |\n")
    for children in [int(one) for one in sys.argv[1:]] or [1, 10, 100]:
        for took in asyncio.run(_measured(children)):
            line = f"| {children} | {took.what} | {took.milliseconds:.0f} | {took.questions:.0f} |"
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
