"""SSDA903, the return on children looked after (Department for Education), as one CSV file a table.

There are no names in the return: a child is known by UPN and date of birth. Where a child is placed is read only as
an address that must not be disclosed; the URN of the placement's provider is not read at all.
What is confirmed against which published form, and what is not, is in manifest.toml.
"""

from collections.abc import Iterable
from functools import partial
from typing import Literal, get_args

from connectors.connection import checked_connection
from connectors.contract import Connector, Rejected
from connectors.mapping import Mapper
from connectors.returns.connector import ReturnConnector, shipped_mapper
from connectors.returns.reading import Drops, Read, ReturnConnection
from connectors.returns.shelf import Kind, Shelf
from connectors.source import SourceConfig
from connectors.systems.ssda903.periods import with_periods
from connectors.transports.tables import Bounds, Table, read_table

Name = Literal["Header", "Episodes", "Reviews", "UASC", "OC2", "OC3", "AD1", "PrevPerm", "Missing", "PlacedAdoption"]
TABLES: tuple[str, ...] = get_args(Name)
"""The return's tables that are read, by the word a file's name holds."""

_NEEDED = {"CHILD", "DECOM", "DEC", "RNE", "REC", "LS", "CIN", "PLACE"}


class Ssda903Connection(ReturnConnection):
    """A 903 drop: the tables this authority gives. A table listed and not there is said to be missing."""

    tables: tuple[Name, ...] = ("Header", "Episodes")


def connect(source: SourceConfig) -> Connector:
    """Make the connector; its own ``[[map]]`` blocks add to the return's."""
    connection = checked_connection(source, Ssda903Connection)
    mapper = shipped_mapper(source, __name__, tabular=True)
    kinds = {t: Kind(rf"(?<![a-z]){t}(?![a-z]).*\.csv$", required=t in {"Header", "Episodes"}) for t in TABLES}
    read = partial(_read, connection=connection, mapper=mapper)
    return ReturnConnector(source, connection, mapper, Shelf(connection.folder, kinds, read, mapper.person_of))


def _read(drops: Drops, connection: Ssda903Connection, mapper: Mapper) -> Read:
    paths = mapper.every_path()
    episodes = paths["Episodes"] | _NEEDED
    columns = {table: frozenset(paths.get(table, frozenset())) for table in TABLES} | {"Episodes": episodes}
    bounds = Bounds(connection.max_bytes, connection.max_rows)
    rows = {
        table: tuple(read_table(Table(drops[table][0], None, 1, ",", None, columns[table]), bounds))
        for table in TABLES
        if drops[table]
    }
    missing = frozenset(t for t in connection.tables if not drops[t])
    periods = with_periods(rows["Episodes"])
    return Read({**rows, "Periods": periods}, tuple(_missing(missing)), missing)


def _missing(tables: Iterable[str]) -> Iterable[Rejected]:
    return (Rejected(table, "missing-file") for table in sorted(tables))
