"""What is asked in one GraphQL request, and what is sent back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request, already known to be an object of the right shape."""

    query: str
    variables: Mapping[str, Any]
    operation: str | None
    stated: Mapping[str, str] = field(default_factory=dict)
    """What headers say of why it is asked, for what has no argument that could."""
    document: str | None = None
    """The id of a registered document, in place of a query."""
    digest: str | None = None
    """The SHA-256 of a query that was sent before, or is sent with it."""
    reads: bool = False
    """Whether it came by GET, which changes nothing."""


@dataclass(frozen=True, slots=True)
class Result:
    """Data and errors as they are sent; ``not_ready`` when nothing could be decided or written down.

    ``cost`` is what the question was reckoned to cost.
    """

    data: Any
    errors: Sequence[GraphQLError] = ()
    not_ready: bool = False
    cost: int = 0

    def body(self) -> dict[str, Any]:
        """Give the response object of the GraphQL specification."""
        body: dict[str, Any] = {"data": self.data} if self.data is not None or not self._request_error else {}
        if self.errors:
            body["errors"] = [e.formatted for e in self.errors]
        return body

    @property
    def _request_error(self) -> bool:
        return any(e.path is None for e in self.errors)
