"""Everything that may be made of a request by what its client accepts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from hub.graphql.accepting import media_of
from hub.graphql.arriving.accepts import Form, form_of
from hub.graphql.watching.stream import wants_events

LONGEST: Final = 512
"""Characters of the header: no client has as much to say, and of whoever says more nothing is read."""

_NOTHING: Final = ";"
"""A header by which nothing is accepted."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """In which media type a whole answer may leave, in which form parts may, and whether events of a watch may."""

    media: str | None
    form: Form | None
    events: bool

    @property
    def anything(self) -> bool:
        """Say whether there is any kind of answer the client accepts."""
        return self.media is not None or self.form is not None or self.events


def accepted_of(accept: Sequence[str], version: str) -> Accepted:
    """Give what a client accepts by its Accept headers and its version of HTTP. Clients of one kind send one header."""
    given = ", ".join(accept)
    return _read(given if len(given) <= LONGEST else _NOTHING, version)


@lru_cache(maxsize=128)
def _read(accept: str, version: str) -> Accepted:
    return Accepted(media_of([accept]), form_of([accept], version), wants_events([accept], version))
