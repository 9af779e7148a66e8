"""Saying who is who: that two people are one, or are not, that an entry is another's, that a child was born."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from hub.commands.officer import ByOption, OrganisationOption, PersonOption, TokenOption, officer
from hub.commands.room import in_room, requester_of
from hub.commands.saying import DataOption, Refused, err, out, plainly
from hub.governance import matching
from hub.governance.acting import CannotBeDone
from hub.governance.break_glass import ENTITLED
from hub.governance.matching import LONGEST
from hub.graphql.governing.people import known_under, words
from hub.graphql.governing.room import Governing, by_of
from hub.identity.requester import Requester
from schema.purposes import Purpose
from schema.request import RequestContext

ROLES = sorted(role.value for role in ENTITLED)

OtherOption = Annotated[str, typer.Option("--other", help="The hub's id of the other person.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in your own words; kept sealed.")]
SourceOption = Annotated[str, typer.Option("--source", help="The id of the source whose entry is not theirs.")]
RoleOption = Annotated[str | None, typer.Option("--role", help=f"One of {', '.join(ROLES)} (not in production).")]
PurposeOption = Annotated[str, typer.Option("--purpose", help="Why you ask: whom you may know of follows it.")]
ReferenceOption = Annotated[str, typer.Option("--reference", help="The referral or case, where the purpose needs one.")]


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
