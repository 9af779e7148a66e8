"""The children in need census (Department for Education), as its XML return.

There are no names and no addresses in the census: a child is known by UPN, date of birth and the authority's own id.
What differs between the collection's years is in years.toml; a year it does not know is read as the nearest it knows.
What is confirmed against which published form, and what is not, is in manifest.toml.
"""

import re
from functools import partial

from connectors.connection import checked_connection
from connectors.contract import Connector
from connectors.returns.connector import ReturnConnector, shipped_mapper
from connectors.returns.elements import read_return
from connectors.returns.reading import Drops, Read, ReturnConnection, content_of
from connectors.returns.shelf import Kind, Shelf
from connectors.source import SourceConfig
from connectors.systems.cin_census.census import read_census


class CensusConnection(ReturnConnection):
    """A census drop: the newest XML file whose name holds this."""

    name: re.Pattern[str] = re.compile(r"\.xml$")


def connect(source: SourceConfig) -> Connector:
    """Make the connector; its own ``[[map]]`` blocks add to the census'."""
    connection = checked_connection(source, CensusConnection)
    mapper = shipped_mapper(source, __name__, tabular=False)
    shelf = Shelf(
        connection.folder,
        {"census": Kind(connection.name.pattern)},
        partial(_read, connection=connection),
        mapper.person_of,
    )
    return ReturnConnector(source, connection, mapper, shelf)


def _read(drops: Drops, connection: CensusConnection) -> Read:
    path = drops["census"][0]
    return read_census(read_return(content_of(path, connection.max_bytes), path.name), path.name)
