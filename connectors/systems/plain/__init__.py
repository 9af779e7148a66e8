"""Any system with its own layout, connected by a mapping alone: over files, REST or SQL.

``connection.transport`` says which; each is a module of its own, loaded only where a source uses it.
"""

from importlib import import_module

from connectors.contract import Connector
from connectors.errors import SourceMisconfigured
from connectors.registry import Connect
from connectors.source import SourceConfig

TRANSPORTS = ("files", "rest", "sql")


def connect(source: SourceConfig) -> Connector:
    """Make the connector for a source's transport."""
    transport = source.connection.get("transport")
    if transport not in TRANSPORTS:
        listed = ", ".join(TRANSPORTS)
        raise SourceMisconfigured("transport", f"{source.path.name}: connection.transport must be one of {listed}")
    make: Connect = import_module(f"{__name__}.{transport}").connect
    return make(source)
