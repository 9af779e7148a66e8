"""Questions made out of the schema (by hypothesis-graphql, as schemathesis makes them), and what must be so of each.

``python -m tests.protocol.fuzz [how many]`` asks 5 000 of them, or as many as are said, and prints what became of them.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from hub.graphql.schema import build_schema
from tests.house import house
from tests.protocol.insisted import CUSTOM, check
from tests.rooms.graphql.conftest import Door, production_of

SDL: Final = build_schema().as_str()
WHO: Final = ("front-door", "ig-officer")


def questions() -> st.SearchStrategy[tuple[str, str]]:
    """Give a question of the schema's, and who asks it."""
    return st.tuples(from_schema(SDL, custom_scalars=CUSTOM), st.sampled_from(WHO))


async def asked(door: Door, query: str, who: str) -> list[str]:
    """Ask one question as somebody."""
    return check(await door.send(orjson.dumps({"query": query}), who=who))


def main(many: int) -> None:
    """Ask so many, and print what became of them."""
    became: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        opened = house(Path(folder))
        home = runner.run(opened.__aenter__())
        before = production_of(home, Path(folder))
        door = runner.run(before.__aenter__())

        @settings(max_examples=many, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(question=questions())
        def ask(question: tuple[str, str]) -> None:
            became.update(set(runner.run(asked(door, *question))))
            became["requests"] += 1

        ask()
        assert '"internal-error"' not in door.log()
        runner.run(before.__aexit__(None, None, None))
        runner.run(opened.__aexit__(None, None, None))
    print("| what became of it | requests |\n| --- | ---: |")
    for what, count in became.most_common():
        print(f"| `{what}` | {count} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
