"""``hub objections``: what families object to (UK GDPR Article 21), and what it came to."""

from typing import Annotated

import strawberry
import typer

from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, at_desk, officer
from hub.commands.room import in_room, requester_of
from hub.commands.saying import DataOption, JsonOption, err, out, plainly, print_json
from hub.commands.typed import DayOption, WordsOption, day, service, today, word, words_given
from hub.governance import objecting
from hub.governance.acting import Acting
from hub.governance.listing import Listed
from hub.governance.objections import Objection
from hub.graphql.governing.room import Governing
from hub.graphql.governing.withholding import received
from policies.facts import ObjectionState
from schema.governance.givers import GiverRelationship
from schema.governance.objection import Assessment, ObjectionInput
from schema.governance.objection_reasons import ObjectionReason

app = typer.Typer(help="Objections to what agencies do, and what they came to.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The objection's id.")]


@app.command()
def receive(
    person: PersonOption,
    objector: Annotated[str, typer.Option(help=f"Who objects: one of {', '.join(GiverRelationship)}.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    words: WordsOption = None,
    service_: Annotated[
        list[str] | None, typer.Option("--service", help="Which of your services; all if none.")
    ] = None,
    received_on: Annotated[
        str | None, typer.Option("--received", metavar="YYYY-MM-DD", help="When it came; today if none.")
    ] = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Record an objection to what your agency does. Until it is assessed it restricts, from the next question on."""
    with plainly():
        who = requester_of(officer(by, organisation, token, data))
        given = ObjectionInput(
            person=strawberry.ID(person),
            objector=word("--objector", objector, GiverRelationship),
            text=words_given(words),
            services=[service(one) for one in service_ or ()],
            received=day("--received", received_on),
        )

    async def work(room: Governing) -> str:
        return await received(room, given, who)

    done = in_room(data, work)
    if json_output:
        print_json({"id": done})
    else:
        err.print(f"Recorded: {done}. It restricts from the next question on.", markup=False)


@app.command()
def assess(
    objection: IdArgument,
    came_to: Annotated[str, typer.Option("--came-to", help=f"One of {', '.join(Assessment)}.")],
    reason: Annotated[str, typer.Option(help=f"One of {', '.join(ObjectionReason)}.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    on: DayOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Say what an objection to what your agency does came to: once."""
    with plainly():
        who = officer(by, organisation, token, data)
        state = ObjectionState[word("--came-to", came_to, Assessment).name]
        why, when = word("--reason", reason, ObjectionReason), day("--on", on) or today()

    async def work(acting: Acting) -> None:
        await objecting.assess(acting, objection, state, why, when, who)

    at_desk(data, work)
    if json_output:
        print_json({"id": objection, "state": state.value})
    else:
        err.print(f"Objection {objection} is {state.value.lower()}.", markup=False)


@app.command("list")
def list_(
    person: Annotated[str | None, typer.Option("--person", help="Only about this person.")] = None,
    agency: Annotated[str | None, typer.Option(help="Only to what one agency does.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that nobody has assessed.")] = False,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List objections: those that wait to be assessed first, then the newest."""

    async def work(acting: Acting) -> Listed[Objection]:
        return await objecting.objections(acting, [person] if person else None, agency)

    found = at_desk(data, work)
    lines = [_line(one) for one in found.found if not waiting or one.state is ObjectionState.RAISED]
    columns = {"id": "Id", "person": "Person", "agency": "Agency", "services": "Services", "objector": "Who"}
    columns |= {"received": "Received", "state": "State", "assessed": "Assessed", "reason": "Reason"}
    show(lines, columns, found.faulty, json_output=json_output)


def _line(objection: Objection) -> dict[str, object]:
    return {
        "id": objection.id,
        "person": objection.person_id,
        "agency": objection.provider,
        "services": sorted(objection.services),
        "objector": objection.objector.value,
        "received": objection.received,
        "state": objection.state.value,
        "assessed": objection.assessed,
        "reason": objection.reason.value if objection.reason else None,
    }


@app.command()
def words(
    objection: IdArgument,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Read what somebody said who objected, to assess it; that you read it is in the ledger."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> str:
        return await objecting.read_objection_words(acting, objection, who)

    text = at_desk(data, work)
    if json_output:
        print_json({"id": objection, "text": text})
    else:
        out.print(text, markup=False, soft_wrap=True)
