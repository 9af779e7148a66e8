"""``hub sources preview``: what each field of a test person maps from, on the screen and nowhere else."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from connectors.conformance.walking import all_given
from connectors.contract import Ask, LocalId, Reply
from connectors.errors import SourceError
from connectors.mapping.locating import plain_code
from connectors.mapping.tracing import Trace, Traced, tracing
from connectors.registry import connect
from connectors.source import SourceConfig, read_source
from hub.commands.saying import JsonOption, Refused, out, plainly, print_json
from hub.commands.whom import IdentifierOption, LocalIdOption, Whom, read_whom
from hub.settings import PREFIX, Environment
from schema.records import Status

CODE = "(in code)"
"""Where a field comes from that no mapping fills."""

ASKED = "(as asked)"
"""What an identifier became by which the person was asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the preview: its name, where it came from, what stood there, what it became, what was wrong."""

    name: str
    place: str
    raw: str = field(repr=False)
    becomes: str = field(repr=False)
    rejected: str = ""


def preview(
    file: Annotated[Path, typer.Argument(help="One source file.")],
    identifier: IdentifierOption = None,
    local_id: LocalIdOption = None,
    json_output: JsonOption = False,
    sure: Annotated[
        bool, typer.Option("--yes-this-is-a-test-person", help="Needed in production: no real person's record here.")
    ] = False,
) -> None:
    """Show what each field of a test person maps from, and what says who they are: raw, decoded, rejected."""
    with plainly():
        if not sure and os.environ.get(f"{PREFIX}ENV", Environment.PRODUCTION.value) == Environment.PRODUCTION.value:
            raise Refused("a preview shows a record as it is: in production add --yes-this-is-a-test-person")
        whom = read_whom(identifier, local_id)
        if whom == Whom():
            raise Refused("name a test person: --identifier SYSTEM=VALUE or --local-id ID")
        source = read_source(file)
        lines, identity, left_out = asyncio.run(_previewed(source, whom))
    if json_output:
        shown = {"fields": list(map(_row, lines)), "identity": list(map(_row, identity))}
        print_json({"id": source.id, **shown, "leftOut": left_out})
        return
    for listed in filter(None, (identity, lines)):
        table = Table("Field", "From", "Raw", "Becomes", "Rejected")
        for x in listed:
            table.add_row(*(escape(cell) for cell in _row(x).values()))
        out.print(table)
    for said in left_out:
        out.print(said, markup=False)


def _row(x: Line) -> dict[str, str]:
    return {"field": x.name, "from": x.place, "raw": x.raw, "becomes": x.becomes, "rejected": x.rejected}


async def _previewed(source: SourceConfig, whom: Whom) -> tuple[list[Line], list[Line], list[str]]:
    connector = connect(source)
    try:
        async with asyncio.timeout(2 * source.limits.deadline):
            fields = connector.capabilities.fields
            with tracing() as trace:
                person = await whom.at(connector)
                assert person is not None  # noqa: S101 -- somebody was named, or this was refused
                reply = await connector.fetch(Ask((person,), fields, datetime.now(UTC).date()))
    except (SourceError, Refused):
        raise
    except TimeoutError:
        raise Refused(f"{source.id} did not answer within {2 * source.limits.deadline:g} seconds") from None
    except Exception as error:  # noqa: BLE001 -- a connector of a third party may raise anything
        raise Refused(f"fetch raised {type(error).__name__}") from None
    finally:
        await connector.close()
    if person not in reply.records:
        raise Refused("the source knows nobody by that id")
    return list(_lines(trace, reply, person)), list(_identity(trace, person, whom)), _left_out(trace)


def _lines(trace: Trace, reply: Reply, person: LocalId) -> Iterator[Line]:
    for one in trace.fields:
        yield Line(one.name, _place(one), ", ".join(map(repr, one.raw)), _plain(one.value), ", ".join(one.rejected))
    traced = {one.name for one in trace.fields}
    for given in all_given(Reply({person: reply.records[person]})):
        if given.field not in traced:
            yield Line(given.field, CODE, "", _plain(given.value))


def _identity(trace: Trace, person: LocalId, whom: Whom) -> Iterator[Line]:
    """Say what identifies the person: that it is there and was read, not what it is."""
    asked = {plain_code(value) for _, value in whom.traits.identifiers} if whom.traits else set()
    for one in trace.identity_of(person, datetime.now(UTC).date()):
        found = isinstance(one.value, str) and plain_code(one.value) in asked
        raw = ", ".join(_masked(v) for v in one.raw)
        yield Line(one.name, _place(one), raw, ASKED if found else _masked(one.value), ", ".join(one.rejected))


def _masked(value: Any) -> str:
    """Leave of a value what says that it was read as it should be: a first letter, a year, a closed list's member."""
    if value is None or isinstance(value, Status):
        return _plain(value)
    if isinstance(value, date):
        return f"{value.year}-**-**"
    return f"{str(value)[:1]}***" if str(value) else "''"


def _place(one: Traced) -> str:
    return f"{one.resource}[{one.row}].{' + '.join(one.paths)}" if one.paths else f"{one.resource}[{one.row}] constant"


def _plain(value: Any) -> str:
    """Write a value so that a terminal shows it and obeys nothing in it."""
    return (
        ""
        if value is None
        else value.name
        if isinstance(value, Enum)
        else repr(value)
        if isinstance(value, str)
        else str(value)
    )


def _left_out(trace: Trace) -> list[str]:
    return [f"{count} of {resource}: no {record}, {why}" for (resource, record, why), count in trace.left_out.items()]
