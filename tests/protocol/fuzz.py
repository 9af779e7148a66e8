"""Questions made out of the schema (by hypothesis-graphql, as schemathesis makes them), and what must be so of each.

``python -m tests.protocol.fuzz [how many]`` asks 5 000 of them, or as many as are said, and prints what became of them.
"""

import asyncio
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx2
import orjson
from graphql import parse_value
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from hub.errors import Code
from hub.graphql.schema import build_schema
from tests.house import house
from tests.rooms.graphql.conftest import Door, production_of

SDL: Final = build_schema().as_str()
CODES: Final = frozenset(code.value for code in Code) - {Code.INTERNAL.value}
INSIDE: Final = re.compile(
    r"Traceback|File \"|\.py\b|/site-packages|\bsqlalchemy|\basyncpg|\bSELECT .* FROM\b|INSERT INTO"
    r"|\b[A-Z]\w+(?:Error|Exception)\b|\bhub\.[a-z]+\.|0x[0-9a-f]{8}|NoneType|object at"
)
"""What would tell of the inside: traces, paths, SQL, classes."""

WHO: Final = ("front-door", "ig-officer")


CUSTOM: Final = {
    "_Any": st.sampled_from(["Person", "Me"]).map(lambda kind: parse_value(f'{{__typename: "{kind}", id: "a"}}')),
    "Date": st.sampled_from(["2026-11-21", "1900-01-01", "x"]).map(nodes.String),
    "DateTime": st.sampled_from(["2026-11-21T10:00:00Z", "2026-11-21", "x"]).map(nodes.String),
}
"""Keys as gateways send them, and times right and wrong."""


def questions() -> st.SearchStrategy[tuple[str, str]]:
    """Give a question of the schema's, and who asks it."""
    return st.tuples(from_schema(SDL, custom_scalars=CUSTOM), st.sampled_from(WHO))


def check(response: httpx2.Response) -> list[str]:
    """Insist on what is promised of every answer; give its codes."""
    assert response.status_code < 500, response.text
    told: dict[str, Any] = response.json()
    assert set(told) <= {"data", "errors", "extensions"}
    assert "data" in told or told["errors"]
    for error in told.get("errors", ()):
        assert error["extensions"]["code"] in CODES, error
        assert not INSIDE.search(error["message"]), error
    return [str(error["extensions"]["code"]) for error in told.get("errors", ())] or ["answered"]


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
