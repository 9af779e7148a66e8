"""``hub break-glass``: emergency access, looked at by whoever has to judge it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.governance.acting import Acting
from hub.governance.break_glass import ReviewOutcome
from hub.governance.breaking_glass import Task, read_words, tasks
from hub.governance.breaking_glass import review as look_at
from hub.governance.listing import Listed
from hub.governance.notices import Notice, seen, waiting

app = typer.Typer(help="Emergency access, its notices and its reviews.", no_args_is_help=True)


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


@app.command("list")
def list_(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List every grant, newest first, and what is still to be reviewed."""
    found = at_desk(data, tasks)
    columns = {"id": "Id", "state": "State", "role": "Role", "organisation": "From", "owners": "Agencies opened"}
    columns |= {"reason": "Reason", "began": "Began (UTC)", "until": "Ended or ends", "outcome": "Outcome"}
    show([_line(task) for task in found.found], columns, found.faulty, json_output=json_output)


def _line(task: Task) -> dict[str, object]:
    return {
        "id": task.id,
        "state": task.state,
        "person": task.person_id,
        "requester": task.requester,
        "role": task.role,
        "organisation": task.organisation,
        "owners": " ".join(sorted(task.owners)),
        "reason": task.reason.value,
        "began": _moment(task.began),
        "until": _moment(task.until),
        "endedBy": task.ended_by,
        "reviewDue": _moment(task.review_due),
        "reviewedBy": task.reviewed_by,
        "outcome": task.outcome.value if task.outcome else None,
    }


@app.command()
def review(
    grant: Annotated[str, typer.Argument(help="The grant's id.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    outcome: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(ReviewOutcome)}; without it the words are shown.")
    ] = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Read why a grant was asked for, or say what its review found. Both are written in the ledger."""
    with plainly():
        who = officer(by, organisation, token, data)
        if outcome is not None and outcome not in ReviewOutcome.__members__:
            raise Refused(f"--outcome: {outcome!r} is not one of {', '.join(ReviewOutcome)}")

    async def work(acting: Acting) -> tuple[str, str] | None:
        if outcome is None:
            return await read_words(acting, grant, who)
        await look_at(acting, grant, ReviewOutcome[outcome], who)
        return None

    words = at_desk(data, work)
    if words is None:
        _said({"id": grant, "outcome": outcome}, f"Grant {grant} is reviewed: {outcome}.", json_output=json_output)
    elif json_output:
        print_json({"id": grant, "text": words[0], "reference": words[1]})
    else:
        out.print(f"Reference: {words[1]}\n{words[0]}", markup=False, soft_wrap=True)


def _said(as_json: dict[str, object], words: str, *, json_output: bool) -> None:
    if json_output:
        print_json(as_json)
    else:
        err.print(words, markup=False)


@app.command()
def notices(
    agency: Annotated[str | None, typer.Option(help="One agency's lead; all if none.")] = None,
    mark_seen: Annotated[bool, typer.Option("--seen", help="Mark those listed as seen.")] = False,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List the notices that nobody has sent or seen yet: who is told, of which grant, when."""

    async def work(acting: Acting) -> Listed[Notice]:
        found = await waiting(acting.database, agency)
        if mark_seen:
            await seen(acting.database, found.found)
        return found

    found = at_desk(data, work)
    lines = [{"agency": n.agency, "about": n.about, "reference": n.reference, "at": _moment(n.at)} for n in found.found]
    columns = {"agency": "Agency", "about": "About", "reference": "Reference", "at": "At (UTC)"}
    show(lines, columns, found.faulty, json_output=json_output)
