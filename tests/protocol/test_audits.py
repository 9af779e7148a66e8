"""The public audits of GraphQL over HTTP (npm ``graphql-http``), asked of a hub that runs, with a real token.

``python -m tests.protocol.test_audits`` prints what they come to with either setting of the statuses.
"""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from hub.graphql.manner import Statuses
from tests.nodes import install, told
from tests.protocol.running import running

FOLDER = Path(__file__).parent / "audits"
MANY = 60
"""In graphql-http 1.22.4."""


async def results_of(folder: Path, **given: object) -> list[dict[str, str]]:
    """Ask every audit of a hub with these settings."""
    install(FOLDER)
    async with running(folder, graphql_get=True, **given) as hub:
        results: list[dict[str, str]] = await told(FOLDER, "audits.mjs", {"url": hub.address, "token": hub.token()})
        return results


async def test_every_public_audit_is_passed(tmp_path: Path) -> None:
    """All of them are OK as the hub ships, with GET let in."""
    results = await results_of(tmp_path)
    assert len(results) == MANY
    assert [r for r in results if r["status"] != "ok"] == []


def main() -> None:
    """Print what the audits come to with either setting of the statuses."""
    for statuses in Statuses:
        with tempfile.TemporaryDirectory() as folder:
            results = asyncio.run(results_of(Path(folder), graphql_statuses=statuses))
        kinds = Counter(r["status"] for r in results)
        print(f"{statuses.value}: {dict(kinds)} of {len(results)}")
        for r in results:
            if r["status"] != "ok":
                print(f"  {r['id']} {r['name']}: {r['reason']}")


if __name__ == "__main__":
    main()
