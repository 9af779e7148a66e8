"""Feedback: what users think of a page, so that it can be made better. It names no worker and no child.

Words may hold what they should not, whatever is asked of whoever writes them: what looks like somebody's data is
refused, and the rest is sealed. Giving it moves no decision, so the epoch stays and the ledger is told nothing; that
it is read, the ledger is told (feedback_reading).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Self

from sqlalchemy import func, insert, select

from hub.audit.entries import new_record_id
from hub.governance.acting import Acting, CannotBeDone
from hub.governance.sealed_words import SealedWords
from hub.store.database import patience, table
from hub.store.seconds import Now
from hub.store.tables.users import FeedbackRow

FEEDBACK: Final = table(FeedbackRow)

LONGEST: Final = 300
"""Characters of somebody's words."""


class Worded(Enum):
    """A word of a closed list, with how pages say it."""

    words: str

    def __new__(cls, code: str, words: str) -> Self:
        """Keep how it is said beside the code."""
        one = object.__new__(cls)
        one._value_ = code
        one.words = words
        return one


class FoundIt(Worded):
    """Whether somebody found what they came for."""

    YES = "YES", "Yes"
    PARTLY = "PARTLY", "Partly"
    NO = "NO", "No"


class Missed(Worded):
    """What somebody missed most."""

    NOTHING = "NOTHING", "Nothing"
    A_SERVICE = "A_SERVICE", "A service that is not connected"
    A_CONTACT = "A_CONTACT", "Whom to ring"
    HISTORY = "HISTORY", "What happened before"
    FAMILY = "FAMILY", "Family and household"
    PERMISSION = "PERMISSION", "Something I was not allowed to see"
    SPEED = "SPEED", "Speed"
    CLARITY = "CLARITY", "Clear words"


_FOUND: Final = {one.value: one for one in FoundIt}
_MISSED: Final = {one.value: one for one in Missed}

_TELLING: Final = (
    re.compile(r"\d{3,}"),
    re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"),
    re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b"),
    re.compile(r"\S@\S"),
)
"""What tells of somebody: long numbers, dates, postcodes, addresses of mail. Names no machine can tell from words."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of a page; ``page`` is its pattern in the hub, and holds no id."""

    page: str
    role: str
    found: FoundIt
    missed: Missed
    words: str = field(default="", repr=False)


def check_words(words: str) -> None:
    """Refuse words that are too many, or that look like somebody's data; they are repeated nowhere."""
    if len(words) > LONGEST:
        raise CannotBeDone("too-many-words", f"Use at most {LONGEST} characters")
    if any(telling.search(words) for telling in _TELLING):
        raise CannotBeDone(
            "personal-data", "Leave out numbers, dates, postcodes and mail addresses: nothing about a person"
        )


async def give(acting: Acting, feedback: Feedback) -> str:
    """Keep feedback; gives its id."""
    check_words(feedback.words)
    row_id = new_record_id()
    sealed = SealedWords(acting.sealer, FEEDBACK.name, row_id).seal(text_ct=feedback.words)
    values = {
        "id": row_id,
        "page": feedback.page,
        "role": feedback.role,
        "found": feedback.found.value,
        "missed": feedback.missed.value,
        "at": Now(),
    }
    async with patience(), acting.database.begin() as connection:
        await connection.execute(insert(FEEDBACK).values(**values, **sealed))
    return row_id


async def counts(acting: Acting, since: int = 0) -> Mapping[tuple[str, str, str], int]:
    """Count feedback since a moment, in seconds: by page, whether it was found, and what was missed."""
    keys = (FEEDBACK.c.page, FEEDBACK.c.found, FEEDBACK.c.missed)
    query = select(*keys, func.count()).where(FEEDBACK.c.at >= since).group_by(*keys)
    async with patience(), acting.database.read() as connection:
        return {(page, found, missed): number for page, found, missed, number in await connection.execute(query)}
