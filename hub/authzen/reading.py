"""Reading one HTTP request: a JSON object in UTF-8 whose names are unique (I-JSON, RFC 7493), of a bounded size."""

import json
from typing import Any

import orjson

from hub.authzen.node import Node
from hub.authzen.wrong import Wrong

JSON = "application/json"


def read(content_type: str, body: bytes) -> Node:
    """Give the object in a body; Wrong says what is wrong with it and repeats nothing of it."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Wrong("Send Content-Type: application/json.", 415)
    try:
        orjson.loads(body)  # strict on what is JSON: UTF-8, whole characters, finite numbers, bounded nesting
        asked = json.loads(body, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Wrong("The body is not JSON in UTF-8.") from None
    return Node(asked, "").whole()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Wrong("The body holds an object in which a name stands twice.")
    return members
