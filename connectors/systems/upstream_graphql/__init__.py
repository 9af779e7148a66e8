"""An agency's own GraphQL API: its query documents are in the source's file, what they mean is in ``[[map]]``.

::

    [connection]
    base_url = "https://…/graphql"
    [connection.resources.children]           # the name `from` uses in a map block
    document = "query($people: [ID!]!) { children(ids: $people) { id … } }"
    everyone = "query($since: DateTime, $after: String) { … }"     # where the API gives an index feed
    items = "children"                        # JMESPath below `data`
    everyone_items = "allChildren.nodes"
    next_cursor = "allChildren.pageInfo.endCursor"
"""

from connectors.contract import Connector
from connectors.errors import SourceMisconfigured
from connectors.mapped import MappedConnector
from connectors.mapping import Mapper
from connectors.source import SourceConfig
from connectors.systems.upstream_graphql.documents import GraphqlConnection, Upstream
from connectors.transports.client import Client, read_connection


def connect(source: SourceConfig) -> Connector:
    """Make the connector; SourceMisconfigured where the mapping names a resource that is not listed."""
    connection = read_connection(source, GraphqlConnection)
    mapper = Mapper(source, tabular=False)
    unknown = sorted(mapper.resources - set(connection.resources))
    if unknown:
        raise SourceMisconfigured("mapping", f"{source.path.name}: no connection.resources.{unknown[0]}")
    client = Client(connection, source.limits.budget(), source.path.name)
    upstream = Upstream(client, connection, source.path.name)
    return MappedConnector(upstream, mapper, batch_size=connection.people_most, held=client.limits.records)
