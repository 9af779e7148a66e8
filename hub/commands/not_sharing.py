"""``hub not-sharing``: what an agency decided not to share about somebody, and why."""

from typing import Annotated

import strawberry
import typer

from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, at_desk, officer
from hub.commands.room import in_room, requester_of
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.commands.typed import DayOption, WordsOption, day, service, today, word, words_given
from hub.governance.acting import Acting
from hub.governance.listing import Listed
from hub.governance.withholding import Kept, decisions, read_decision_words, share_again
from hub.graphql.governing.room import Governing
from hub.graphql.governing.withholding import decided
from schema.governance.not_sharing import NotSharingInput
from schema.governance.not_sharing_reasons import NotSharingReason
from schema.kinds import Kind

app = typer.Typer(help="Decisions not to share.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The decision's id.")]


@app.command()
def decide(
    person: PersonOption,
    reason: Annotated[str, typer.Option(help=f"One of {', '.join(NotSharingReason)}.")],
    review: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="When it is to be looked at again.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    words: WordsOption = None,
    service_: Annotated[
        list[str] | None, typer.Option("--service", help="Which of your services; all if none.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Which kinds of data; all if none.")] = None,
    start: DayOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Decide not to share what your agency holds about somebody. It acts on the next question, everywhere."""
    with plainly():
        who = requester_of(officer(by, organisation, token, data))
        until = day("--review", review)
        if until is None:
            raise Refused("--review takes a date such as 2026-11-21")
        given = NotSharingInput(
            person=strawberry.ID(person),
            reason=word("--reason", reason, NotSharingReason),
            text=words_given(words),
            review=until,
            services=[service(one) for one in service_ or ()],
            kinds=[word("--kind", one, Kind) for one in kind or ()],
            start=day("--start", start),
        )

    async def work(room: Governing) -> str:
        return await decided(room, given, who)

    done = in_room(data, work)
    if json_output:
        print_json({"id": done})
    else:
        err.print(f"Recorded: {done}. It counts from the next question on.", markup=False)


@app.command("list")
def list_(
    person: Annotated[str | None, typer.Option("--person", help="Only about this person.")] = None,
    agency: Annotated[str | None, typer.Option(help="Only one agency's.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose review is overdue.")] = False,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List decisions not to share, the newest first, and which of them want looking at again."""

    async def work(acting: Acting) -> Listed[Kept]:
        return await decisions(acting, [person] if person else None, agency)

    found = at_desk(data, work)
    lines = [_line(kept) for kept in found.found]
    lines = [line for line in lines if not overdue or line["state"] == "overdue"]
    columns = {"id": "Id", "person": "Person", "agency": "Agency", "services": "Services", "kinds": "Kinds"}
    columns |= {"reason": "Reason", "start": "From", "review": "Review", "state": "State"}
    show(lines, columns, found.faulty, json_output=json_output)


def _line(kept: Kept) -> dict[str, object]:
    d = kept.decision
    return {
        "id": d.id,
        "person": d.person_id,
        "agency": d.provider,
        "services": sorted(d.services),
        "kinds": sorted(d.kinds),
        "reason": d.reason.value,
        "start": d.start,
        "review": d.review,
        "state": kept.state(today()),
        "decidedBy": d.decided_by,
        "endedBy": kept.ended_by,
    }


@app.command()
def words(
    decision: IdArgument,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Read why your agency decided so, in words; that you read them is in the ledger."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> str:
        return await read_decision_words(acting, decision, who)

    text = at_desk(data, work)
    if json_output:
        print_json({"id": decision, "text": text})
    else:
        out.print(text, markup=False, soft_wrap=True)


@app.command()
def end(
    decision: IdArgument,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """End a decision of your agency's: it shares again from the next question on."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> None:
        await share_again(acting, decision, who)

    at_desk(data, work)
    if json_output:
        print_json({"id": decision})
    else:
        err.print("Ended.")
