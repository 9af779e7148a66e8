"""The door before everything that asks: whoever cannot be answered soon is told at once, before anything is read.

Health, metrics and signing out never wait here, and neither do the files pages are dressed with.
"""

import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.admitting.askers import Arrived, Askers
from hub.admitting.places import Busy, Places
from hub.admitting.resting import rest
from hub.admitting.told import told
from hub.admitting.working import works
from hub.identity.proxies import NO_PROXIES, Proxies
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

    def __init__(self, app: ASGIApp, places: Places, observer: Observer, proxies: Proxies = NO_PROXIES) -> None:
        """Stand before an application; ``proxies`` say where strangers come from."""
        self._app = app
        self._observer = observer
        self._askers = Askers(proxies)
        self._proxies = proxies
        self._places = places
        observer.crowd(lambda: self._places.taken, lambda: self._places.waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say that there is no place."""
        if scope["type"] != "http" or not waits(scope["path"]):
            await self._app(scope, receive, send)
            return
        arrived = self._askers.arrived(scope)
        try:
            await self._places.take(arrived.asker)
        except Busy as busy:
            self._observer.turned_away()
            await told(scope, busy.seconds)(scope, receive, send)
            if not self._proxies.brought(scope):
                rest(scope)
            return
        await self._answer(arrived, scope, receive, send)

    async def _answer(self, arrived: Arrived, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold a place for as long as there is work: none while a body is on its way, or a watch is listened to.

        Else a few strangers who send theirs slowly would keep everybody out.
        """
        held, coming, asker = True, scope["method"] == "POST", arrived.asker

        async def receiving() -> Message:
            nonlocal held, coming
            if not (held and coming):
                return await receive()
            self._places.give_back(asker)
            held = False
            message = await receive()
            coming = message.get("more_body", False)
            await self._places.again(asker)
            held = True
            return message

        async def sending(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                self._askers.answered(arrived, scope, message["status"])
                if held and _listens(message) and not works(scope):
                    held = False
                    self._places.give_back(asker)
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        finally:
            if held:
                self._places.give_back(asker)


def _listens(message: Message) -> bool:
    return any(name.lower() == b"content-type" and b"event-stream" in value for name, value in message["headers"])
