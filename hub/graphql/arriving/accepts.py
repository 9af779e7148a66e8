"""Whether a client accepts an answer in parts, and in which form.

``multipart/mixed`` (GraphQL over HTTP's RFC on incremental delivery), by itself or with the version of the format that
Apollo's clients ask for by name; a client that names another version reads another format, and is answered whole. Or
``text/event-stream``. No range that covers everything means either, and who wants a whole answer more is given one.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from hub.graphql.accepting import whole_of
from hub.graphql.events import OFFER
from hub.graphql.ranges import UTF_8, Offer, liking

SPEC: Final = {"incrementalspec": frozenset({"v0.2"})}
"""The format with ``pending``, ``incremental`` and ``completed``, as Apollo names it (specs.apollo.dev/incremental)."""


class Form(StrEnum):
    """In which form parts are sent."""

    MIXED = "multipart/mixed"
    MIXED_NAMED = "multipart/mixed;incrementalSpec=v0.2"
    EVENTS = "text/event-stream"


_PASSED_OVER: Final = {"boundary": None, "charset": UTF_8}
_OFFERS: Final = {
    Form.MIXED_NAMED: Offer(Form.MIXED, _PASSED_OVER | SPEC, frozenset(SPEC), by_name=True, lenient=False),
    Form.MIXED: Offer(Form.MIXED, _PASSED_OVER, by_name=True, lenient=False),
    Form.EVENTS: OFFER,
}
"""The forms, the one first that is chosen where a client does not mind."""


def form_of(accept: Sequence[str], version: str = "1.1") -> Form | None:
    """Give the form in which a client accepts parts: the one it wants most; multipart where it does not mind.

    None to HTTP/1.0: a body of which the length is not known comes in chunks, which it does not read (RFC 9112, 6.1).
    """
    if version == "1.0":
        return None
    wanted = {form: found.weight for form, offer in _OFFERS.items() if (found := liking(accept, offer)) is not None}
    best = max(wanted, key=wanted.__getitem__, default=None)
    return best if best is not None and wanted[best] >= whole_of(accept) else None
