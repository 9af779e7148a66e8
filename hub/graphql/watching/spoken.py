"""What is said over a socket: the messages of graphql-transport-ws (GraphQL over WebSocket Protocol), read strictly.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from hub.graphql.reading import LONGEST_ID

SUBPROTOCOL: Final = "graphql-transport-ws"
"""The one that is spoken; ``graphql-ws`` is the legacy one, which is not."""

INIT, ACK, PING, PONG = "connection_init", "connection_ack", "ping", "pong"
SUBSCRIBE, NEXT, ERROR, COMPLETE = "subscribe", "next", "error", "complete"

_NAMED: Final = frozenset({SUBSCRIBE, COMPLETE})
_SAID_BY_CLIENTS: Final = _NAMED | {INIT, PING, PONG}


class Close(Exception):
    """The socket is to be closed, with this code; ``str()`` is the reason, and holds nothing of what was said."""

    def __init__(self, code: int, reason: str) -> None:
        """Keep the code beside the reason."""
        super().__init__(reason)
        self.code = code


def restart() -> Close:
    """Close because the hub stops: a client is to come again (RFC 6455's registry, 1012)."""
    return Close(1012, "Service restart")


def later() -> Close:
    """Close because nothing can be done just now (1013)."""
    return Close(1013, "Try again later")


def forbidden() -> Close:
    """Close because the credential is not acceptable, or no longer."""
    return Close(4403, "Forbidden")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a client: ``id`` names an operation, where it is about one."""

    kind: str
    id: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)


def heard(text: str | None) -> Said:
    """Read a message; Close with 4400 where it is none of the protocol's."""
    try:
        said = orjson.loads(text if text is not None else b"")
    except orjson.JSONDecodeError:
        raise Close(4400, "Send messages as JSON, in text") from None
    kind = said.get("type") if isinstance(said, dict) else None
    if not isinstance(kind, str) or kind not in _SAID_BY_CLIENTS:
        raise Close(4400, "No message of this protocol")
    payload = said.get("payload")
    if payload is None and kind != SUBSCRIBE:
        payload = {}
    if not isinstance(payload, dict):
        raise Close(4400, "A payload must be an object")
    name = said.get("id") if kind in _NAMED else ""
    if not isinstance(name, str) or len(name) > LONGEST_ID or (kind in _NAMED and not name):
        raise Close(4400, "An id must be text, and not long")
    return Said(kind, name, payload)


def message(kind: str, name: str | None = None, payload: Any = None) -> dict[str, Any]:
    """Write a message."""
    said = {"type": kind, "id": name, "payload": payload}
    return {key: value for key, value in said.items() if value is not None}
