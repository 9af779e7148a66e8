"""Returns for tests: a source over a folder, and the questions every one of them is asked."""

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from connectors.conformance import Examples, check
from connectors.contract import Ask, Connector, LocalId, Reply
from connectors.registry import connect
from connectors.source import SourceConfig
from schema.fields import FieldId

TODAY = date(2026, 11, 21)

T = TypeVar("T")


def source(system: str, folder: Path, service: str = "SOCIAL_CARE", **more: Any) -> SourceConfig:
    """Configure a return's source."""
    given: dict[str, Any] = {
        "id": system.replace("_", "-"),
        "service": service,
        "name": "A return",
        "owner": "Authority",
        "agency": "authority",
        "system": system,
        "connection": {"transport": "files", "folder": str(folder), **more},
        "path": Path(f"{system}.toml"),
    }
    return SourceConfig(**given)


def connected(system: str, folder: Path, service: str = "SOCIAL_CARE", **more: Any) -> Connector:
    """Connect a return."""
    return connect(source(system, folder, service, **more))


async def ask(connector: Connector, *people: str, fields: frozenset[FieldId] | None = None) -> Reply:
    """Ask about people: everything the return can answer, unless fields are named."""
    asked = connector.capabilities.fields if fields is None else fields
    return await connector.fetch(Ask(tuple(LocalId(p) for p in people), asked, TODAY))


def of(reply: Reply, kind: type[T], person: str) -> list[T]:
    """Give a person's records of one kind."""
    return [r for r in reply.records[LocalId(person)] if isinstance(r, kind)]


def answers_what_its_manifest_says(connector: Connector, system: str) -> bool:
    """Whether the shipped manifest and the connector's capabilities say the same."""
    manifest = tomllib.loads(files(f"connectors.systems.{system}").joinpath("manifest.toml").read_text("utf-8"))
    records = {f.partition(".")[0] for f in connector.capabilities.fields}
    finds = {s.name for s in connector.capabilities.locates_by}
    return records == set(manifest["answers"]) and finds == set(manifest["finds_by"])


async def conforms(connector: Connector, examples: Examples) -> tuple[str, ...]:
    """Name the promises that are broken or could not be tried at all."""
    report = await check(connector, examples)
    return (*(f"{b.promise}: {b.where}" for b in report.broken), *(s.promise for s in report.skipped))
