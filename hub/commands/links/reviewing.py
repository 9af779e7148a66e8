"""Reviewing who is who: what links people, what cannot be, and what was carried over when they were parted."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, officer
from hub.commands.room import in_room, requester_of
from hub.commands.saying import DataOption, JsonOption, err, out, plainly, print_json
from hub.governance.acting import By, Note
from hub.governance.authority import as_officer
from hub.graphql.governing.partings import say, to_look_at
from hub.graphql.governing.people import of_own_agency
from hub.graphql.governing.room import Governing

LOOKED = "links-of-person-read"


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
        as_officer(who)
        await of_own_agency(room, person, requester_of(who))
        await room.acting.note(who, Note(LOOKED, "one-person", person))
        known = (await room.preparer.known([person]))[person]
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
        as_officer(who)
        await room.acting.note(who, Note("contradictions-read", who.organisation))
        return [
            {"person": c.person_id, "what": ", ".join(c.kinds), "sources": ", ".join(own)}
            for c in await room.preparer.index.contradictions()
            if (own := sorted(_own(room, who).intersection(c.sources)))
        ]

    _show(in_room(data, work), json_output=json_output)


def partings(
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List what protects your agency's people because it protected whom they were taken for."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(room: Governing) -> list[dict[str, object]]:
        as_officer(who)
        await room.acting.note(who, Note("partings-read", who.organisation))
        own = _own(room, who)
        return [
            {
                "id": one.id,
                "person": one.person_id,
                "other": other,
                "source": one.source_id if one.source_id in own else None,
                "because": one.because.value,
                "what": one.what.value,
                "reference": one.reference or None,
                "at": one.at.isoformat(),
            }
            for one, other in await to_look_at(room, requester_of(who))
        ]

    _show(in_room(data, work), json_output=json_output)


def settle(
    parting: Annotated[str, typer.Argument(help="The id, as `hub links partings` lists it.")],
    stays: Annotated[bool, typer.Option("--stays/--lifted", help="Whether it protects this person too.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say whether what was carried over at a parting protects this person too; lifted, it counts no more."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(room: Governing) -> str:
        as_officer(who)
        return await say(room, requester_of(who), parting, stays=stays)

    in_room(data, work)
    err.print("It protects this person too." if stays else "It is lifted from this person.")


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
