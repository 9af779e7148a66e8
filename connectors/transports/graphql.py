"""GraphQL: a query document from configuration, posted with variables; its errors typed, their text left unread."""

from collections.abc import Mapping
from typing import TypeAlias

from connectors.errors import SourceBroken, SourceError, SourceRefused, SourceUnavailable
from connectors.transports.client import NO_MORE, Client
from connectors.transports.guarded import Json

Object: TypeAlias = dict[str, Json]

_REFUSED = frozenset({"UNAUTHENTICATED", "UNAUTHORIZED", "UNAUTHORISED", "FORBIDDEN", "ACCESS_DENIED"}) | frozenset(
    {"BUDGET_SPENT", "REASON_NEEDED", "NOT_REGISTERED"}
)
_BUSY = frozenset({"TIMEOUT", "RATE_LIMITED", "TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE", "UNAVAILABLE", "NOT_READY"})


async def run(
    client: Client, document: str, variables: Mapping[str, Json], more: Mapping[str, str] = NO_MORE
) -> Object:
    """Give ``data``; a typed error where there are errors (GraphQL October 2021, section 7) or there is no data.

    Part of an answer is no answer: a field that failed looks just like one that is empty.
    """
    page = await client.post((), {"query": document, "variables": dict(variables)}, more)
    answer = page.value if page else None
    if not isinstance(answer, dict):
        raise SourceBroken("not-graphql")
    errors = answer.get("errors")
    if errors:
        raise _named(errors)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise SourceBroken("no-data")
    return data


def _named(errors: Json) -> SourceError:
    codes = {_code(error) for error in errors} if isinstance(errors, list) else set()
    if codes & _REFUSED:
        return SourceRefused("graphql-refused")
    if codes and codes <= _BUSY:
        return SourceUnavailable("graphql-busy")
    return SourceBroken("graphql-errors")


def _code(error: Json) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code.upper() if isinstance(code, str) else ""
