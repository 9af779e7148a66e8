"""``hub keys``: the hub's own keys, and moving what they protect from one to the next while the hub goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.table import Table
from sqlalchemy import select

from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.keys import Keyring, create_next, file_of, read_keys
from hub.people.letting_go import still_needed
from hub.people.proving_keys import INDEX, KEK, prove
from hub.people.rehashing import rehash
from hub.people.rewrapping import by_version, rewrap
from hub.settings import Environment, read_settings
from hub.store.database import BROKEN, Database
from hub.store.tables.people import KEY_VERSION

app = typer.Typer(help="The hub's own keys: list them, make the next, move to it.", no_args_is_help=True)

T = TypeVar("T")


class Which(StrEnum):
    """The keys that have versions."""

    KEK = KEK
    INDEX = INDEX


KeyArgument = Annotated[Which, typer.Argument(help="kek: seals people's demographics. index: hashes what finds them.")]


def _with(data: Path | None, work: Callable[[Database, Keyring], Awaitable[T]]) -> T:
    """Open the database with its keys, do some work, and close it; every refusal is one line."""

    async def run() -> T:
        settings = read_settings(data=data, env=Environment.DEVELOPMENT.value)
        database, keyring = Database(settings.database), read_keys(settings.keys_folder)
        try:
            await database.upgrade()
            await prove(database, keyring)
            return await work(database, keyring)
        except BROKEN as error:
            raise Refused(f"the hub's database cannot be used: {type(error).__name__}") from None
        finally:
            await database.close()

    with plainly():
        return asyncio.run(run())


@app.command("list")
def list_keys(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List the versions of keys that the database needs, and what each is for."""

    async def read(database: Database, _: Keyring) -> list[dict[str, object]]:
        sealed = await by_version(database)
        async with database.read() as connection:
            rows = (await connection.execute(select(KEY_VERSION).order_by(*KEY_VERSION.primary_key.columns))).all()
        return [
            {
                "file": file_of(row.name, row.version),
                "state": row.state,
                "rows": sealed.get(row.version, 0) if row.name == KEK else None,
            }
            for row in rows
        ]

    rows = _with(data, read)
    if json_output:
        print_json(rows)
        return
    table = Table("File", "State", "Rows sealed under it")
    for row in rows:
        table.add_row(str(row["file"]), str(row["state"]), "" if row["rows"] is None else str(row["rows"]))
    out.print(table)


@app.command()
def new(key: KeyArgument, data: DataOption = None) -> None:
    """Make the next version of a key in the keys folder. Copy it to every replica before it is rotated to."""
    with plainly():
        folder = read_settings(data=data, env=Environment.DEVELOPMENT.value).keys_folder
        read_keys(folder)
        try:
            made = file_of(key.value, create_next(folder, key.value))
        except OSError as error:
            raise Refused(f"a key cannot be made in {folder}: {error.strerror}") from None
    err.print(f"Made {made}. Copy it to every replica's keys folder, then run: hub keys rotate {key.value}")


@app.command()
def rotate(key: KeyArgument, data: DataOption = None) -> None:
    """Move to the newest version of a key. The hub goes on meanwhile; stopped at any moment, run it again."""

    async def move(database: Database, keyring: Keyring) -> int:
        if key is Which.KEK:
            return await rewrap(database, keyring, lambda table, count: err.print(f"{table}: {count:,} rows"))
        return await rehash(database, keyring, lambda done, of: err.print(f"{done:,} of {of:,} entries"))

    version = _with(data, move)
    made = file_of(key.value, version)
    err.print(f"Everything is under {made}. Keep the earlier files as long as backups need them.")


@app.command()
def drop(
    key: KeyArgument,
    version: Annotated[int, typer.Argument(help="Which version: 1 is the file without a number.")],
    without_backups: Annotated[
        bool, typer.Option("--no-backup-needs-it", help="You keep no backup made while it was in use.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Remove the file of an old version of a key from this keys folder; refused while anything needs it."""
    with plainly():
        folder = read_settings(data=data, env=Environment.DEVELOPMENT.value).keys_folder
        versions = read_keys(folder).versions(key.value)
    name = file_of(key.value, version)

    async def unused(database: Database, _: Keyring) -> None:
        if versions.get(version) is None:
            raise Refused(f"there is no {name} in {folder}")
        if why := await still_needed(database, key.value, version):
            raise Refused(f"{name} is needed: {why}; move to the newest with `hub keys rotate {key.value}`")
        if version == versions.newest:
            raise Refused(f"{name} is the newest: it is what `hub keys rotate {key.value}` moves to")
        if not without_backups:
            raise Refused(
                f"a backup made under {name} opens with nothing else: say --no-backup-needs-it if you keep none"
            )
        try:
            (folder / name).unlink()
        except OSError as error:
            raise Refused(f"{name} cannot be removed from {folder}: {error.strerror}") from None

    _with(data, unused)
    err.print(f"Removed {name} from {folder}. Remove it from every replica's keys folder too.")
