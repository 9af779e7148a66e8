"""``hub agreements``: the data sharing agreements."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer, read_file, refusing
from hub.commands.saying import DataOption, JsonOption, err, out, plainly, print_json
from hub.governance.acting import Acting
from hub.governance.agreeing import agreement_by_id, agreements_in, import_agreement, set_status
from hub.governance.agreement_file import read_agreement, write_agreement
from hub.governance.agreements import Agreement, Status

app = typer.Typer(help="The data sharing agreements.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(help="The agreement's id.")]


@app.command("list")
def list_(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List the agreements, and what each is worth today."""
    today = date.today()  # noqa: DTZ011 -- the day at the desk
    found = at_desk(data, lambda acting: agreements_in(acting.database))
    if json_output:
        print_json([_line(agreement, today) for agreement in found])
        return
    table = Table("Id", "Provider", "Consumers", "Today", "Review", "Expiry")
    for a in found:
        line = _line(a, today)
        table.add_row(*(str(line[name]) for name in ("id", "provider", "consumers", "today", "review", "expiry")))
    out.print(table)


def _line(agreement: Agreement, today: date) -> dict[str, object]:
    return {
        "id": agreement.id,
        "title": agreement.title,
        "provider": agreement.provider,
        "consumers": " ".join(sorted(agreement.consumers)),
        "status": agreement.status.value,
        "today": agreement.state_on(today).value,
        "review": agreement.review,
        "expiry": agreement.expiry,
    }


@app.command()
def show(agreement_id: IdArgument, data: DataOption = None, json_output: JsonOption = False) -> None:
    """Show one agreement: its parties, dates, and every data item it comes to."""
    agreement = at_desk(data, lambda acting: agreement_by_id(acting.database, agreement_id))
    line = _line(agreement, date.today())  # noqa: DTZ011 -- the day at the desk
    items = [
        {
            "effect": item.effect.value,
            "services": sorted(item.services),
            "kinds": sorted(item.kinds),
            "fields": sorted(item.fields),
            "consumers": sorted(item.consumers),
            "purposes": sorted(item.purposes),
            "start": None if item.start == date.min else item.start,
            "until": None if item.until == date.max else item.until,
        }
        for item in agreement.items
    ]
    if json_output:
        print_json({**line, "purposes": sorted(agreement.purposes), "dpia": agreement.dpia, "items": items})
        return
    for name, value in (*line.items(), ("purposes", " ".join(sorted(agreement.purposes))), ("dpia", agreement.dpia)):
        out.print(f"{name}: {value}", markup=False, soft_wrap=True)
    table = Table("Effect", "Services", "Kinds", "Fields", "Consumers", "Purposes", "From", "Until")
    for item in items:
        table.add_row(*(" ".join(v) if isinstance(v, list) else str(v or "") for v in item.values()))
    out.print(table)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The agreement as JSON.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Read an agreement and put it in the place of the one with its id; wrong in any place, nothing changes."""
    with plainly(), refusing():
        agreement, warnings = read_agreement(read_file(file))
        who = officer(by, organisation, token, data)
    at_desk(data, lambda acting: import_agreement(acting, agreement, who))
    if json_output:
        print_json({"id": agreement.id, "items": len(agreement.items), "warnings": warnings})
        return
    for warning in warnings:
        err.print(f"[bold yellow]note:[/] {warning}", soft_wrap=True, markup=True)
    err.print(f"Agreement {agreement.id} is kept: {len(agreement.items)} data items.", markup=False)


@app.command()
def export(agreement_id: IdArgument, data: DataOption = None) -> None:
    """Print an agreement as JSON, as import reads it."""
    agreement = at_desk(data, lambda acting: agreement_by_id(acting.database, agreement_id))
    typer.echo(write_agreement(agreement).decode())


@app.command()
def suspend(
    agreement_id: IdArgument,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let a suspended agreement stand again.")] = False,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Suspend an agreement: from the next question on it is none."""
    status = Status.SIGNED if lift else Status.SUSPENDED
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> None:
        await set_status(acting, agreement_id, status, who)

    at_desk(data, work)
    if json_output:
        print_json({"id": agreement_id, "status": status.value})
    else:
        err.print(f"Agreement {agreement_id} is {status.value}.", markup=False)
