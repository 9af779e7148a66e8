"""``hub sources``: which systems the hub is connected to, and whether they answer."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from connectors.contract import Health
from connectors.errors import SourceMisconfigured
from connectors.registry import connect, expanded
from connectors.source import SourceConfig, read_source, read_sources
from hub.answer.health import health_of
from hub.commands.preview import preview
from hub.commands.promises import promises
from hub.commands.proving import Finding, prove, unread_of
from hub.commands.reconcile import reconcile
from hub.commands.saying import DataOption, JsonOption, Refused, out, plainly, print_json
from hub.commands.scaffold import new
from hub.commands.whom import IdentifierOption, LocalIdOption, Whom, read_whom
from hub.settings import Environment, read_settings

app = typer.Typer(help="The agencies' systems.", no_args_is_help=True)
app.command("preview")(preview)
app.command("new")(new)
app.command("promises")(promises)
app.command("reconcile")(reconcile)

BROKEN = 3
"""The exit code where a source answers and breaks a promise."""


def _configured(data: Path | None) -> tuple[SourceConfig, ...]:
    settings = read_settings(data=data, env=Environment.DEVELOPMENT.value)
    return read_sources(settings.sources_folder)


@app.command("list")
def list_sources(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List the configured sources."""
    with plainly():
        listed = [one for config in _configured(data) for one in _made_of(config)]
    rows = [
        {"id": s.id, "service": s.service.value, "name": s.name, "owner": s.owner, "system": s.system} for s in listed
    ]
    if json_output:
        print_json(rows)
        return
    table = Table("Source", "Service", "Name", "Owner", "System")
    for row in rows:
        table.add_row(*row.values())
    out.print(table)


def _made_of(config: SourceConfig) -> tuple[SourceConfig, ...]:
    """Give the sources a file makes; itself where that cannot be told: `hub sources check` says why."""
    try:
        return expanded(config)
    except SourceMisconfigured:
        return (config,)


@app.command("check")
def check_sources(
    file: Annotated[Path | None, typer.Argument(help="One source file; every configured source if none.")] = None,
    identifier: IdentifierOption = None,
    local_id: LocalIdOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Ask whether sources answer; try one FILE's promises too. Exit 1: no answer; 3: a promise is broken."""
    with plainly():
        whom = read_whom(identifier, local_id)
        if file is None and whom != Whom():
            raise Refused("a test person belongs to one source: name its FILE")
        configured = (read_source(file),) if file else _configured(data)
        checked = asyncio.run(_check(configured, whom if file else None))
    if json_output:
        print_json([_row(c) for c in checked])
    else:
        _show(checked)
    if not all(c.health.ok for c in checked):
        raise typer.Exit(1)
    if any(p.outcome == "BROKEN" for c in checked for p in c.promises):
        raise typer.Exit(BROKEN)


@dataclass(frozen=True, slots=True)
class Checked:
    """A source, whether it answers, and what became of its promises where they were tried."""

    source: SourceConfig
    health: Health
    promises: tuple[Finding, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    """What of the test person could not be read: the field, as the source calls it, and why. Never the value."""


def _row(checked: Checked) -> dict[str, object]:
    health = checked.health
    as_of = health.as_of.isoformat() if health.as_of else None
    row: dict[str, object] = {"id": checked.source.id, "ok": health.ok, "code": health.code, "asOf": as_of}
    if checked.promises:
        row["promises"] = [{"promise": p.promise, "outcome": p.outcome, "why": p.why} for p in checked.promises]
        row["unread"] = [{"field": place, "why": code} for place, code in checked.unread]
    return row


def _show(checked: list[Checked]) -> None:
    table = Table("Source", "Answers", "Code", "As of")
    for row in map(_row, checked):
        table.add_row(str(row["id"]), "yes" if row["ok"] else "NO", str(row["code"]), str(row["asOf"] or ""))
    out.print(table)
    promises = [p for c in checked for p in c.promises]
    if not promises:
        return
    table = Table("Promise", "Outcome", "Why")
    for p in promises:
        table.add_row(p.promise, p.outcome, escape(p.why))
    out.print(table)
    unread = [one for c in checked for one in c.unread]
    if unread:
        table = Table("Could not be read", "Why")
        for place, code in unread:
            table.add_row(escape(place), code)
        out.print(table)


async def _check(configured: tuple[SourceConfig, ...], whom: Whom | None) -> list[Checked]:
    return list(await asyncio.gather(*(_one(s, whom) for s in configured)))


async def _one(source: SourceConfig, whom: Whom | None) -> Checked:
    connector = connect(source)
    try:
        health = await health_of(source, connector)
        if whom is None or not health.ok:
            return Checked(source, health)
        found = await prove(source, connector, whom)
        return Checked(source, health, found, await unread_of(source, connector, whom))
    finally:
        await connector.close()
