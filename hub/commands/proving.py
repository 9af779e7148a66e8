"""Running the conformance kit against a live source, and saying what it found."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.conformance import PROMISES, Examples, Known, Report, check
from connectors.conformance.out_of_reach import out_of_reach
from connectors.contract import Ask, Connector, LocalId
from connectors.source import SourceConfig
from hub.answer.quality import named
from hub.commands.whom import Whom

STRANGER = LocalId("hub-check-knows-nobody")
"""An id no system gives anybody."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one promise: ``kept``, ``in part``, ``BROKEN`` or ``not tried``, and why."""

    promise: str
    outcome: str
    why: str = ""


def findings(report: Report) -> Iterator[Finding]:
    """Give every promise in the kit's order, with what became of it."""
    broken = {b.promise: b.where for b in report.broken}
    skipped = {s.promise: s.why for s in report.skipped}
    partly = {s.promise: s.why for s in report.partly}
    for name in PROMISES:
        said = name.replace("_", " ")
        if name in broken:
            yield Finding(said, "BROKEN", broken[name])
        elif name in skipped:
            yield Finding(said, "not tried", skipped[name])
        else:
            yield Finding(said, "in part" if name in partly else "kept", partly.get(name, ""))


async def unread_of(source: SourceConfig, connector: Connector, whom: Whom) -> tuple[tuple[str, str], ...]:
    """Ask for everything of the test person, and give what could not be read: the field and why, never the value."""
    try:
        async with asyncio.timeout(source.limits.deadline):
            local_id = await whom.at(connector)
            if local_id is None:
                return ()
            ask = Ask((local_id,), connector.capabilities.fields, datetime.now(UTC).date())
            return tuple(sorted({named(one) for one in (await connector.fetch(ask)).rejected}))
    except Exception:  # noqa: BLE001 -- whatever a connector raises, which promise it broke is told beside
        return ()


async def prove(source: SourceConfig, connector: Connector, whom: Whom) -> tuple[Finding, ...]:
    """Try every promise that one test person, or none, can try."""
    local_id = await whom.at(connector)
    elsewhere = out_of_reach(source)
    examples = Examples(
        known=() if local_id is None else (Known(local_id, whom.traits),),
        stranger=STRANGER,
        today=datetime.now(UTC).date(),
        deadline=source.limits.deadline,
        unreachable=elsewhere,
        whole=False,
    )
    try:
        return tuple(findings(await check(connector, examples)))
    finally:
        if elsewhere is not None:
            await elsewhere.close()
