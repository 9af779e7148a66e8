"""What a client may be told of an error: a stable code and a sentence, never a value."""

from collections.abc import Sequence

from graphql import GraphQLError

from hub.audit.errors import LedgerUnavailable
from hub.errors import Code, HubError
from hub.governance.register import WrongPolicyVersion
from hub.store.database import StoreUnavailable

INTERNAL = "Something went wrong in the hub. Nothing was released. Quote the request id."


def as_hub_error(error: BaseException) -> HubError:
    """Give what a client may be told of an error: what nobody foresaw is INTERNAL and says nothing."""
    if isinstance(error, HubError):
        return error
    if isinstance(error, LedgerUnavailable):
        return HubError(Code.NOT_READY, "The audit ledger cannot be written, so nothing is asked. Try again shortly.")
    if isinstance(error, StoreUnavailable | WrongPolicyVersion):
        return HubError(Code.NOT_READY, "The rules cannot be read, so nothing is decided. Try again shortly.")
    return HubError(Code.INTERNAL, INTERNAL)


def any_not_ready(errors: Sequence[GraphQLError]) -> bool:
    """Say whether any error is that nothing could be decided or written down."""
    return any((e.extensions or {}).get("code") == Code.NOT_READY for e in errors)
