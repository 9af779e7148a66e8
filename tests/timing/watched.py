"""Watching, again and again, and when each sign of life came."""

import json
import random
import socket
import time
import uuid
from collections.abc import Mapping
from typing import Any

from tests.timing.watches import ELSEWHERE, WATCH, WATCHES, Watched, looks

BLOCK = 4
"""Looks of one watch before the next is kept."""

SIGN = b":\n\n"

Looks = Mapping[str, list[tuple[float]]]


def request_of(watched: Watched, told: Mapping[str, Any]) -> bytes:
    """Write the request for a watch."""
    person = str(uuid.uuid4()) if watched.child is None else told["ids"][watched.child]
    context = {"purpose": "EARLY_HELP", "reference": "TIMING 1"}
    body = json.dumps({"query": WATCH, "variables": {"id": person, "context": context}})
    changing = watched.child if watched.changes else ELSEWHERE
    return (
        f"POST /graphql HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {told['token']}\r\n"
        f"Accept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Inside: {watched.inside}\r\nX-Changing: {changing}\r\n\r\n{body}"
    ).encode()


def block_of(watched: Watched, told: Mapping[str, Any]) -> list[float]:
    """Keep one watch for some looks; give what can be seen of how long each took."""
    beats, events, found = list[float](), 0, list[float]()
    with socket.create_connection(("127.0.0.1", told["port"])) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request_of(watched, told))
        while len(found) < BLOCK:
            data = connection.recv(65_536)
            now = time.perf_counter()
            if not data:  # the machine stood still for so long that a question could not be written down
                break
            events += data.count(b"event: next")
            beats += [now] * data.count(SIGN)
            found = looks(beats)
    assert events == 1, "of none of these is there anything to tell after the first event"
    return found


def measure(told: Mapping[str, Any], rounds: int) -> Looks:
    """Keep every kind of watch, round after round, in an order that varies, so many looks in all."""
    order, seen = random.Random(7), {name: list[tuple[float]]() for name in WATCHES}  # noqa: S311 -- an order, no secret
    for number in range(1 + -(-rounds // BLOCK)):
        for name in order.sample(list(WATCHES), len(WATCHES)):
            found = block_of(WATCHES[name], told)
            if number:  # the first of each only warms it
                seen[name] += [(one,) for one in found]
    return seen
