"""Errors a client sees: a stable code and words that hold nothing of what was sent or found."""

from enum import StrEnum


class Code(StrEnum):
    """What a client can act on."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    LIMIT = "LIMIT"
    COST_LIMIT = "COST_LIMIT"
    REASON_NEEDED = "REASON_NEEDED"
    BUDGET_SPENT = "BUDGET_SPENT"
    NOT_REGISTERED = "NOT_REGISTERED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    NOT_READY = "NOT_READY"
    BUSY = "BUSY"
    INTERNAL = "INTERNAL"


class HubError(Exception):
    """Something the client can act on. ``str()`` is safe to send."""

    def __init__(self, code: Code, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.code = code

    @property
    def extensions(self) -> dict[str, str]:
        """Give what graphql-core puts in the error's ``extensions``."""
        return {"code": self.code.value}
