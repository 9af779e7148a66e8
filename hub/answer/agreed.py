"""Whom a family's no is told: whoever would be shown something if it were a yes. Pure.

A refusal has words of its own, so that a worker who rests on consent need not ask the family again. To anybody else it
would tell that there is somebody who refused: they are answered as of nobody.
"""

from dataclasses import replace
from typing import Final

from hub.answer.deciding import decide_all
from hub.answer.question import Question
from hub.answer.sources import Sources
from hub.governance.consent import Consent
from hub.governance.standing import Standing
from policies.facts import ConsentState
from policies.rulebook import Rulebook

_SUPPOSED: Final = "supposed"
"""An id that is nobody's: it is supposed of no child in particular, but for who works with them."""

_EVERY: Final = frozenset[str]()


def shown_if_agreed(
    question: Question, sources: Sources, standing: Standing, rulebook: Rulebook, ids: frozenset[str]
) -> frozenset[str]:
    """Give the sources of which the asker would be shown something of a child whose family agreed to all of it.

    Whoever works with the child of these ids, or may look at them because a colleague agreed, does with that one too.
    """
    purposes, at = frozenset({question.purpose}), question.asked_at
    given = Consent(_SUPPOSED, _SUPPOSED, ConsentState.GIVEN, frozenset(), purposes, _EVERY, "", _SUPPOSED, at)
    agreed = replace(
        standing,
        consents=(given,),
        allocations=tuple(replace(a, person_id=_SUPPOSED) for a in standing.allocations if a.person_id in ids),
        agreed=tuple(replace(a, person_id=_SUPPOSED) for a in standing.agreed if a.person_id in ids),
    )
    decided = decide_all(question, frozenset({_SUPPOSED}), frozenset(), sources, agreed, rulebook)
    return frozenset(source for source, one in decided.items() if one.permitted)
