"""Reading a question out of an address: GET, where the operator lets questions come so.

Addresses are written down wherever they pass, so production answers no GET unless it is told to. A query alone is
answered: a mutation by GET is 405. No link and no form can send one: it needs a bearer token in a header, which no
browser adds by itself, and a session's cookie does not count.
"""

from urllib.parse import parse_qsl

import orjson

from hub.graphql.messages import Request as GraphQLRequest
from hub.graphql.reading import Misshapen, Refused, request_of

MOST = 16
"""Parameters."""
OBJECTS = ("variables", "extensions")


def read_address(query_string: bytes) -> GraphQLRequest:
    """Give the GraphQL request in an address's query (GraphQL over HTTP, section "GET")."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST)
    except ValueError:
        raise Refused(400, "The address is not a query in UTF-8.") from None
    asked: dict[str, object] = dict(pairs)
    if len(asked) != len(pairs):
        raise Misshapen("The address says something twice.")
    for name in OBJECTS:
        if asked.get(name):
            asked[name] = _read(name, str(asked[name]))
        else:
            asked.pop(name, None)
    return request_of(asked)


def _read(name: str, text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Misshapen(f"{name} must be an object in JSON.") from None
