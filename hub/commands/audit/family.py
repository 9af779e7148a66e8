"""``hub audit family``, ``leave-out`` and ``tell``: what a family is told of who looked, and what is left out."""

from pathlib import Path
from typing import Annotated

import typer

from hub.audit.left_out import MAY_BE_LEFT_OUT, Ground
from hub.audit.reports import Look
from hub.commands.officer import (
    ByOption,
    OrganisationOption,
    PersonOption,
    TokenOption,
    at_desk,
    known_person,
    officer,
    read_file,
)
from hub.commands.saying import DataOption, JsonOption, Refused, err, plainly, print_json
from hub.governance import overseeing
from hub.governance.acting import Acting
from hub.governance.systems_apart import which_is_which

LONGEST = 4_000
EntryArgument = Annotated[str, typer.Argument(metavar="ENTRY", help="The look's entry, as `hub audit child` has it.")]


def family(
    person: PersonOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Print who looked at a record and why, in plain words, for the child or parent who asks."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> tuple[Look, ...]:
        known = await known_person(data, acting, person)
        return await overseeing.family(acting, who, {person} | known.aliases)

    found = at_desk(data, work)
    if json_output:
        print_json({"looks": [_line(look) for look in found], "note": MAY_BE_LEFT_OUT})
    else:
        typer.echo(_letter(found))
    for name, source in which_is_which(found):
        err.print(f"Not for the family: {name} is {source}", markup=False)


def _line(look: Look) -> dict[str, object]:
    told = [
        {"service": t.service, "became": t.outcome, "shown": list(t.shown), "withheld": list(t.withheld)}
        for t in look.told
    ]
    return {
        "at": look.at,
        "organisation": look.organisation,
        "role": look.role,
        "purpose": look.purpose,
        "basis": look.basis,
        "ended": look.ended,
        "services": told,
    }


def _letter(looks: tuple[Look, ...]) -> str:
    parts = ["Who looked at this record, and why", ""]
    if not looks:
        parts += ["Nobody is recorded as having looked.", ""]
    for look in looks:
        parts += [
            f"{look.at[:10]} at {look.at[11:16]} (UTC): a {look.role.replace('-', ' ')} of {look.organisation}",
            f"  Why: {look.purpose}",
            *([f"  Resting on: {look.basis}"] if look.basis else []),
            f"  {look.ended}",
            *(f"  {t.service}: {t.outcome}" for t in look.told),
            "",
        ]
    return "\n".join([*parts, MAY_BE_LEFT_OUT])


def leave_out(
    entry: EntryArgument,
    person: PersonOption,
    ground: Annotated[Ground, typer.Option("--ground", help="What in law allows it.")],
    words: Annotated[Path, typer.Option("--reason-file", help="File that says why, in words; they are kept sealed.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Decide that a family is not told of one look. Who decided, when and on what ground is in the ledger."""
    with plainly():
        who = officer(by, organisation, token, data)
        text = read_file(words).decode("utf-8", "replace").strip()
        if not text or len(text) > LONGEST:
            raise Refused(f"{words} must say why, in {LONGEST} characters at most")

    async def work(acting: Acting) -> None:
        known = await known_person(data, acting, person)
        await overseeing.leave_out(acting, who, {person} | known.aliases, entry, ground, text)

    at_desk(data, work)
    err.print("Left out, and written down. The report says that entries may be left out, always.", markup=False)


def tell(
    entry: EntryArgument,
    person: PersonOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Decide that a family is told of one look: one left out before, or one asked to prevent or detect crime."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> None:
        known = await known_person(data, acting, person)
        await overseeing.tell(acting, who, {person} | known.aliases, entry)

    at_desk(data, work)
    err.print("It is told, and that is written down.", markup=False)
