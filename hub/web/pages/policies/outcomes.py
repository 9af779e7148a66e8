"""What becomes of a field, as officers read it: a sign, and words that say what a worker would see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from policies.facts import (
    AgreementState,
    BasisState,
    ConsentState,
    NotToShare,
    ObjectionState,
    RelationshipState,
)
from policies.simulate.situations import Situation
from policies.verdicts import Verdict
from policies.vocabulary import Duty, Mask, OnDeny


@dataclass(frozen=True, slots=True)
class Says:
    """A verdict's sign and words."""

    sign: str
    words: str


OUTCOMES: Final[Mapping[Verdict, Says]] = {
    Verdict.PERMIT: Says("●", "Shown"),
    Verdict.MASK: Says("◐", "Shown in part"),
    Verdict.BROKER: Says("☎", "Not shown: a team to ring"),
    Verdict.WITHHOLD: Says("✕", "Not shown, and told why"),
    Verdict.OMIT: Says("○", "As if nothing were held"),
}

LEAVES: Final[Mapping[OnDeny, str]] = {
    OnDeny.MASK: "show a part of the value, if another rule allows it",
    OnDeny.BROKER: "show nothing, and give the team to ring",
    OnDeny.WITHHOLD: "show nothing, and say why",
    OnDeny.BROKER_UNNAMED: "say nothing of the service; a team may be given to ring, and not whose it is",
    OnDeny.OMIT: "show nothing and say nothing, as if none were held",
}

MASKS: Final[Mapping[Mask, str]] = {
    Mask.YEAR_ONLY: "the year of a date alone",
    Mask.OUTWARD_POSTCODE: "the first half of a postcode",
    Mask.LAST_THREE: "the last three characters",
    Mask.INITIALS: "initials alone",
}

DUTIES: Final[Mapping[Duty, str]] = {
    Duty.NOTIFY_OWNER: "the owner of the records is told",
    Duty.LOG_REASON: "the worker says why, in words that are kept",
    Duty.SECOND_PERSON: "a second person agrees first",
}

_FACTS: Final = {
    "basis": "lawful basis",
    "consent": "consent",
    "agreement": "agreement",
    "relationship": "business with the child",
    "own": "their own agency's records",
    "basis_state": "the basis today",
    "objection": "objection",
    "not_to_share": "decision not to share",
    "break_glass": "emergency access open",
    "reason_given": "a reason said",
    "second_person": "a second person agreed",
}


_ORDINARY: Final[Mapping[str, str]] = {
    "consent": ConsentState.NOT_RECORDED.value,
    "agreement": AgreementState.IN_FORCE.value,
    "relationship": RelationshipState.REFERENCE_GIVEN.value,
    "own": "no",
    "basis_state": BasisState.IN_FORCE.value,
    "objection": ObjectionState.NONE.value,
    "not_to_share": NotToShare.NONE.value,
    "break_glass": "no",
    "reason_given": "no",
    "second_person": "no",
}
"""What is so of an ordinary question: a situation is told by what in it is not."""

ORDINARY: Final = (
    "The ordinary case: an agreement in force, a reference given, a basis in force; no emergency, no objection, no "
    "decision not to share, no consent recorded. Of other cases only what differs is told."
)

_MANY: Final = 2
"""Of more lawful bases than this a question's own is one, as long as it is in force."""


def spelled(name: str, words: Iterable[str]) -> str:
    """Say a fact and the words it may be, as people would."""
    told = " or ".join(word.replace("_", " ").lower() for word in words)
    return f"{_FACTS.get(name, name.replace('_', ' ').lower())}: {told}"


def situation(one: Situation) -> str:
    """Say what of a situation is not as in the ordinary case."""
    told = [spelled(name, words) for name, words in _unusual(one).items()]
    return "; ".join(told) or "the ordinary case"


def _unusual(one: Situation) -> dict[str, tuple[str, ...]]:
    found = {name: words for name, words in one.words.items() if _ORDINARY.get(name) not in words}
    if len(found.get("basis", ())) > _MANY:
        del found["basis"]
    return found


def plainest(some: Iterable[Situation]) -> tuple[str, int]:
    """Give the most ordinary of some situations, and how many more there are."""
    ordered = sorted(some, key=lambda one: (len(_unusual(one)), len(str(one))))
    return situation(ordered[0]), len(ordered) - 1
