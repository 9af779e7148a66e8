"""Commands on people as an officer types them: run, given as JSON, refused in one line; and what the ledger has."""

import asyncio
import json
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from typer.testing import CliRunner, Result

from hub.cli import app
from hub.store.database import Database
from hub.store.tables.audit import AuditRecord
from tests.cast import agency

RUN = CliRunner()
SAID = "Maya Quillfeather told the school nurse"


def hub(data: Path, *words: str, said: str = "") -> Result:
    return RUN.invoke(app, [*words, "--data", str(data)], input=said)


def done(data: Path, *words: str, said: str = "") -> Any:
    """Run a command that works, and give its JSON."""
    result = hub(data, *words, "--json", said=said)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(data: Path, *words: str, said: str = SAID) -> str:
    """Run a command that is refused in one line, with exit code 1, and give the line."""
    result = hub(data, *words, said=said)
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("hub: ")
    assert result.stderr.count("\n") == 1
    assert "Quillfeather" not in result.output
    return str(result.stderr)


def spoil(data: Path, *statements: str) -> None:
    async def run() -> None:
        database = Database(f"sqlite:///{data / 'hub.db'}")
        async with database.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await database.close()

    asyncio.run(run())


def names(data: Path) -> list[str]:
    """Give the name of every event in the ledger, in order; nobody's words are in any."""

    async def read() -> list[bytes]:
        database = Database(f"sqlite:///{data / 'hub.db'}")
        async with database.read() as connection:
            bodies = select(AuditRecord.__table__.c.body).order_by(AuditRecord.__table__.c.seq)
            found = [row.body for row in await connection.execute(bodies)]
        await database.close()
        return found

    bodies = asyncio.run(read())
    assert all(b"Quillfeather" not in body for body in bodies)
    return [body["name"] for body in map(json.loads, bodies) if "name" in body]


def who(source: str, name: str = "ig-1") -> tuple[str, ...]:
    return ("--by", name, "--organisation", agency(source))
