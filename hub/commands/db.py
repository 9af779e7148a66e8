"""``hub db``: the hub's own database."""

import asyncio

import typer
from sqlalchemy.exc import SQLAlchemyError

from hub.commands.saying import DataOption, Refused, err, plainly
from hub.settings import read_settings
from hub.store.database import Database

app = typer.Typer(help="The hub's own database.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``upgrade`` a command of its own."""


@app.command()
def upgrade(data: DataOption = None) -> None:
    """Bring the hub's tables up to date."""
    with plainly():
        settings = read_settings(data=data)
        try:
            asyncio.run(_upgrade(settings.database))
        except (SQLAlchemyError, OSError) as error:
            raise Refused(f"the database cannot be upgraded: {type(error).__name__}") from None
    err.print("The hub's database is up to date.")


async def _upgrade(url: str) -> None:
    database = Database(url)
    try:
        await database.upgrade()
    finally:
        await database.close()
