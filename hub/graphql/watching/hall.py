"""What every socket of a replica shares."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from hub.graphql.execution import Executor
from hub.graphql.leaving import Behind
from hub.graphql.resolving import Resolving
from hub.graphql.watching.arrival import Arrivals
from hub.graphql.watching.room import Room
from hub.observing import LogEvent, Observer

PATIENCE: Final = 3.0
"""Seconds in which whoever opens a socket says who they are."""


@dataclass(frozen=True, slots=True)
class Hall:
    """The rooms a socket enters."""

    executor: Executor
    resolving: Resolving
    room: Room
    arrivals: Arrivals
    observer: Observer
    patience: float = PATIENCE
    _behind: Behind = field(default_factory=Behind)

    def request_id(self) -> str:
        """Give an id for what is asked."""
        return secrets.token_hex(12)

    def unauthenticated(self, code: str) -> None:
        """Say, in a code, why somebody was not let in."""
        self.observer.say(LogEvent.UNAUTHENTICATED, request_id=self.request_id(), code=code)

    def left_behind(self, task: asyncio.Task[Any]) -> None:
        """Hold on to what would not stop until it does."""
        self._behind.hold(task)
