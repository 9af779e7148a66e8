"""Every shipped system over its real transport, with people of its own for the conformance kit.

A stage starts what the system needs (a folder of drops, a database, a server on this machine) and connects to it.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.conformance import Examples, Known
from connectors.conformance.out_of_reach import out_of_reach
from connectors.contract import Connector, LocalId, Name, Traits
from connectors.registry import connect
from connectors.source import SourceConfig
from hub.demo.books.ssd_tables import EARLY_HELP_TABLES, SOCIAL_CARE_TABLES
from schema.records import IdentifierSystem
from tests.rooms.connectors import test_graphql, test_sql_plain
from tests.sources import demo_source
from tests.systems.annex_a import test_annex_a as annex
from tests.systems.cin_census import test_cin_census as census
from tests.systems.ctf import test_ctf as ctf
from tests.systems.custodian import test_custodian as police
from tests.systems.hub import northshire as north
from tests.systems.oneroster import test_oneroster as school
from tests.systems.open_referral import test_open_referral as services
from tests.systems.plain_rest import test_plain_rest as housing
from tests.systems.returning import TODAY, connected
from tests.systems.ssd.databases import on_postgres, on_sqlite, postgres_server
from tests.systems.ssd.databases import source as ssd_source
from tests.systems.ssda903 import test_ssda903 as care
from tests.systems.staff_directory import test_staff_directory as staff
from tests.systems.uk_core import test_uk_core as trust

Staged = tuple[Connector, Examples]
Stage = Callable[[Path], AbstractAsyncContextManager[Staged]]

_HOMES = """ref,forename,surname,postcode,dob,team,began
H1,Ada,Marchbanks,BK3 4AB,09/03/2012,North,01/02/2024
H2,Cat,Lowe,BK1 1AA,06/05/2014,South,
H3,Cat,Lowe,BK1 1AA,06/05/2014,South,
"""
_CHILDREN = (
    Traits((Name("Ada", "Marchbanks"),), TODAY.replace(2012, 3, 9), postcodes=("BK3 4AB",)),
    Traits((Name("Cat", "Lowe"),), TODAY.replace(2014, 5, 6), postcodes=("BK1 1AA",)),
)


@asynccontextmanager
async def _connected(source: SourceConfig, examples: Examples) -> AsyncIterator[Staged]:
    """Connect a source, and the same with its system out of reach."""
    connector, away = connect(source), out_of_reach(source)
    try:
        yield connector, replace(examples, unreachable=away)
    finally:
        await connector.close()


@asynccontextmanager
async def _annex_a(folder: Path) -> AsyncIterator[Staged]:
    yield connected("annex_a", annex.book(folder / "annex.xlsx")), annex.examples(folder)


@asynccontextmanager
async def _cin_census(folder: Path) -> AsyncIterator[Staged]:
    yield census.dropped(folder), census.examples(folder)


@asynccontextmanager
async def _ctf(folder: Path) -> AsyncIterator[Staged]:
    yield connected("ctf", ctf.dropped(folder), "EDUCATION"), ctf.examples(folder)


@asynccontextmanager
async def _ssda903(folder: Path) -> AsyncIterator[Staged]:
    yield connected("ssda903", care.dropped(folder)), care.examples(folder)


@asynccontextmanager
async def _open_referral(folder: Path) -> AsyncIterator[Staged]:
    async with services.beside(folder) as (_, connector, base):
        yield connector, services.examples(base, folder)


@asynccontextmanager
async def _staff_directory(folder: Path) -> AsyncIterator[Staged]:
    async with staff.beside(folder) as (_, connector, base):
        yield connector, staff.examples(base, folder)


@asynccontextmanager
async def _oneroster(folder: Path) -> AsyncIterator[Staged]:
    async with school.school(folder, school.School()) as connector:
        away = out_of_reach(demo_source("education", "http://127.0.0.1:9", folder))
        yield connector, replace(school.examples(), unreachable=away)


@asynccontextmanager
async def _uk_core(folder: Path) -> AsyncIterator[Staged]:
    async with trust.trust(folder, trust.Trust()) as connector:
        away = out_of_reach(demo_source("health", "http://127.0.0.1:9", folder))
        yield connector, replace(trust.examples(), unreachable=away)


@asynccontextmanager
async def _custodian(folder: Path) -> AsyncIterator[Staged]:
    async with police.custodian(folder, police.Police()) as connector:
        away = out_of_reach(demo_source("police", "http://127.0.0.1:9", folder))
        yield connector, replace(police.examples(), unreachable=away)


@asynccontextmanager
async def _upstream_graphql(folder: Path) -> AsyncIterator[Staged]:
    del folder
    given = {
        **test_graphql.SOURCE,
        "connection": {**test_graphql.SOURCE["connection"], "base_url": "http://127.0.0.1:9"},
    }
    away = out_of_reach(SourceConfig.model_validate(given))
    named = [test_graphql.traits(name) for name in ("Ada", "Zed", "Cat")]
    known = (Known(LocalId("c1"), named[0]),)
    async with test_graphql.upstream(test_graphql.Api()) as connector:
        yield connector, Examples(known, LocalId("nobody"), TODAY, named[1], named[2], unreachable=away)


@asynccontextmanager
async def _hub(folder: Path) -> AsyncIterator[Staged]:
    async with north.beside(folder / "there") as there:
        source, examples = there.source(folder), north.examples(there.ids)
        async with _connected(source, examples) as staged:
            yield staged


@asynccontextmanager
async def _plain_rest(folder: Path) -> AsyncIterator[Staged]:
    known = (Known(LocalId("HP1"), housing.traits("Ada")),)
    away = out_of_reach(demo_source("housing", "http://127.0.0.1:9", folder))
    async with housing.connected("housing", folder, housing.Housing()) as connector:
        examples = Examples(known, LocalId("nobody"), TODAY, housing.traits("Zed"), housing.traits("Cat"))
        yield connector, replace(examples, unreachable=away)


@asynccontextmanager
async def _plain_sql(folder: Path) -> AsyncIterator[Staged]:
    path = folder / "homes.sqlite"
    with sqlite3.connect(path) as connection:
        for statement in test_sql_plain.statements("", "timestamp"):
            connection.execute(statement)
    connection.close()
    known = (Known(LocalId("7"), _CHILDREN[0]), Known(LocalId("8")))
    examples = Examples(known, LocalId("404"), TODAY, ambiguous=_CHILDREN[1])
    async with _connected(test_sql_plain.source(f"sqlite:///{path}"), examples) as staged:
        yield staged


@asynccontextmanager
async def _plain_csv(folder: Path) -> AsyncIterator[Staged]:
    (folder / "homes.csv").write_text(_HOMES, "utf-8")
    people: dict[str, Any] = {
        "record": "Identity",
        "from": "homes",
        "person": "ref",
        "names": [{"given": "forename", "family": "surname"}],
        "postcodes": ["postcode"],
        "fields": {"date_of_birth": {"path": "dob", "date": "dd/mm/yyyy"}},
    }
    tenancy: dict[str, Any] = {
        "record": "Involvement",
        "from": "homes",
        "person": "ref",
        "fields": {"team": "team", "start": {"path": "began", "date": "dd/mm/yyyy"}},
    }
    source = SourceConfig(
        id="homes",
        service="HOUSING",
        name="Homes",
        owner="Homes",
        agency="homes",
        system="plain",
        connection={"transport": "files", "folder": str(folder), "files": {"homes": {"name": "homes.csv"}}},
        map=(people, tenancy),
        path=Path("homes.toml"),
    )
    known = (Known(LocalId("H1"), _CHILDREN[0]), Known(LocalId("H2")))
    async with _connected(source, Examples(known, LocalId("nobody"), TODAY, ambiguous=_CHILDREN[1])) as staged:
        yield staged


def _ssd_examples() -> Examples:
    number = ((IdentifierSystem.NHS_NUMBER, "9990000018"),)
    people = tuple(Known(LocalId(p)) for p in ("P2", "P3", "P4", "P5", "P6"))
    known = (Known(LocalId("P1"), Traits(identifiers=number)), *people)
    stranger = Traits((Name("No", "One"),), TODAY.replace(1999, 1, 1))
    unsure = Traits((Name("Sam", "Example"),))
    return Examples(known, LocalId("nobody"), TODAY, stranger, unsure)


@asynccontextmanager
async def _ssd_sqlite(folder: Path) -> AsyncIterator[Staged]:
    url = on_sqlite(folder / "ssd.sqlite", SOCIAL_CARE_TABLES, "timestamp")
    async with _connected(ssd_source(url), _ssd_examples()) as staged:
        yield staged


@asynccontextmanager
async def _ssd_postgres(folder: Path) -> AsyncIterator[Staged]:
    del folder
    with postgres_server() as server:
        url = await on_postgres(server, "social_care", SOCIAL_CARE_TABLES, "timestamp")
        async with _connected(ssd_source(url), _ssd_examples()) as staged:
            yield staged


@asynccontextmanager
async def _ssd_early_help(folder: Path) -> AsyncIterator[Staged]:
    url = on_sqlite(folder / "ssd.sqlite", EARLY_HELP_TABLES, "date")
    async with _connected(ssd_source(url, "early-help"), _ssd_examples()) as staged:
        yield staged


STAGES: dict[str, Stage] = {
    "annex_a: XLSX": _annex_a,
    "cin_census: XML": _cin_census,
    "ctf: XML": _ctf,
    "custodian: REST": _custodian,
    "hub: GraphQL, signed": _hub,
    "oneroster: REST": _oneroster,
    "open_referral: REST beside CSV": _open_referral,
    "plain: CSV": _plain_csv,
    "plain: REST": _plain_rest,
    "plain: SQLite": _plain_sql,
    "ssd: SQLite": _ssd_sqlite,
    "ssd: PostgreSQL": _ssd_postgres,
    "ssd: early help, SQLite": _ssd_early_help,
    "ssda903: CSV": _ssda903,
    "staff_directory: REST beside CSV": _staff_directory,
    "uk_core: FHIR": _uk_core,
    "upstream_graphql: GraphQL": _upstream_graphql,
}
"""A stage for each system and transport; a key names both."""
