"""Judging an answer: is it, source by source, what one version says that may have counted? Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class Piece(NamedTuple):
    """What an answer holds of one source: what it was said to be, and what was shown of it."""

    outcome: str
    shown: str


Answer = Mapping[str, Piece]
"""An answer by source; one without any is a refusal."""

REFUSED: Answer = {}
UNKNOWN = "UNAVAILABLE"
"""What is said of a source that may be asked now and might not be when the question was put."""


class Verdict(StrEnum):
    """What an answer turned out to be."""

    ONLY = "the one right answer"
    BEFORE = "by what held when asked; it changed meanwhile"
    SINCE = "by what came to hold meanwhile"
    PARTLY = "by one version, sources it was too late to ask given as unavailable"
    REFUSED = "refused: not ready"
    WRONG = "WRONG: what no version that counted says"
    SHOWN = "WRONG: shows what no version that counted lets be seen"


def judged(answer: Answer, allowed: Sequence[str], right: Mapping[str, Answer]) -> Verdict:
    """Judge an answer by the states that may have held, the one that held when it was asked first."""
    if answer is REFUSED:
        return Verdict.REFUSED
    if answer == right[allowed[0]]:
        return Verdict.ONLY if len(set(allowed)) == 1 else Verdict.BEFORE
    if any(answer == right[state] for state in allowed):
        return Verdict.SINCE
    if len(set(allowed)) > 1 and any(_as_far_as_known(answer, right[state]) for state in allowed):
        return Verdict.PARTLY
    may_show = {(source, piece.shown) for state in allowed for source, piece in right[state].items()}
    shown = {(source, piece.shown) for source, piece in answer.items() if piece.shown}
    return Verdict.WRONG if shown <= may_show else Verdict.SHOWN


def _as_far_as_known(answer: Answer, right: Answer) -> bool:
    unknown = Piece(UNKNOWN, "")
    return answer.keys() == right.keys() and all(p in (unknown, right[source]) for source, p in answer.items())
