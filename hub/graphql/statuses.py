"""Which HTTP status an answer has: GraphQL over HTTP, first edition (July 2026), and what was usual before it.

A client that takes plain JSON only cannot tell the hub's answer from a proxy's, so it gets 200 for whatever could be
read as a GraphQL request (section "application/json").
"""

from typing import Final

from hub.errors import Code
from hub.graphql.accepting import JSON
from hub.graphql.manner import Statuses

PARTIAL: Final = 294
"""Data and errors both: not registered with IANA; a client that does not know it takes it for 200 (RFC 9110, 15)."""

_ALWAYS: Final = {Code.NOT_READY: 503, Code.UNAUTHENTICATED: 401, Code.INTERNAL: 500}
_OF_GRAPHQL: Final = {Code.GRAPHQL_PARSE_FAILED: 400, Code.FORBIDDEN: 403, Code.NOT_REGISTERED: 403}


def of_request_error(code: str, media: str, statuses: Statuses) -> int:
    """Give the status of a request of which nothing was run."""
    known = Code(code)
    if known in _ALWAYS:
        return _ALWAYS[known]
    if media == JSON:
        return 200
    return _OF_GRAPHQL.get(known, 422 if statuses is Statuses.EDITION_2026 else 400)


def of_data(media: str, statuses: Statuses, *, errors: bool) -> int:
    """Give the status of an answer that has data, null or not."""
    return PARTIAL if errors and media != JSON and statuses is Statuses.EDITION_2026 else 200


def of_shape(status: int, media: str, statuses: Statuses) -> int:
    """Give the status of a message that is JSON and no GraphQL request; others than 400 are as they are."""
    return 422 if status == 400 and media != JSON and statuses is Statuses.EDITION_2026 else status  # noqa: PLR2004 -- HTTP's own
