"""The benchmark's hub, which notes when a question comes to each step. ``GET /noted`` gives what was noted since.

Notes cost it some tens of microseconds a question: what is measured elsewhere is measured without them.
"""

import inspect
import time
from collections.abc import Callable
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connectors.transports.wire.connection import Connection
from connectors.transports.wire.pool import Pool
from hub.answer.path import Answerer
from hub.answer.prepare import Preparer
from hub.audit.ledger import Ledger
from hub.audit.writers.sqlite import SqliteWriter
from hub.budgets.budgets import Budgets
from tests.benchmarks.gateway.hub_app import app as hub

BEGUN, ENDED = "begun", "ended"
STEPS: tuple[tuple[type, Callable[..., Any], str], ...] = (
    (Answerer, Answerer.answer, "answer"),
    (Budgets, Budgets.opened, "count"),
    (Preparer, Preparer.known, "known"),
    (Preparer, Preparer.standing, "standing"),
    (Ledger, Ledger.append, "append"),
    (SqliteWriter, SqliteWriter._write, "write"),
    (Pool, Pool.ask, "ask"),
    (Connection, Connection.data_received, "came"),
    (Preparer, Preparer.gathered, "gather"),
    (Answerer, Answerer._release_all, "release"),
)
"""Whose, which method, and what it is called in what is noted."""

noted: list[tuple[str, str, float]] = []


def _noting(step: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Give a step that notes when it begins and ends."""

    async def waited(*given: Any, **named: Any) -> Any:
        _note(name, BEGUN)
        try:
            return await step(*given, **named)
        finally:
            _note(name, ENDED)

    def called(*given: Any, **named: Any) -> Any:
        _note(name, BEGUN)
        try:
            return step(*given, **named)
        finally:
            _note(name, ENDED)

    return waited if inspect.iscoroutinefunction(step) else called


def _note(name: str, end: str) -> None:
    noted.append((name, end, time.perf_counter()))


for owner, method, called in STEPS:
    setattr(owner, method.__name__, _noting(method, called))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the hub does, or tell what was noted and forget it."""
    if scope["type"] == "http" and scope["path"] == "/noted":
        told, noted[:] = orjson.dumps(noted), []
        await Response(told)(scope, receive, send)
        return
    if scope["type"] == "http":
        _note("request", BEGUN)
    await hub(scope, receive, send)
    if scope["type"] == "http":
        _note("request", ENDED)
