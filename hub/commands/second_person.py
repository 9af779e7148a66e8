"""``hub second-person``: that a colleague agrees to one worker's looking at one person's records."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, at_desk, officer
from hub.commands.room import in_room, requester_of
from hub.commands.saying import DataOption, JsonOption, Refused, err, plainly, print_json
from hub.governance.acting import Acting
from hub.governance.break_glass import ENTITLED
from hub.governance.listing import Listed
from hub.governance.second_person import LONGEST, Agreed, agreements_of_second_persons
from hub.graphql.governing.emergencies import agreed
from hub.graphql.governing.room import Governing

app = typer.Typer(help="Second persons, who agree to a colleague's look.", no_args_is_help=True)

ROLES = sorted(role.value for role in ENTITLED)


@app.command()
def agree(
    person: PersonOption,
    worker: Annotated[str, typer.Option(help="The colleague who looks, by their id at the identity provider.")],
    minutes: Annotated[int, typer.Option(help=f"For how long: from 1 to {LONGEST}.")] = LONGEST,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: Annotated[str | None, typer.Option(help=f"Your role, one of {', '.join(ROLES)} (not in production).")] = None,
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Agree, as somebody of the same agency who may see them, to a colleague's looking at a person's records."""
    with plainly():
        if token is not None and role is not None:
            raise Refused("a token says who acts: leave out --role")
        if token is None and role not in ROLES:
            raise Refused(f"--role must be one of {', '.join(ROLES)}")
        who = requester_of(officer(by, organisation, token, data, role))
        if who.role not in ROLES:
            raise Refused(f"this role may not agree to it: {', '.join(ROLES)} may")

    async def work(room: Governing) -> str:
        return await agreed(room, person, worker, minutes, who)

    done = in_room(data, work, rules=True)
    if json_output:
        print_json({"id": done})
    else:
        err.print(f"Agreed: {done}, for {minutes} minutes.", markup=False)


@app.command("list")
def list_(
    agency: Annotated[str | None, typer.Option(help="Only one agency's.")] = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List who agreed to whose look, the newest first, over or not."""

    async def work(acting: Acting) -> Listed[Agreed]:
        return await agreements_of_second_persons(acting, agency)

    found = at_desk(data, work)
    columns = {"id": "Id", "person": "Person", "agency": "Agency", "worker": "Who looks", "agreedBy": "Who agreed"}
    columns |= {"began": "Began (UTC)", "until": "Until", "state": "State"}
    show([_line(one) for one in found.found], columns, found.faulty, json_output=json_output)


def _line(one: Agreed) -> dict[str, object]:
    return {
        "id": one.id,
        "person": one.person_id,
        "agency": one.organisation,
        "worker": one.requester,
        "agreedBy": one.agreed_by,
        "began": f"{datetime.fromtimestamp(one.began, UTC):%Y-%m-%d %H:%M}",
        "until": f"{datetime.fromtimestamp(one.until, UTC):%Y-%m-%d %H:%M}",
        "state": one.state,
    }
