"""``hub reviews``: what an organisation's lead is to look at, and what is known of its workers to see it by."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer, read_file
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.commands.token import demo_settings
from hub.governance.acting import Acting
from hub.keys import read_keys
from hub.reviews.items import Kept, close, items
from hub.reviews.workers import WorkerHashes, forget_workforce, put_workforce, read_workforce
from schema.governance.review_kinds import ReviewedAs

app = typer.Typer(help="What leads are to look at.", no_args_is_help=True)


@app.command("list")
def list_(
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    closed: Annotated[bool, typer.Option("--closed", help="Those closed too.")] = False,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List what your agency's lead is to look at, newest first."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> tuple[Kept, ...]:
        return await items(acting.database, who.organisation, closed=closed)

    lines = [_line(kept) for kept in at_desk(data, work)]
    if json_output:
        print_json(lines)
        return
    table = Table("Id", "At (UTC)", "About", "Detail", "Who", "Whom", "Request", "Found")
    for line in lines:
        table.add_row(*(str(value or "") for name, value in line.items() if name != "says"))
    out.print(table)


def _line(kept: Kept) -> dict[str, str | None]:
    item = kept.item
    return {
        "id": kept.id,
        "at": f"{kept.at:%Y-%m-%d %H:%M}",
        "about": item.about.value,
        "says": item.about.means,
        "detail": item.detail,
        "actor": item.actor,
        "subject": item.subject or None,
        "reference": item.reference,
        "outcome": kept.outcome.value if kept.outcome else None,
    }


@app.command("close")
def close_(
    item: Annotated[str, typer.Argument(help="The item's id.")],
    outcome: Annotated[str, typer.Option(help=f"One of {', '.join(ReviewedAs)}.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say what you found of an item of your agency."""
    with plainly():
        who = officer(by, organisation, token, data)
        if outcome not in ReviewedAs.__members__:
            raise Refused(f"--outcome: {outcome!r} is not one of {', '.join(ReviewedAs)}")

    async def work(acting: Acting) -> None:
        await close(acting, item, ReviewedAs[outcome], who)

    at_desk(data, work)
    err.print(f"Item {item} is closed: {outcome}.", markup=False)


@app.command()
def workforce(
    file: Annotated[Path | None, typer.Argument(help="CSV: worker,given_name,family_name,postcode.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Forget all of your agency's workers.")] = False,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Keep hashes of your agency's workers' names and postcodes, in the place of those kept before."""
    with plainly():
        who = officer(by, organisation, token, data)
        if (file is None) != forget:
            raise Refused("give a file of workers, or --forget")

    async def work(acting: Acting) -> int:
        if file is None:
            await forget_workforce(acting, who)
            return 0
        rows = read_workforce(read_file(file).decode("utf-8-sig", "replace"))
        hashes = WorkerHashes(read_keys(demo_settings(data).keys_folder))
        return await put_workforce(acting, hashes, rows, who)

    workers = at_desk(data, work)
    err.print(f"{workers} workers are known of {who.organisation}, by hashes alone; delete the file.", markup=False)
