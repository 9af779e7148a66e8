"""``hub policy history``: what was done to versions of the rules."""

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from hub.commands.policy.desk import Desk, at_desk
from hub.commands.saying import DataOption, JsonOption, out, print_json
from hub.governance.versions.steps import Step


def history(
    version: Annotated[str | None, typer.Argument(help="One version's id; all if none.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was done to versions of the rules, by whom and why, oldest first."""

    async def work(desk: Desk) -> tuple[Step, ...]:
        return await desk.room.versions.steps(version)

    steps = at_desk(data, work)
    if as_json:
        print_json([_told(step) for step in steps])
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("When", "Version", "Act", "Stage", "By", "Found", "Reason"):
        table.add_column(column, overflow="fold")
    for step in steps:
        told = (step.at.isoformat(timespec="seconds"), step.version, step.act, step.stage, step.agency)
        table.add_row(*told, _found(step), step.reason)
    out.print(table, markup=False)


def _found(step: Step) -> str:
    named = {"errors": step.found.errors, "warnings": step.found.warnings}
    named |= {"gained": step.found.gained, "lost": step.found.lost}
    told = [f"{count} {name}" for name, count in named.items() if count is not None]
    return ", ".join(
        [*told, *([f"from {step.effective_at.isoformat(timespec='seconds')}"] if step.effective_at else [])]
    )


def _told(step: Step) -> dict[str, object]:
    return {
        "version": step.version,
        "act": step.act,
        "stage": step.stage,
        "role": step.role,
        "agency": step.agency,
        "actor": step.actor,
        "reason": step.reason,
        "at": step.at,
        "effectiveAt": step.effective_at,
        **{name: getattr(step.found, name) for name in ("errors", "warnings", "gained", "lost")},
        "ledgerRecord": step.ledger_record,
    }
