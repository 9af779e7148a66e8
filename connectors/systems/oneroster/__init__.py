"""OneRoster 1.1 REST (1EdTech): pupils, their schools, and whom to ring there.

The layout is the standard's; what a school system keeps in ``metadata`` is read where England's systems keep it.
"""

import tomllib
from importlib.resources import files

from connectors.contract import Connector
from connectors.mapped import MappedConnector
from connectors.mapping import Mapper
from connectors.source import SourceConfig
from connectors.systems.oneroster.rostering import Roster
from connectors.transports.client import Client, HttpConnection, read_connection

BATCH = 100


def connect(source: SourceConfig) -> Connector:
    """Make a connector for a OneRoster source; its own ``[[map]]`` blocks add to the standard's."""
    layout = tomllib.loads(files(__name__).joinpath("mapping.toml").read_text("utf-8"))
    mapper = Mapper(source.model_copy(update={"map": (*layout["map"], *source.map)}), tabular=False)
    client = Client(read_connection(source, HttpConnection), source.limits.budget(), source.path.name)
    return MappedConnector(Roster(client, source.path.name), mapper, batch_size=BATCH)
