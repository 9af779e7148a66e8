"""Another authority's hub, asked at its GraphQL endpoint as a partner's client that speaks for the users of this one.

::

    [connection]
    base_url = "https://hub.northshire.example/graphql"
    hub = "https://hub.northshire.example"      # what it calls itself: whom an assertion is for
    ours = "https://hub.southshire.example"     # what this hub is known by: how a circle is noticed
    [connection.auth]                           # the client it registered for us: a key, no secret
    kind = "oauth2"
    token_url = "https://hub.northshire.example/oauth/token"
    client_id = "southshire-hub"
    private_key = { file = "…" }
    algorithm = "ES256"
    key_id = "…"
    [[connection.sources]]                      # those of its sources that may be asked, as this hub decides on them
    theirs = "social-care"
    service = "SOCIAL_CARE"
    agency = "northshire-council"
    name = "Northshire social care"
    owner = "Northshire Council"
    [connection.trial]                          # as whom and why `hub sources check` asks
    role = "front-door-worker"
    organisation = "southshire-council"
    purpose = "SAFEGUARDING_TRIAGE"
    reference = "TRIAL 1"

Each of those becomes a source of its own here, ``<id>-<theirs>``, decided on by its own service and agency. The file's
``service``, ``agency``, ``name`` and ``owner`` are the hub's own.
"""

from connectors.contract import Connector
from connectors.errors import SourceMisconfigured
from connectors.neighbour import Part
from connectors.source import SourceConfig
from connectors.systems.hub.asserting import Asserting
from connectors.systems.hub.connector import HubConnector
from connectors.systems.hub.settings import HubConnection, parts_of
from connectors.transports.client import Client, read_connection


def connect(source: SourceConfig) -> Connector:
    """Make the connector; SourceMisconfigured where it could not prove who it is, or names a source twice."""
    connection = read_connection(source, HubConnection)
    if source.map:
        raise SourceMisconfigured("mapping", f"{source.path.name}: another hub answers in these words: it takes no map")
    client = Client(connection, source.limits.budget(), source.path.name)
    if client.statement is None:
        where = f"{source.path.name}: connection.auth"
        raise SourceMisconfigured("connection", f"{where} must be oauth2 with a private_key: what goes along is signed")
    asserting = Asserting(client.statement, connection.hub, connection.ours, connection.margin, connection.hops)
    return HubConnector(source.name, client, connection, asserting, parts_of(source, connection))


def parts(source: SourceConfig) -> tuple[Part, ...]:
    """Give the other hub's sources that a file names, as sources here, without connecting."""
    return parts_of(source, read_connection(source, HubConnection))
