"""The Common Transfer File (Department for Education), as the XML files a school or authority drops.

Each file is one school's or authority's pupils; every file in the folder is read, a pupil known by UPN.
What is confirmed against which published form, and what is not, is in manifest.toml.
"""

from functools import partial

from connectors.connection import checked_connection
from connectors.contract import Connector
from connectors.returns.connector import ReturnConnector, shipped_mapper
from connectors.returns.elements import read_return
from connectors.returns.reading import Drops, Read, ReturnConnection, content_of
from connectors.returns.shelf import Kind, Shelf
from connectors.source import SourceConfig
from connectors.systems.ctf.transfers import read_transfers


def connect(source: SourceConfig) -> Connector:
    """Make the connector; its own ``[[map]]`` blocks add to the file's."""
    connection = checked_connection(source, ReturnConnection)
    mapper = shipped_mapper(source, __name__, tabular=False)
    kinds = {"transfers": Kind(r"CTF.*\.xml$")}
    shelf = Shelf(connection.folder, kinds, partial(_read, connection=connection), mapper.person_of)
    return ReturnConnector(source, connection, mapper, shelf)


def _read(drops: Drops, connection: ReturnConnection) -> Read:
    paths = drops["transfers"]
    left = connection.max_bytes
    files = []
    for path in paths:
        content = content_of(path, left)
        left -= len(content)
        files.append((path.name, read_return(content, path.name)))
    return read_transfers(files)
