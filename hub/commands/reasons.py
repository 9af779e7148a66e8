"""``hub reasons``: why workers asked, in their own words, for whoever looks at it afterwards."""

from pathlib import Path
from typing import Annotated

import typer

from connectors.source import read_sources
from hub.audit.reports import DIVIDER
from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer
from hub.commands.saying import DataOption, JsonOption, out, plainly, print_json
from hub.commands.token import demo_settings
from hub.governance.acting import Acting, By
from hub.governance.listing import Listed
from hub.governance.reason_reading import Given, read_reason, reasons_given

app = typer.Typer(help="Why workers asked, in their own words.", no_args_is_help=True)


def _own_sources(data: Path | None, who: By) -> frozenset[str]:
    folder = demo_settings(data).sources_folder
    configs = read_sources(folder) if folder.is_dir() else ()
    return frozenset(config.id for config in configs if config.agency == who.organisation)


@app.command("list")
def list_(
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List questions whose asker said why: by your agency's workers, or of its records. The words are not shown."""
    with plainly():
        who = officer(by, organisation, token, data)
        own = _own_sources(data, who)

    async def work(acting: Acting) -> Listed[Given]:
        return await reasons_given(acting, own, who)

    found = at_desk(data, work)
    columns = {"id": "Id", "at": "Asked (UTC)", "what": "What", "role": "Role", "agency": "Agency"}
    columns |= {"purpose": "Purpose", "relationship": "Works with them"}
    show([_line(one) for one in found.found], columns, found.faulty, json_output=json_output)


def _line(one: Given) -> dict[str, object]:
    return {
        "id": one.record_id,
        "at": one.at,
        "what": "search" if one.search else "question",
        "role": one.role,
        "agency": one.organisation,
        "purpose": one.purpose.value,
        "relationship": "by their own word" if one.self_declared else None,
    }


@app.command()
def read(
    question: Annotated[str, typer.Argument(metavar="ID", help="The question's id, or of any of its decisions.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Read why somebody asked; that you read it is in the ledger."""
    record = question.partition(DIVIDER)[0]
    with plainly():
        who = officer(by, organisation, token, data)
        own = _own_sources(data, who)

    async def work(acting: Acting) -> str:
        return await read_reason(acting, record, own, who)

    text = at_desk(data, work)
    if json_output:
        print_json({"id": record, "text": text})
    else:
        out.print(text, markup=False, soft_wrap=True)
