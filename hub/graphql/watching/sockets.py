"""The door of sockets: who may open one, which protocol is spoken, and how many there may be.

Refused before it is accepted: a session that no page of the hub brings, a credential that is not good, one socket too
many. Refused after: whoever speaks another protocol, the legacy ``graphql-ws`` above all, with 4406.
"""

import asyncio
import contextlib
from dataclasses import replace
from typing import Final

from starlette.responses import Response
from starlette.websockets import WebSocket

from hub.errors import HubError
from hub.graphql.execution import Executor
from hub.graphql.resolving import Resolving
from hub.graphql.watching.arrival import Arrivals
from hub.graphql.watching.conversation import Conversation
from hub.graphql.watching.credential import Credential
from hub.graphql.watching.hall import PATIENCE, Hall
from hub.graphql.watching.places import Places
from hub.graphql.watching.room import Room
from hub.graphql.watching.spoken import SUBPROTOCOL, Close
from hub.graphql.watching.watch import Gone
from hub.identity.cookie_credential import Forged
from hub.identity.unauthenticated import Unauthenticated
from hub.observing import Observer
from hub.store.database import StoreUnavailable

FAREWELL: Final = 1.0
"""Seconds to say with which code a socket is closed."""


UNSAID: Final = 50
"""Sockets that may be open at once and have not said who they are for; half of them from one address."""


class Sockets:
    """Takes sockets."""

    def __init__(self, hall: Hall, unnamed: Places, named: Places) -> None:
        """Take what they share, and the places of those who have not said who they are, and of those who have."""
        self._hall = hall
        self._unnamed = unnamed
        self._named = named

    async def __call__(self, socket: WebSocket) -> None:
        """Hold one socket until it is closed."""
        with contextlib.suppress(Gone):
            try:
                with self._unnamed.taken(self._hall.arrivals.door.address(socket)):
                    conversation = await self._accepted(socket)
                    credential = await conversation.introduced() if conversation is not None else None
                if conversation is not None and credential is not None:
                    with self._named.taken(credential.requester.subject):
                        await conversation.hold(credential)
            except HubError:
                await self._full(socket)
            except Close as close:
                await _close(socket, close.code, str(close))
            except Exception as error:
                if isinstance(error, Gone):
                    raise
                self._hall.observer.internal(self._hall.request_id(), error)
                await _close(socket, 4500, "Internal server error")

    async def _accepted(self, socket: WebSocket) -> Conversation | None:
        """Accept a socket; none where it was refused."""
        try:
            shown: Credential | None = await self._hall.arrivals.at_the_door(socket)
        except Unauthenticated as refused:
            self._hall.unauthenticated(refused.code)
            await _deny(socket, 401, {"WWW-Authenticate": refused.challenge})
            return None
        except Forged:
            self._hall.unauthenticated("forged")
            await _deny(socket, 403)
            return None
        except StoreUnavailable:
            await _deny(socket, 503, {"Retry-After": "5"})
            return None
        if SUBPROTOCOL not in socket.scope["subprotocols"]:
            await socket.accept()
            raise Close(4406, "Subprotocol not acceptable")
        await socket.accept(SUBPROTOCOL)
        return Conversation(socket, self._hall, shown)

    async def _full(self, socket: WebSocket) -> None:
        """Say that there is no place: before it is accepted by a status, after by a code."""
        if socket.application_state.name == "CONNECTING":
            await _deny(socket, 503, {"Retry-After": "5"})
        else:
            await _close(socket, 1013, "Try again later")


def sockets_of(
    executor: Executor,
    resolving: Resolving,
    room: Room,
    arrivals: Arrivals,
    observer: Observer,
    *,
    unnamed: int = UNSAID,
    patience: float = PATIENCE,
) -> Sockets:
    """Join the door of sockets; there may be as many of an asker, and in all, as watches."""
    waiting = Places(replace(room.bounds, most=unnamed, each=max(1, unnamed // 2)), _nobody)
    hall = Hall(executor, resolving, room, arrivals, observer, patience)
    return Sockets(hall, waiting, Places(room.bounds, observer.sockets))


def _nobody(_many: int) -> None:
    """Tell nobody."""


async def _deny(socket: WebSocket, status: int, headers: dict[str, str] | None = None) -> None:
    await socket.send_denial_response(Response(status_code=status, headers=headers))


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    """Say with which code it is closed; whoever reads nothing is not waited for."""
    with contextlib.suppress(TimeoutError, RuntimeError, OSError):
        async with asyncio.timeout(FAREWELL):
            await socket.close(code, reason)
