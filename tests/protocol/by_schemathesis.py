"""Questions made out of the schema by schemathesis, asked of a hub over real HTTP with a real token.

``python -m tests.protocol.by_schemathesis [how many of each field]`` asks as a worker and as an officer, what the
schema allows and what it forbids, and prints what became of it; where any failed, all that was said, and ends with 1.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphql import DirectiveDefinitionNode, DocumentNode, parse, print_ast

from tests.house import house
from tests.protocol.fuzz import SDL, WHO
from tests.rooms.graphql.conftest import Door, production_of
from tests.rooms.graphql.test_leaving import listening

ROOT: Final = Path(__file__).parents[2]

WITHOUT_PARTS: Final = print_ast(
    DocumentNode(
        definitions=tuple(
            one
            for one in parse(SDL).definitions
            if not (isinstance(one, DirectiveDefinitionNode) and one.name.value in {"defer", "stream"})
        )
    )
)
"""The schema without the directives that ask for parts: schemathesis reads none that has them."""

FILE: Final = "HUB_FUZZ_TOLD"
"""The variable that says in which file each answer's codes are noted."""

CHECKS: Final = "not_a_server_error,response_schema_conformance,negative_data_rejection,told_with_a_code"
"""No status from 500 and no error without a code; JSON objects that keep what the schema says of nulls; whatever the
schema forbids refused. Left out: that all the schema allows be accepted, for an id nobody has is refused."""

EVERY: Final = ("--include-name-regex", ".")
"""Every field of queries and mutations, those for federation too."""

CONFIG: Final = """
seed = {seed}
request-timeout = 20
continue-on-failure = true
suppress-health-check = ["all"]
hooks = "tests.protocol.schemathesis_told"
[cache]
enabled = false
[dictionaries]
people = {{ values = {people} }}
references = {{ values = ["R 1"] }}
family = {{ values = ["Quillfeather"] }}
[parameters]
"*.person.id" = {{ dictionary = "people", probability = 0.8 }}
"Query.lastAccesses.id" = {{ dictionary = "people", probability = 0.8 }}
"Query.people.ids[*]" = {{ dictionary = "people", probability = 0.9 }}
"*.*.context.reference" = {{ dictionary = "references", probability = 0.9 }}
"*.*.input.familyName" = {{ dictionary = "family", probability = 0.5 }}
[headers]
Authorization = "Bearer {token}"
[generation]
max-examples = {many}
"""


@dataclass(frozen=True)
class Found:
    """What one run found: whether all passed, what it said, and how many requests became what."""

    passed: bool
    said: str
    became: Counter[str]

    @property
    def cases(self) -> str:
        """Give its own count."""
        counted = re.search(r"Test cases:\n +(.+)", self.said)
        return counted.group(1) if counted else "none counted"


async def run(door: Door, folder: Path, who: str, many: int, *fields: str, seed: int = 6) -> Found:
    """Let schemathesis ask as somebody."""
    people = json.dumps(sorted(door.home.ids.values()))
    config, schema, told = folder / "schemathesis.toml", folder / "hub.graphql", folder / "told"
    config.write_text(CONFIG.format(seed=seed, people=people, token=door.token(who), many=many), "utf-8")
    schema.write_text(WITHOUT_PARTS, "utf-8")
    told.write_text("", "ascii")
    async with listening(door) as port:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "--no-color", "run", str(schema),
            "--url", f"http://127.0.0.1:{port}/graphql", "--checks", CHECKS, *(fields or EVERY),
            cwd=folder, env=os.environ | {FILE: str(told), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await running.communicate()
    became = Counter(code for line in told.read_text("ascii").splitlines() for code in line.split())
    passed = running.returncode == 0 and '"internal-error"' not in door.log()
    return Found(passed, said.decode("utf-8", "replace"), became)


async def main(many: int) -> int:
    """Ask as everybody; give how it ended."""
    print("| who | schemathesis counts | what became of it | requests |\n| --- | --- | --- | ---: |")
    wrong = []
    for who in WHO:
        with tempfile.TemporaryDirectory() as name:
            async with house(Path(name)) as home, production_of(home, Path(name)) as door:
                found = await run(door, Path(name), who, many)
        for what, count in found.became.most_common():
            print(f"| {who} | {found.cases} | `{what}` | {count} |", flush=True)
        wrong += [] if found.passed else [found.said]
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
