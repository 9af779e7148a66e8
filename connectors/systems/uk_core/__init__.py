"""UK Core FHIR R4 (HL7 UK): patients, their episodes of care, encounters, care teams, flags and relatives."""

import tomllib
from importlib.resources import files

from connectors.contract import Connector
from connectors.mapped import MappedConnector
from connectors.mapping import Mapper
from connectors.source import SourceConfig
from connectors.systems.uk_core.care import Care
from connectors.transports.client import Client, HttpConnection, read_connection
from connectors.transports.fhir import FhirServer

BATCH = 100


def connect(source: SourceConfig) -> Connector:
    """Make a connector for a UK Core server; its own ``[[map]]`` blocks add to the profile's."""
    layout = tomllib.loads(files(__name__).joinpath("mapping.toml").read_text("utf-8"))
    mapper = Mapper(source.model_copy(update={"map": (*layout["map"], *source.map)}), tabular=False)
    client = Client(read_connection(source, HttpConnection), source.limits.budget(), source.path.name)
    return MappedConnector(Care(FhirServer(client)), mapper, batch_size=BATCH)
