"""``hub sources``: which systems the hub is connected to, and whether they answer."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from connectors.contract import Health
from connectors.errors import SourceError
from connectors.registry import connect
from connectors.source import SourceConfig, read_source, read_sources
from hub.commands.saying import DataOption, JsonOption, out, plainly, print_json
from hub.settings import Environment, read_settings

app = typer.Typer(help="The agencies' systems.", no_args_is_help=True)


def _configured(data: Path | None) -> tuple[SourceConfig, ...]:
    settings = read_settings(data=data, env=Environment.DEVELOPMENT.value)
    return read_sources(settings.sources_folder)


@app.command("list")
def list_sources(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List the configured sources."""
    with plainly():
        configured = _configured(data)
    rows = [
        {"id": s.id, "service": s.service.value, "name": s.name, "owner": s.owner, "system": s.system}
        for s in configured
    ]
    if json_output:
        print_json(rows)
        return
    table = Table("Source", "Service", "Name", "Owner", "System")
    for row in rows:
        table.add_row(*row.values())
    out.print(table)


@app.command("check")
def check_sources(
    file: Annotated[Path | None, typer.Argument(help="One source file; every configured source if none.")] = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Ask each source whether it answers; exit 1 where one does not."""
    with plainly():
        configured = (read_source(file),) if file else _configured(data)
        health = asyncio.run(_check(configured))
    rows = [
        {"id": s.id, "ok": h.ok, "code": h.code, "asOf": h.as_of.isoformat() if h.as_of else None}
        for s, h in zip(configured, health, strict=True)
    ]
    if json_output:
        print_json(rows)
    else:
        table = Table("Source", "Answers", "Code", "As of")
        for row in rows:
            table.add_row(str(row["id"]), "yes" if row["ok"] else "NO", str(row["code"]), str(row["asOf"] or ""))
        out.print(table)
    if not all(h.ok for h in health):
        raise typer.Exit(1)


async def _check(configured: tuple[SourceConfig, ...]) -> list[Health]:
    return list(await asyncio.gather(*(_one(s) for s in configured)))


async def _one(source: SourceConfig) -> Health:
    connector = connect(source)
    try:
        async with asyncio.timeout(source.limits.deadline):
            return await connector.health()
    except TimeoutError:
        return Health(ok=False, code="deadline")
    except SourceError as error:
        return Health(ok=False, code=error.code)
    finally:
        await connector.close()
