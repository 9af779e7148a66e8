"""Whom a request turned out to be from: noted on it where a credential is read, for whoever shares out places."""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import Scope

from hub.identity.requester import Requester

_NAMED: Final = "hub.named"


def note(connection: HTTPConnection, requester: Requester) -> None:
    """Note who it is from. All that another authority's hub asks for its users is that hub's."""
    connection.scope[_NAMED] = requester.client if requester.relayed is not None else requester.subject


def named(scope: Scope) -> str | None:
    """Give who it is from; none where no credential was read, or it was not good."""
    who: str | None = scope.get(_NAMED)
    return who
