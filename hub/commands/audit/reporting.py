"""``hub audit child``, ``worker``, ``source``, ``unusual`` and ``who``: reports for whoever oversees the hub."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from hub.audit import ORIGIN
from hub.audit.access_rows import HEAD, row
from hub.audit.accesses import MOST, Access, Which
from hub.audit.csv_writing import as_csv
from hub.audit.fhir_events import bundle
from hub.audit.unusual import MEANS
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
from hub.commands.saying import DataOption, Refused, err, out, plainly, print_json
from hub.governance import overseeing
from hub.governance.acting import Acting, By, Note

SHORT = ("at", "entry", "role", "organisation", "purpose", "ended", "business")
"""Those that fit on a screen."""


class Form(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    FHIR = "fhir"


FormOption = Annotated[Form, typer.Option("--as", help="fhir: AuditEvents by IHE BALP.")]
FirstOption = Annotated[int, typer.Option("--first", min=1, max=MOST, help="How many, newest first.")]
AfterOption = Annotated[str, typer.Option("--after", help="The last page's `next`.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="YYYY-MM-DD")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="Up to that day, without it.")]


def child(
    person: PersonOption,
    first: FirstOption = 25,
    after: AfterOption = "",
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.TABLE,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """List who looked at a child's record, newest first: every look, whatever a family is told (`hub audit family`)."""

    async def which(acting: Acting) -> Which:
        known = await known_person(data, acting, person)
        subjects = frozenset(map(acting.pseudonyms.subject, {person} | known.aliases))
        return Which(subjects, since=_day("--since", since), until=_day("--until", until))

    _page("child", which, _who(by, organisation, token, data), data, form, first, after)


def worker(
    worker_id: Annotated[str, typer.Option("--worker", help="Their id at the identity provider.")],
    first: FirstOption = 25,
    after: AfterOption = "",
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.TABLE,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """List what a worker asked and searched, newest first."""

    async def which(acting: Acting) -> Which:
        actor = acting.pseudonyms.actor(worker_id)
        return Which(actor=actor, since=_day("--since", since), until=_day("--until", until))

    _page("worker", which, _who(by, organisation, token, data), data, form, first, after)


def source(
    source_id: Annotated[str, typer.Argument(metavar="SOURCE", help="The source's id, as in its file.")],
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.TABLE,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Count what a source was asked, by organisation and purpose."""
    who = _who(by, organisation, token, data)
    with plainly():
        if form is Form.FHIR:
            raise Refused("counts are no AuditEvents: `hub audit child --as fhir` writes those")
        if not source_id.isascii() or not source_id.replace("-", "").isalnum() or not source_id[0].isalpha():
            raise Refused("SOURCE takes a source's id, such as housing-north")
        which = Which(source=source_id, since=_day("--since", since), until=_day("--until", until))
    found = at_desk(data, lambda acting: overseeing.tallied(acting, who, which))
    rows = [(t.organisation, t.purpose, t.asked, t.records) for t in found]
    _write(("organisation", "purpose", "asked", "gave records"), rows, form)


def unusual(
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.TABLE,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """List what was unusual in a period: signs to look into. Colleagues and namesakes are items for review."""
    who = _who(by, organisation, token, data)
    with plainly():
        if form is Form.FHIR:
            raise Refused("signs are no AuditEvents: `hub audit child --as fhir` writes those")
        which = Which(since=_day("--since", since), until=_day("--until", until))
    found = at_desk(data, lambda acting: overseeing.signs(acting, who, which))
    rows = [(u.day, u.sign.value, u.actor, u.role, u.organisation, u.count, u.record_id, MEANS[u.sign]) for u in found]
    _write(("day", "sign", "worker", "role", "organisation", "times", "first entry", "what it means"), rows, form)


def who(
    pseudonym: Annotated[str, typer.Argument(help="A worker's pseudonym, as a report has it.")],
    among: Annotated[Path, typer.Option("--among", help="File of ids at the identity provider, one a line.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Say which of some workers a pseudonym is: the ledger cannot be read backwards, but names can be tried."""
    asker = _who(by, organisation, token, data)
    with plainly():
        ids = read_file(among).decode("utf-8", "replace").split()
        if len(pseudonym) != len("0" * 32) or not pseudonym.isalnum():
            raise Refused("a pseudonym is thirty-two hexadecimal digits")

    async def work(acting: Acting) -> list[str]:
        await acting.note(asker, Note("pseudonym-resolved", pseudonym))
        return [one for one in ids if acting.pseudonyms.actor(one) == pseudonym]

    found = at_desk(data, work)
    if not found:
        err.print("None of them.")
        raise typer.Exit(1)
    typer.echo(found[0])


def _who(by: str, organisation: str, token: Path | None, data: Path | None) -> By:
    with plainly():
        return officer(by, organisation, token, data)


def _page(
    report: str,
    which: Callable[[Acting], Coroutine[Any, Any, Which]],
    by: By,
    data: Path | None,
    form: Form,
    first: int,
    after: str,
) -> None:
    async def work(acting: Acting) -> tuple[Access, ...]:
        return await overseeing.page(acting, by, report, await which(acting), limit=first, after=after)

    found = at_desk(data, work)
    if form is Form.FHIR:
        print_json(bundle(found, ORIGIN))
    else:
        shown = [i for i, name in enumerate(HEAD) if form is not Form.TABLE or name in SHORT]
        rows = map(row, found)
        _write([HEAD[i] for i in shown], [tuple(told[i] for i in shown) for told in rows], form)
    if len(found) == first:
        err.print(f"next: {found[-1].cursor}", markup=False, soft_wrap=True)


def _write(head: Sequence[str], rows: Sequence[tuple[object, ...]], form: Form) -> None:
    match form:
        case Form.CSV:
            typer.echo(as_csv(head, rows), nl=False)
        case Form.TABLE:
            table = Table(*head)
            for row in rows:
                table.add_row(*map(str, row))
            out.print(table)
        case _:
            print_json([dict(zip(head, row, strict=True)) for row in rows])


def _day(option: str, text: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None
    except ValueError:
        raise Refused(f"{option} takes a date such as 2026-11-21") from None
