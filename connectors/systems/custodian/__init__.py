"""Custodians: systems that give no list of people, match one person on request, and hand records out by pointer.

The shape is that of the national single unique identifier pilot: a match first, then records by record type, each
bound to the pointer it was asked by.
"""

import tomllib
from importlib.resources import files

from connectors.contract import Connector
from connectors.mapping import Mapper
from connectors.source import SourceConfig
from connectors.systems.custodian.custody import Custody
from connectors.systems.custodian.matching import CustodianConnector
from connectors.transports.client import Client, HttpConnection, read_connection


def connect(source: SourceConfig) -> Connector:
    """Make a connector for a custodian; its own ``[[map]]`` blocks add to the pilot's record types."""
    layout = tomllib.loads(files(__name__).joinpath("mapping.toml").read_text("utf-8"))
    mapper = Mapper(source.model_copy(update={"map": (*layout["map"], *source.map)}), tabular=False)
    client = Client(read_connection(source, HttpConnection), source.limits.budget(), source.path.name)
    return CustodianConnector(Custody(client), mapper, client)
