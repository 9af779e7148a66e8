"""A visit: one request of somebody signed in, and what a page gives back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from hub.errors import Code, HubError
from hub.graphql.asking import Asking
from hub.graphql.governing.room import Governing
from hub.identity.asks import Asks
from hub.identity.requester import Requester
from hub.identity.sessions import Session
from hub.observing import Observer
from hub.web.local_path import local_path
from hub.web.routes import Joined


class Working(Joined, Protocol):
    """What the pages need of the hub."""

    @property
    def asking(self) -> Asking:
        """Give the room that answers."""
        ...

    @property
    def governing(self) -> Governing:
        """Give the rooms that govern answers."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that may be answered: ``query`` and ``form`` are what came with it, ``path`` what its route named."""

    session: Session
    token: str = field(repr=False)
    request_id: str
    asking: Asking
    governing: Governing
    observer: Observer
    remember: Callable[[Asks], Awaitable[None]]
    here: str
    path: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] | None = field(repr=False)

    @property
    def who(self) -> Requester:
        """Give who asks."""
        return self.session.requester

    @property
    def asks(self) -> Asks:
        """Give why; whoever has not said is sent to say it."""
        if self.session.asks is None:
            raise Elsewhere(f"/purpose?{urlencode({'return': self.here})}")
        return self.session.asks

    def back_to(self, otherwise: str) -> str:
        """Give the page of this hub to go on to."""
        wanted = (self.form or {}).get("return") or self.query.get("return")
        path = local_path(wanted)
        return otherwise if path == "/" else path


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to show: its template, its title, what the template is given, and the status."""

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """A file to keep, in the place of a page: what it is called, what kind it is, and what is in it."""

    name: str
    media: str
    content: bytes = field(repr=False)


class Elsewhere(Exception):
    """The browser is to go to another page of the hub."""

    def __init__(self, path: str) -> None:
        """Take the page's path."""
        super().__init__("elsewhere")
        self.path = path


class NoSuchPage(Exception):
    """There is nothing at this address that may be told of."""


Page = Callable[[Visit], Awaitable[Shown | Sent]]

STATUS: Mapping[Code, int] = {
    Code.BAD_USER_INPUT: 400,
    Code.FORBIDDEN: 403,
    Code.REASON_NEEDED: 403,
    Code.BUDGET_SPENT: 429,
    Code.LIMIT: 429,
    Code.NOT_READY: 503,
    Code.INTERNAL: 500,
}

_TITLES: Mapping[Code, str] = {
    Code.BAD_USER_INPUT: "That could not be asked",
    Code.FORBIDDEN: "You may not open this",
    Code.REASON_NEEDED: "Say why you ask",
    Code.BUDGET_SPENT: "You have reached a limit",
    Code.LIMIT: "You have reached a limit",
    Code.NOT_READY: "The hub cannot answer just now",
}


def problem(error: HubError) -> Shown:
    """Say what could not be done, in the words of the room that said so."""
    title = _TITLES.get(error.code, "Something went wrong")
    return Shown("problem.html", title, {"says": str(error), "code": error.code.value}, STATUS.get(error.code, 500))


NOT_FOUND = Shown(
    "problem.html",
    "There is no such page",
    {"says": "Nothing is at this address that you may be told of.", "code": "NOT_FOUND"},
    404,
)
