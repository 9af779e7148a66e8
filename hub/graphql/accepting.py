"""In which media type a whole answer leaves, of the two that GraphQL over HTTP has."""

from collections.abc import Sequence
from typing import Final

from hub.graphql.ranges import Offer, liking

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
OFFERED: Final = (JSON, GRAPHQL)
"""In the order the hub chooses where a client does not mind."""

_OFFERS: Final = tuple(map(Offer, OFFERED))


def media_of(accept: Sequence[str]) -> str | None:
    """Give the media type to answer in by the Accept headers that came; none where neither would be accepted."""
    if not "".join(accept).strip():
        return JSON
    wanted = {offer.media: found for offer in _OFFERS if (found := liking(accept, offer)) is not None}
    return max(wanted, key=wanted.__getitem__, default=None)


def whole_of(accept: Sequence[str]) -> float:
    """Give the weight of a whole answer in either: none where neither is accepted, nor anything said."""
    found = (liking(accept, offer) for offer in _OFFERS)
    return max((one.weight for one in found if one is not None), default=0.0)
