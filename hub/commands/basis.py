"""``hub basis``: what in law questions rest on, and the day a law that awaited one began."""

from typing import Annotated

import typer
from rich.table import Table

from hub.commands.allocations import day
from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.governance.acting import Acting
from hub.governance.commencement import commence as begin
from hub.governance.register import Register
from hub.governance.standing import Standing
from schema.lawful_bases import LawfulBasis

app = typer.Typer(help="What in law questions rest on.", no_args_is_help=True)


@app.command("list")
def list_(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List every lawful basis: who may rely on it, whether it needs consent, and since when."""

    async def work(acting: Acting) -> Standing:
        return await Register(acting.database).standing(())

    commenced = at_desk(data, work).commenced
    found = []
    for basis in LawfulBasis:
        terms = basis.terms
        start = terms.start or commenced.get(basis)
        found.append(
            {
                "basis": basis.value,
                "law": terms.statute,
                "who": " ".join(sorted(body.value for body in terms.who)),
                "needsConsent": basis.needs_consent,
                "start": start.isoformat() if start else None,
                "end": terms.end.isoformat() if terms.end else None,
            }
        )
    if json_output:
        print_json(found)
        return
    table = Table("Basis", "Law", "Who may rely on it", "Consent", "In force from", "Until")
    for line in found:
        needs = "yes" if line["needsConsent"] else ""
        words = (line["basis"], line["law"], line["who"], needs, line["start"] or "awaits a day", line["end"] or "")
        table.add_row(*map(str, words))
    out.print(table)


@app.command()
def commence(
    basis: Annotated[str, typer.Argument(help="A basis that awaits its day.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    start: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day it begins; today if none.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the day back: nobody relies on it.")] = False,
    data: DataOption = None,
) -> None:
    """Set the day from which a law that awaited one is relied on."""
    with plainly():
        if basis not in LawfulBasis.__members__:
            raise Refused(f"{basis!r} is not one of {', '.join(LawfulBasis.__members__)}")
        who, on = officer(by, organisation, token, data), None if undo else day("--start", start)

    async def work(acting: Acting) -> None:
        await begin(acting, LawfulBasis[basis], on, who)

    at_desk(data, work)
    err.print("Taken back." if undo else f"{basis} is relied on from {on}.")
