"""What holds at the moment of release: what was decided and found when it was asked, unless something has changed."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from hub.answer.asked import Asked, Prepared
from hub.answer.deciding import Decided, Decisions
from hub.answer.gather import Found
from hub.answer.kin import Sight
from hub.answer.released import Pair
from hub.audit.entries import Ended
from hub.people.known import KnownPerson
from schema.outcomes import Outcome

if TYPE_CHECKING:
    from hub.answer.prepare import Preparer

CHANGED = Found(Outcome.UNAVAILABLE, "changed-meanwhile", complete=False)
"""A source that may be asked now and might not when the question was: it was not, so what it holds is unknown."""


class Now(NamedTuple):
    """What is decided of one person at this moment, and whether they are anybody to the asker."""

    decided: Mapping[str, Decided]
    there: bool
    ended: Ended


def now_of(preparer: "Preparer", prepared: Prepared, asked: Asked, known: KnownPerson | None, by: Decisions) -> Now:
    """Give the decisions that hold now: the same, unless something has changed.

    Whoever was nobody to the asker is decided again like everybody else: the rules may answer them otherwise now.
    """
    ids = known.aliases if known else frozenset({asked.person_id})
    before, standing = prepared.standing, by.standing
    same = standing.epoch == before.epoch and standing.passing(ids) == before.passing(ids)
    same = same and asked.shield == prepared.question.shield_of(asked.person_id)
    if same and asked.known in (None, known):
        return Now(asked.decided, asked.known is not None, Ended.COMPLETE)
    return Now(*preparer.told(by, asked.person_id, known), Ended.CHANGED)


def pairs_of(prepared: Prepared, place: int, now: Now, sight: Sight | None) -> Iterator[Pair]:
    """Give one person beside each source, with what may be told of what was found there; of nobody nothing is known."""
    asked = prepared.asked[place]
    feeds, born = (asked.feeds, asked.born) if now.there else ({}, None)
    for source_id, decided in now.decided.items():
        found = prepared.found.get((place, source_id))
        if now.ended is Ended.CHANGED and (
            asked.known is None or not decided.permitted <= asked.decided[source_id].permitted
        ):
            found = CHANGED
        yield Pair(decided, found, sight, feeds.get(source_id), born)
