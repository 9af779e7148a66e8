"""One source's part as another authority's hub tells it: both decisions hold, and neither's word is lost. Pure.

This hub decided first what may be asked, and last what is shown of what came back. What the other hub held back of the
rest is said as its word. Where this hub shows nothing of records that came, it reads as if nothing were held, and what
the other hub says of them is not repeated.
"""

from typing import Final

from connectors.neighbour import Gap, Said
from hub.answer.deciding import Decided
from hub.answer.explain import explain_as_said
from hub.answer.neighbours import HELD_BACK
from hub.answer.question import EXISTENCE
from hub.answer.result import SourceResult
from policies.verdicts import Decision, Verdict
from schema.fields import FieldId
from schema.outcomes import Outcome

SILENT: Final = frozenset({Outcome.NONE_HELD, Outcome.NOT_COVERED})
"""What is said of a source that shows nothing."""


def as_said(decided: Decided, result: SourceResult, word: Said) -> SourceResult:
    """Join what this hub would say of a source's answer with what the other hub said of it."""
    outcome = result.answer.outcome
    if outcome in SILENT:
        if word.outcome not in HELD_BACK:
            return result
        outcome = word.outcome
    theirs = {fid: decision for fid, gap in word.gaps.items() if (decision := _stricter(fid, gap, decided, result))}
    return SourceResult(
        explain_as_said(decided.source, result.answer, word, outcome),
        result.records,
        result.shown,
        {**result.gaps, **theirs},
        owner_told=result.owner_told,
        word=word,
        theirs=frozenset(theirs),
    )


def _stricter(fid: FieldId, gap: Gap, decided: Decided, result: SourceResult) -> Decision | None:
    """Give the other hub's decision on a field that was asked there, unless this hub's own is as strict."""
    if fid not in decided.permitted and fid != EXISTENCE:
        return None
    verdict = Verdict.MASK if gap.masked else Verdict.BROKER if gap.brokered else Verdict.WITHHOLD
    own = result.gaps.get(fid)
    if own is not None and own.verdict.strictness >= verdict.strictness:
        return None
    return Decision(verdict, reason=gap.reason)
