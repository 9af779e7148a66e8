"""``hub allocations``: who works with which child, so that they may ask without a reference."""

from typing import Annotated

import typer

from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, at_desk, known_person, officer
from hub.commands.saying import DataOption, JsonOption, err, plainly
from hub.commands.typed import DayOption, day, today
from hub.governance.acting import Acting
from hub.governance.allocating import allocate, allocations, end_allocation
from hub.governance.allocations import Allocation
from hub.governance.listing import Listed

app = typer.Typer(help="Who works with which child.", no_args_is_help=True)


@app.command()
def add(
    person: PersonOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    worker: Annotated[str, typer.Option(help="The worker's id at the identity provider.")] = "",
    team: Annotated[str, typer.Option(help="Or the team, as sign-in names it.")] = "",
    start: DayOption = None,
    data: DataOption = None,
) -> None:
    """Say that a worker, or a team, works with a child from a day on."""
    with plainly():
        who = officer(by, organisation, token, data)
        allocation = Allocation("", person, who.organisation, worker, team, day("--start", start) or today())

    async def work(acting: Acting) -> Allocation:
        await known_person(data, acting, person)
        return await allocate(acting, allocation, who)

    err.print(f"Allocated: {at_desk(data, work).id}")


@app.command()
def end(
    allocation: Annotated[str, typer.Argument(help="The allocation's id.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    last: DayOption = None,
    data: DataOption = None,
) -> None:
    """End an allocation with a day, its last; today where none is given."""
    with plainly():
        who, on = officer(by, organisation, token, data), day("--last", last) or today()

    async def work(acting: Acting) -> None:
        await end_allocation(acting, allocation, on, who)

    at_desk(data, work)
    err.print("Ended.")


@app.command("list")
def list_(
    person: Annotated[str | None, typer.Option("--person", help="Only this person's.")] = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List who works with whom, the newest first."""

    async def work(acting: Acting) -> Listed[Allocation]:
        return await allocations(acting, [person] if person else None)

    found = at_desk(data, work)
    lines = [
        {
            "id": a.id,
            "person": a.person_id,
            "organisation": a.organisation,
            "worker": a.worker,
            "team": a.team,
            "start": a.start.isoformat(),
            "last": a.ending.isoformat() if a.ending else None,
        }
        for a in found.found
    ]
    columns = {"id": "Id", "person": "Person", "organisation": "Organisation", "worker": "Worker", "team": "Team"}
    show(lines, columns | {"start": "From", "last": "Until"}, found.faulty, json_output=json_output)
