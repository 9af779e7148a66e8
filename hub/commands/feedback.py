"""``hub feedback``: what users think of the hub, for the officers who see to it."""

from typing import Annotated

import typer

from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer
from hub.commands.saying import DataOption, JsonOption, err, out, plainly, print_json
from hub.governance.acting import Acting
from hub.governance.feedback_reading import Given, given, read_words, settle
from hub.governance.feedback_reading import waiting as count

app = typer.Typer(help="What users think of the hub.", no_args_is_help=True)

DAMAGED = "(could not be read: they do not open with this hub's key, or were changed)"
"""Said in place of words that do not open."""

IdsArgument = Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of feedback, as the list gives them.")]
SettledOption = Annotated[bool, typer.Option("--settled", help="What was dealt with, in place of what waits.")]


@app.command("list")
def list_(
    settled: SettledOption = False,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List feedback that waits for somebody, the newest first. The words are not shown."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> tuple[tuple[Given, ...], int]:
        return await given(acting, who, settled=settled), await count(acting, who)

    found, waiting = at_desk(data, work)
    columns = {"id": "Id", "at": "Given (UTC)", "page": "Page", "role": "Role", "found": "Found it", "missed": "Missed"}
    show(
        [_line(one) for one in found],
        columns | ({"settled": "Dealt with"} if settled else {}),
        (),
        json_output=json_output,
    )
    if not settled and waiting > len(found):
        err.print(f"{waiting - len(found)} older ones wait too: deal with these first.")


def _line(one: Given) -> dict[str, object]:
    return {
        "id": one.id,
        "at": one.at.strftime("%Y-%m-%d %H:%M"),
        "page": one.page,
        "role": one.role,
        "found": one.found.words,
        "missed": one.missed.words,
        "settled": f"{one.settled_at:%Y-%m-%d} {one.settled_by}" if one.settled_at else None,
    }


@app.command()
def read(
    ids: IdsArgument,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Read what was said in words; that you read it is in the ledger."""
    with plainly():
        who = officer(by, organisation, token, data)
    found = at_desk(data, lambda acting: read_words(acting, ids, who))
    if json_output:
        print_json([{"id": one, "words": found[one]} for one in ids])
        return
    for one in ids:
        words = found[one]
        said = DAMAGED if words is None else words or "(no words)"
        out.print(f"{one}: {said}", markup=False, soft_wrap=True)


@app.command("settle")
def settle_(
    ids: IdsArgument,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that feedback is dealt with."""
    with plainly():
        who = officer(by, organisation, token, data)
    at_desk(data, lambda acting: settle(acting, ids, who))
    err.print(f"{len(set(ids))} dealt with.")
