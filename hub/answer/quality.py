"""Quality: what a source gave that could not be read: where, why and in how many answers. Never a value.

A value that cannot be read leaves its field empty and its answer incomplete; whoever owns the source can mend it, and
must be told where to look. It is known of this replica alone, since it started: nothing of an answer is kept.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.contract import Rejected, Reply

MOST: Final = 200
"""Places told apart of one source; those of more are counted together."""

_PLACE: Final = re.compile(r"(?!.*[0-9]{4})[A-Za-z_][A-Za-z0-9_ .,:/()&'-]{0,79}")
_CODE: Final = re.compile(r"(?!.*[0-9]{4})[a-z][a-z0-9-]{0,39}")
_UNNAMED: Final = "unnamed"


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: the field, as the source calls it, why, and in how many answers."""

    place: str
    code: str
    answers: int
    last: datetime


class Quality:
    """Counts what could not be read of one source's answers."""

    def __init__(self) -> None:
        """Begin with none."""
        self.answers = 0
        self._unread: dict[tuple[str, str], Unread] = {}

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Give what could not be read, the most frequent first."""
        return tuple(sorted(self._unread.values(), key=lambda one: (-one.answers, one.place, one.code)))

    def heard(self, reply: Reply, at: datetime) -> None:
        """Count an answer, and what of it could not be read: once for each place and reason."""
        self.answers += 1
        for key in {named(one) for one in reply.rejected}:
            place, code = key if key in self._unread or len(self._unread) < MOST else (_UNNAMED, _UNNAMED)
            before = self._unread.get((place, code))
            self._unread[place, code] = Unread(place, code, (before.answers if before else 0) + 1, at)


def named(one: Rejected) -> tuple[str, str]:
    """Give a place and a code that may be shown; what is neither is somebody's text, and is not repeated."""
    return (
        one.place if _PLACE.fullmatch(one.place) else _UNNAMED,
        one.code if _CODE.fullmatch(one.code) else _UNNAMED,
    )
