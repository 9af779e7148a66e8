"""Supposed facts: those of a question nobody has asked, for an officer who wants it explained. Pure.

What is not said is in order: a question with nothing unusual about it, resting on what its purpose rests on today.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any, Final

from hub.answer.facts import basis_of
from policies.bases import NONE_SET, basis_state
from policies.facts import AgreementState, Asker, ConsentState, Facts, NotToShare, ObjectionState, RelationshipState
from policies.simulate.exploring import FLAGS, WORDS, Word
from policies.validation import nearest
from schema.labels import Label
from schema.lawful_bases import LawfulBasis

_WORKED_OUT: Final = frozenset({FLAGS, "basis", "basis_state"})

_IN_ORDER: Final[Mapping[str, object]] = {
    **{f.name: f.default for f in fields(Facts) if f.default is not MISSING and f.name not in _WORKED_OUT},
    "consent": ConsentState.NOT_RECORDED,
    "agreement": AgreementState.IN_FORCE,
    "relationship": RelationshipState.REFERENCE_GIVEN,
    "objection": ObjectionState.NONE,
    "not_to_share": NotToShare.NONE,
}
"""What is taken to be so unless it is said otherwise."""

_YES_NO: Final[Mapping[str, Word]] = {"no": False, "yes": True}


class NoSuchFact(ValueError):
    """Tell whoever said it: there is no such fact, or no such word of it, and which are near. Repeats nothing said."""


def fact_of(name: str, word: str) -> Word:
    """Give the word of a fact that somebody said."""
    if name not in WORDS:
        raise NoSuchFact(f"it is not a fact; {nearest(name, WORDS)}")
    known = _YES_NO if isinstance(WORDS[name][0], bool) else {str(one): one for one in WORDS[name]}
    if word not in known:
        raise NoSuchFact(f"{name} has no such word; {nearest(word, known)}")
    return known[word]


def supposed(
    asker: Asker,
    said: Mapping[str, Word],
    flags: frozenset[Label],
    today: date,
    commenced: Mapping[LawfulBasis, date] = NONE_SET,
) -> Facts:
    """Give the facts of a question: those said, and the rest in order.

    Where a basis was said and not whether it may be relied on, that is as the law has it for the asker's role.
    """
    told: dict[str, Any] = {**_IN_ORDER, "basis": basis_of(asker.purpose, asker.role, today, commenced)[0], **said}
    told.setdefault("basis_state", basis_state(told["basis"], asker.role, today, commenced))
    return Facts(**told, flags=flags)
