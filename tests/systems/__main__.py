"""``python -m tests.systems``: print what became of every promise of the kit at every shipped system."""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from connectors.conformance import PROMISES, check
from hub.commands.proving import Finding, findings
from tests.systems.stages import STAGES


async def proved() -> Mapping[str, tuple[Finding, ...]]:
    """Try every promise at every system, one after the other."""
    found: dict[str, tuple[Finding, ...]] = {}
    for name, stage in STAGES.items():
        with tempfile.TemporaryDirectory(prefix="hub-stage-", ignore_cleanup_errors=True) as folder:
            async with stage(Path(folder)) as (connector, examples):
                found[name] = tuple(findings(await check(connector, examples)))
                await connector.close()
                if examples.unreachable is not None:
                    await examples.unreachable.close()
    return found


def table(found: Mapping[str, tuple[Finding, ...]]) -> str:
    """Write a row for each system and a column for each outcome, and below it what was not tried in full."""
    head = "| system | over | promises kept | in part | not tried | broken |\n| --- | --- | --- | --- | --- | --- |\n"
    rows = "".join(_row(*name.split(": ", 1), outcomes) for name, outcomes in found.items())
    notes = [(name, f) for name, fs in found.items() for f in fs if f.outcome != "kept"]
    return head + rows + "\n" + "".join(f"- {name}, *{f.promise}*, {f.outcome}: {f.why}.\n" for name, f in notes)


def _row(system: str, over: str, outcomes: tuple[Finding, ...]) -> str:
    counts = [sum(f.outcome == outcome for f in outcomes) for outcome in ("kept", "in part", "not tried", "BROKEN")]
    kept, partly, untried, broken = counts
    return f"| {system} | {over} | {kept} of {len(PROMISES)} | {partly or ''} | {untried or ''} | {broken or ''} |\n"


if __name__ == "__main__":
    sys.stdout.write(table(asyncio.run(proved())))
