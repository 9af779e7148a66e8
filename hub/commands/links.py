"""``hub links``: who is who, as officers review it, and workers say it where no page does."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, officer
from hub.commands.room import in_room
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.governance import matching
from hub.governance.acting import By, Note
from hub.governance.break_glass import ENTITLED
from hub.graphql.governing.room import Governing
from policies.vocabulary import Role

app = typer.Typer(help="Who is who: what links people's entries, and what a person said of it.", no_args_is_help=True)

OtherOption = Annotated[str, typer.Option("--other", help="The hub's id of the other person.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in your own words; kept sealed.")]
SourceOption = Annotated[str, typer.Option("--source", help="The id of the source whose entry is not theirs.")]
RoleOption = Annotated[str, typer.Option("--role", help="Your role (not in production).")]

LOOKED = "links-of-person-read"
SOCIAL_WORKER = Role.SOCIAL_WORKER.value


def _worker(by: str, organisation: str, token: Any, data: Any, role: str) -> By:
    who = officer(by, organisation, token, data, None if token else role)
    if who.role not in {each.value for each in ENTITLED}:
        raise Refused("who is who is said by those who meet children: " + ", ".join(sorted(r.value for r in ENTITLED)))
    return who


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("--reason must say why")
    return text


@app.command()
def confirm(
    person: PersonOption,
    other: OtherOption,
    reason: ReasonOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = SOCIAL_WORKER,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that two people are one. It can be split again."""
    with plainly():
        who, why = _worker(by, organisation, token, data, role), _reason(reason)

    async def work(room: Governing) -> str:
        return await matching.confirm(room.acting, room.preparer.index, person, other, why, who)

    err.print(f"One person now: {in_room(data, work)}")


@app.command()
def reject(
    person: PersonOption,
    other: OtherOption,
    reason: ReasonOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = SOCIAL_WORKER,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that two people are not one: no rule will ever join them."""
    with plainly():
        who, why = _worker(by, organisation, token, data, role), _reason(reason)

    async def work(room: Governing) -> str:
        return await matching.reject(room.acting, room.preparer.index, person, other, why, who)

    in_room(data, work)
    err.print("Two people.")


@app.command()
def withdraw(
    person: PersonOption,
    other: OtherOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = SOCIAL_WORKER,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Take back that two people are not one: then somebody may confirm that they are."""
    with plainly():
        who = _worker(by, organisation, token, data, role)

    async def work(room: Governing) -> str:
        return await matching.withdraw(room.acting, room.preparer.index, person, other, who)

    in_room(data, work)
    err.print("Taken back.")


@app.command()
def split(
    person: PersonOption,
    source: SourceOption,
    reason: ReasonOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = SOCIAL_WORKER,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that what a source holds is another's; prints the id of the person it is now."""
    with plainly():
        who, why = _worker(by, organisation, token, data, role), _reason(reason)

    async def work(room: Governing) -> str:
        return await matching.split(room.acting, room.preparer.index, person, source, why, who)

    out.print(in_room(data, work))


@app.command()
def show(
    person: PersonOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show what links a person's entries at your agency, who said so and why, and the noes. It is written down."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(room: Governing) -> list[dict[str, object]]:
        known = (await room.preparer.known([person])).get(person)
        if known is None:
            raise Refused("the hub knows no person of that id")
        await room.acting.note(who, Note(LOOKED, "one-person", known.id))
        links, different = await room.preparer.index.history(known.id)
        said: list[dict[str, object]] = [
            {
                "source": link.source_id,
                "what": link.rule,
                "by": link.decided_by,
                "at": link.decided_at,
                "reason": link.reason,
                "until": link.ended_at,
                "ended": link.ended_because,
            }
            for link in links
            if link.source_id in _own(room, who)
        ]
        noes: list[dict[str, object]] = [
            {
                "source": no.source_id,
                "what": "not this person's",
                "by": no.decided_by,
                "at": no.decided_at,
                "reason": no.reason,
                "until": no.withdrawn_at,
                "ended": no.withdrawn_by and f"taken back by {no.withdrawn_by}",
            }
            for no in different
            if no.source_id in _own(room, who)
        ]
        return [*said, *noes]

    _show(in_room(data, work), json_output=json_output)


@app.command()
def contradictions(
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List your agency's people whose entries cannot all be one's: two NHS numbers, pupil numbers or birthdays."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(room: Governing) -> list[dict[str, object]]:
        await room.acting.note(who, Note("contradictions-read", who.organisation))
        return [
            {"person": c.person_id, "what": ", ".join(c.kinds), "sources": ", ".join(own)}
            for c in await room.preparer.index.contradictions()
            if (own := sorted(_own(room, who).intersection(c.sources)))
        ]

    _show(in_room(data, work), json_output=json_output)


def _own(room: Governing, who: By) -> frozenset[str]:
    return frozenset(s.config.id for s in room.preparer.sources if s.config.agency == who.organisation)


def _show(rows: list[dict[str, object]], *, json_output: bool) -> None:
    if json_output:
        print_json(rows)
    elif not rows:
        err.print("None.")
    else:
        table = Table(*(name.capitalize() for name in rows[0]))
        for row in rows:
            table.add_row(*("" if value is None else escape(str(value)) for value in row.values()))
        out.print(table)
