"""``hub policy replay``: what a version would have meant to the questions that were really asked."""

from datetime import UTC, date, datetime, time
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from hub.commands.policy.desk import Desk, VersionArgument, at_desk
from hub.commands.saying import DataOption, JsonOption, err, out, print_json
from hub.governance.versions.compiling import compiled
from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.recorded import recorded
from policies.simulate.replay import Replay
from policies.simulate.replay import replay as replayed

SinceOption = Annotated[str | None, typer.Option("--since", help="The first day to replay, such as 2026-11-01.")]


def replay(
    before: VersionArgument,
    after: VersionArgument,
    since: SinceOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide recorded questions again by two stored versions: who gains and who loses, in counts. Nobody is named."""

    async def work(desk: Desk) -> Replay:
        versions = desk.room.versions
        old, new = [await compiled(await versions.read(v)) for v in (before, after)]
        return replayed([one async for one in recorded(desk.database, _day(since))], old, new)

    found = at_desk(data, work)
    if as_json:
        print_json(_told(found))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("Role", "Service", "Field", "Gained", "Lost"):
        table.add_column(column, overflow="fold")
    for one in found.fields:
        table.add_row(one.role, one.service, one.field, str(one.gained), str(one.lost))
    out.print(table, markup=False)
    err.print(
        f"{found.decisions} decisions replayed, {found.changed} changed; "
        f"{found.not_replayable} could not be: the ledger does not tell all they rested on."
    )
    if found.astray:
        err.print(f"{found.astray} were recorded otherwise than {before} decides them: look into the ledger.")


def _day(since: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    except ValueError:
        raise VersionRefused("--since: write a day such as 2026-11-01") from None


def _told(found: Replay) -> dict[str, object]:
    fields = [
        {"role": f.role, "service": f.service, "field": f.field, "gained": f.gained, "lost": f.lost}
        for f in found.fields
    ]
    counts = {"decisions": found.decisions, "changed": found.changed}
    return {**counts, "notReplayable": found.not_replayable, "astray": found.astray, "fields": fields}
