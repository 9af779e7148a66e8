"""``hub links``: who is who, as officers review it, and workers say it where no page does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, officer
from hub.commands.room import in_room, requester_of
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.governance import matching
from hub.governance.acting import By, CannotBeDone, Note
from hub.governance.authority import as_officer
from hub.governance.break_glass import ENTITLED
from hub.governance.matching import LONGEST
from hub.graphql.governing.partings import say, to_look_at
from hub.graphql.governing.people import known_under, of_own_agency, words
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from schema.purposes import Purpose
from schema.request import RequestContext

app = typer.Typer(help="Who is who: what links people's entries, and what a person said of it.", no_args_is_help=True)

ROLES = sorted(role.value for role in ENTITLED)

OtherOption = Annotated[str, typer.Option("--other", help="The hub's id of the other person.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in your own words; kept sealed.")]
SourceOption = Annotated[str, typer.Option("--source", help="The id of the source whose entry is not theirs.")]
RoleOption = Annotated[str | None, typer.Option("--role", help=f"One of {', '.join(ROLES)} (not in production).")]
PurposeOption = Annotated[str, typer.Option("--purpose", help="Why you ask: whom you may know of follows it.")]
ReferenceOption = Annotated[str, typer.Option("--reference", help="The referral or case, where the purpose needs one.")]

LOOKED = "links-of-person-read"


@dataclass(frozen=True, slots=True)
class _Worker:
    """Who decides, and why they ask: as GraphQL has both."""

    requester: Requester
    context: RequestContext

    async def knows(self, room: Governing, person_id: str) -> tuple[str, frozenset[str]]:
        """Give the id a person has now and where the worker may see them; refused where they may not know of them."""
        return await known_under(room, self.requester, person_id, self.context)


def _worker(
    by: str, organisation: str, token: Path | None, data: Path | None, role: str | None, purpose: str, reference: str
) -> _Worker:
    if token is not None and role is not None:
        raise Refused("a token says who acts: leave out --role")
    if token is None and role not in ROLES:
        raise Refused(f"--role must be one of {', '.join(ROLES)}")
    if purpose not in Purpose.__members__:
        raise Refused(f"--purpose must be one of {', '.join(Purpose.__members__)}")
    who = requester_of(officer(by, organisation, token, data, role))
    if who.role not in ROLES:
        raise Refused("who is who is said by those who meet children: " + ", ".join(ROLES))
    return _Worker(who, RequestContext(purpose=Purpose[purpose], reference=reference))


def _reason(text: str) -> str:
    try:
        return words("--reason", text, LONGEST)
    except CannotBeDone as error:
        raise Refused(str(error)) from None


@app.command()
def confirm(
    person: PersonOption,
    other: OtherOption,
    reason: ReasonOption,
    purpose: PurposeOption,
    reference: ReferenceOption = "",
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that two people are one. It can be split again."""
    with plainly():
        who, why = _worker(by, organisation, token, data, role, purpose, reference), _reason(reason)

    async def work(room: Governing) -> str:
        (one, _), (two, _) = [await who.knows(room, i) for i in (person, other)]
        return await matching.confirm(room.acting, room.preparer.index, one, two, why, by_of(who.requester))

    err.print(f"One person now: {in_room(data, work, rules=True)}")


@app.command()
def reject(
    person: PersonOption,
    other: OtherOption,
    reason: ReasonOption,
    purpose: PurposeOption,
    reference: ReferenceOption = "",
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that two people are not one: no rule will ever join them."""
    with plainly():
        who, why = _worker(by, organisation, token, data, role, purpose, reference), _reason(reason)

    async def work(room: Governing) -> str:
        (one, _), (two, _) = [await who.knows(room, i) for i in (person, other)]
        return await matching.reject(room.acting, room.preparer.index, one, two, why, by_of(who.requester))

    in_room(data, work, rules=True)
    err.print("Two people.")


@app.command()
def withdraw(
    person: PersonOption,
    other: OtherOption,
    purpose: PurposeOption,
    reference: ReferenceOption = "",
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Take back that two people are not one: then somebody may confirm that they are."""
    with plainly():
        who = _worker(by, organisation, token, data, role, purpose, reference)

    async def work(room: Governing) -> str:
        (one, _), (two, _) = [await who.knows(room, i) for i in (person, other)]
        return await matching.withdraw(room.acting, room.preparer.index, one, two, by_of(who.requester))

    in_room(data, work, rules=True)
    err.print("Taken back.")


@app.command()
def split(
    person: PersonOption,
    source: SourceOption,
    reason: ReasonOption,
    purpose: PurposeOption,
    reference: ReferenceOption = "",
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that what a source holds is another's; prints the id of the person it is now."""
    with plainly():
        who, why = _worker(by, organisation, token, data, role, purpose, reference), _reason(reason)

    async def work(room: Governing) -> str:
        now, sources = await who.knows(room, person)
        if source not in sources:
            raise Refused("that source holds nothing of this person")
        return await matching.split(room.acting, room.preparer.index, now, source, why, by_of(who.requester))

    out.print(in_room(data, work, rules=True))


@app.command("birth")
def birth(
    person: PersonOption,
    reason: ReasonOption,
    purpose: PurposeOption,
    withdrawn: Annotated[bool, typer.Option("--withdraw", help="Take back that the child was born.")] = False,
    reference: ReferenceOption = "",
    by: ByOption = "",
    organisation: OrganisationOption = "",
    role: RoleOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say that an unborn child was born: found and linked like any other from now on. It can be taken back."""
    with plainly():
        who, why = _worker(by, organisation, token, data, role, purpose, reference), _reason(reason)
    decide = matching.withdraw_birth if withdrawn else matching.confirm_birth

    async def work(room: Governing) -> str:
        now, _ = await who.knows(room, person)
        return await decide(room.acting, room.preparer.index, now, why, by_of(who.requester))

    err.print(f"{'Unborn again' if withdrawn else 'Born'}: {in_room(data, work, rules=True)}")


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
        as_officer(who)
        await room.acting.note(who, Note("contradictions-read", who.organisation))
        return [
            {"person": c.person_id, "what": ", ".join(c.kinds), "sources": ", ".join(own)}
            for c in await room.preparer.index.contradictions()
            if (own := sorted(_own(room, who).intersection(c.sources)))
        ]

    _show(in_room(data, work), json_output=json_output)


@app.command()
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


@app.command()
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
