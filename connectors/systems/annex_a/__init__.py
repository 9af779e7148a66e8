"""Annex A of Ofsted's inspections of local authority children's services (ILACS): child-level lists in one workbook.

Headings drift from authority to authority: they are matched by their letters. A list or a column that is not there is
said by its place, and an answer that needed the list is not complete. What is confirmed, and what is not, is in
manifest.toml.
"""

from functools import partial
from typing import Annotated

from pydantic import Field

from connectors.connection import checked_connection
from connectors.contract import Connector
from connectors.returns.connector import ReturnConnector, shipped_mapper
from connectors.returns.reading import Drops, Read, ReturnConnection
from connectors.returns.shelf import Kind, Shelf
from connectors.source import SourceConfig
from connectors.systems.annex_a.lists import read_lists
from connectors.systems.annex_a.workbook import sheets_of


class AnnexConnection(ReturnConnection):
    """An Annex A drop: the newest workbook; ``lists`` are those this authority gives."""

    lists: tuple[Annotated[int, Field(ge=1, le=10)], ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


def connect(source: SourceConfig) -> Connector:
    """Make the connector; its own ``[[map]]`` blocks add to the annex'."""
    connection = checked_connection(source, AnnexConnection)
    mapper = shipped_mapper(source, __name__, tabular=True)
    kinds = {"workbook": Kind(r"\.xls[xm]$")}
    shelf = Shelf(connection.folder, kinds, partial(_read, connection=connection), mapper.person_of)
    return ReturnConnector(source, connection, mapper, shelf)


def _read(drops: Drops, connection: AnnexConnection) -> Read:
    path = drops["workbook"][0]
    return read_lists(path.name, sheets_of(path, connection), connection.lists, connection.max_rows)
