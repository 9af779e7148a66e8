"""What this room's tests stand on: officers and workers of the cast's agencies, asking over the executor."""

import io
from typing import Any

import orjson
from sqlalchemy import select

from hub.graphql.execution import Request, Result
from hub.identity.requester import Requester
from hub.store.tables.audit import AuditRecord
from policies.rulebook import Rulebook
from tests.cast import agency
from tests.house import RULES, House


def of(role: str, source: str, name: str = "") -> Requester:
    """Give somebody of a role, at the agency that owns a source."""
    return Requester(f"sub-{name or role}-{source}", "Somebody", role, agency(source), "tests", lately=True)


FEW = Rulebook([row for row in RULES.rows if row.id.startswith("front-door")])
"""Few rules, so that each look at them is quick."""

COUNCIL, HEALTH, POLICE = (of("ig-officer", source) for source in ("social-care", "health", "police"))
WORKER = of("front-door-worker", "social-care")
COLLEAGUE = of("social-worker", "social-care")


async def run(home: House, who: Requester, query: str, /, **variables: Any) -> Result:
    """Run a document as somebody."""
    return await home.executor.run(Request(query, variables, None), who, "req")


async def ask(home: House, who: Requester, query: str, /, **variables: Any) -> Any:
    """Ask what governs, and insist on an answer without errors."""
    head = f"({', '.join(f'${n}: {t}' for n, (t, _) in variables.items())})" if variables else ""
    result = await run(home, who, f"query {head} {{ governance {{ {query} }} }}", **_values(variables))
    assert not result.errors, result.errors
    return result.data["governance"]


async def do(home: House, who: Requester, field: str, /, **variables: Any) -> Any:
    """Change something, and insist on an answer without errors; gives the field's answer."""
    head = f"({', '.join(f'${n}: {t}' for n, (t, _) in variables.items())})" if variables else ""
    result = await run(home, who, f"mutation {head} {{ done: {field} }}", **_values(variables))
    assert not result.errors, result.errors
    return result.data["done"]


def _values(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, (_, value) in variables.items()}


async def ledger(home: House) -> list[dict[str, Any]]:
    """Give every body in the ledger, in order."""
    async with home.database.read() as connection:
        rows = await connection.execute(select(AuditRecord.__table__.c.body).order_by(AuditRecord.__table__.c.seq))
        return [orjson.loads(row.body) for row in rows]


async def names(home: House) -> list[str]:
    """Give the name of every event in the ledger, in order."""
    return [body["name"] for body in await ledger(home) if "name" in body]


def logged(home: House) -> str:
    """Give all that was logged."""
    assert isinstance(home.log, io.StringIO)
    return home.log.getvalue()
