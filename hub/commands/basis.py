"""``hub basis``: what in law questions rest on, and the day a law that awaited one began."""

from typing import Annotated

import typer

from hub.commands.listing import show
from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer
from hub.commands.saying import DataOption, JsonOption, Refused, err, plainly
from hub.commands.typed import day, today
from hub.governance.acting import Acting
from hub.governance.commencement import Commenced, commencements_in
from hub.governance.commencement import commence as begin
from hub.governance.listing import Listed
from schema.lawful_bases import LawfulBasis

app = typer.Typer(help="What in law questions rest on.", no_args_is_help=True)


@app.command("list")
def list_(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List every lawful basis: who may rely on it, whether it needs consent, and since when."""

    async def work(acting: Acting) -> Listed[Commenced]:
        return await commencements_in(acting.database)

    begun = at_desk(data, work)
    commenced = dict(begun.found)
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
    if not json_output:
        awaits = {"start": "awaits a day"}
        found = [
            {**line, "needsConsent": "yes" if line["needsConsent"] else "", **({} if line["start"] else awaits)}
            for line in found
        ]
    columns = {"basis": "Basis", "law": "Law", "who": "Who may rely on it", "needsConsent": "Consent"}
    show(found, columns | {"start": "In force from", "end": "Until"}, begun.faulty, json_output=json_output)


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
        who, on = officer(by, organisation, token, data), None if undo else day("--start", start) or today()

    async def work(acting: Acting) -> None:
        await begin(acting, LawfulBasis[basis], on, who)

    at_desk(data, work)
    err.print("Taken back." if undo else f"{basis} is relied on from {on}.")
