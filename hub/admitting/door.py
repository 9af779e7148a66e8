"""The door before everything that asks: whoever cannot be answered soon is told at once, before anything is read.

Health, metrics and signing out never wait here, and neither do the files pages are dressed with.
"""

import re
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.admitting.places import Busy, Places, Room
from hub.admitting.told import told
from hub.observing import Observer

FREE: Final = frozenset({"/healthz", "/readyz", "/metrics", "/version"})
"""What an operator's tools ask, whatever else goes on."""
LEAVING: Final = re.compile(r"/sign-out|/sign-in/[^/]+/signed-out-there")
"""Addresses at which a person, or the issuer for them, ends a session; no page whose id merely reads like one."""
DRESS: Final = "/pages/"
"""Where files are that pages are dressed with."""


def waits(path: str) -> bool:
    """Say whether what is asked at an address waits for a place."""
    return path not in FREE and not LEAVING.fullmatch(path) and not path.startswith(DRESS)


class AdmittingDoor:
    """Lets in so many at once; an ASGI application around another."""

    def __init__(self, app: ASGIApp, room: Room, observer: Observer) -> None:
        """Stand before an application."""
        self._app = app
        self._observer = observer
        self._places = Places(room, time.monotonic)
        observer.crowd(lambda: self._places.taken, lambda: self._places.waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say that there is no place."""
        if scope["type"] != "http" or not waits(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            await self._places.take()
        except Busy as busy:
            self._observer.turned_away()
            await told(scope, busy.seconds)(scope, receive, send)
            return
        await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold a place for as long as there is work: none while a body is on its way, or events are listened for.

        Else a few strangers who send theirs slowly would keep everybody out.
        """
        held, coming = True, scope["method"] == "POST"

        async def receiving() -> Message:
            nonlocal held, coming
            if not (held and coming):
                return await receive()
            self._places.give_back()
            held = False
            message = await receive()
            coming = message.get("more_body", False)
            await self._places.again()
            held = True
            return message

        async def sending(message: Message) -> None:
            nonlocal held
            if held and message["type"] == "http.response.start" and _listens(message):
                held = False
                self._places.give_back()
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        finally:
            if held:
                self._places.give_back()


def _listens(message: Message) -> bool:
    return any(name.lower() == b"content-type" and b"event-stream" in value for name, value in message["headers"])
