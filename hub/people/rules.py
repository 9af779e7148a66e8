"""The release rule: the only ways in which two sets of values are one person without a human saying so.

A score alone never matches: same name and same birthday are common. R1 needs a trusted identifier, a name and the
date of birth; R2 needs the exact given name, surname, date of birth and postcode. Anything that speaks against,
and anything that was not looked at, leaves a possible for a person to choose.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.people.compare import Evidence
from hub.people.weights import Agreement, Compared

VERSION = "2"


class Rule(StrEnum):
    """A release rule that was satisfied."""

    R1 = "R1"
    R2 = "R2"


class Note(StrEnum):
    """Why something is only possible, or what a worker must know about it."""

    TWIN = "twin or sibling?"
    TWIN_OR_SLIP = "a twin, or the same child written otherwise?"
    NUMBERS_DIFFER = "two different valid NHS numbers"
    NUMBER_OF_ANOTHER = "the number may belong to someone else"
    BIRTHS_DIFFER = "the date of birth differs"
    GIVEN_DIFFERS = "the given name differs"
    BIRTH_APPROXIMATE = "the date of birth is approximate"
    SAID_DIFFERENT = "somebody said that these are different people"
    UNBORN = "a birth must be confirmed by a person"
    NOT_UNIQUE = "more than one person fits"
    TRUNCATED = "not everybody who might fit was looked at"
    TOO_LITTLE_AGREES = "neither an identifier nor the postcode agrees"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which rule is satisfied, if one is, and what must be said about it."""

    rule: Rule | None
    notes: tuple[Note, ...] = ()


_SURNAME = frozenset({Agreement.EXACT, Agreement.FORMER, Agreement.PART})
_GIVEN = frozenset({Agreement.EXACT, Agreement.EQUIVALENT})
_OTHER_GIVEN = frozenset({Agreement.DIFFERENT, Agreement.ROUGHLY})
_NEAR_GIVEN = frozenset({Agreement.EQUIVALENT, Agreement.SIMILAR, Agreement.INITIAL})
_POSTCODE = frozenset({Agreement.EXACT, Agreement.FORMER})


def judge(evidence: Iterable[Evidence]) -> Verdict:
    """Judge one comparison by itself; that it is the only one that fits is for the caller to see."""
    at = {e.field: e.agreement for e in evidence}
    against = tuple(_against(at))
    if against:
        return Verdict(None, (*against, *_but_for(at)))
    rule = _rule(at)
    return Verdict(rule, () if rule else (*_but_for(at), Note.TOO_LITTLE_AGREES))


def _but_for(at: dict[Compared, Agreement]) -> Iterable[Note]:
    if _one_home(at) and at.get(Compared.GIVEN) in _NEAR_GIVEN:
        yield Note.TWIN_OR_SLIP


def _rule(at: dict[Compared, Agreement]) -> Rule | None:
    if at.get(Compared.BIRTH) is not Agreement.EXACT:
        return None
    surname, given = at.get(Compared.SURNAME) in _SURNAME, at.get(Compared.GIVEN)
    if Agreement.SAME in {at.get(Compared.NHS), at.get(Compared.UPN)} and (surname or given in _GIVEN):
        return Rule.R1
    if surname and given is Agreement.EXACT and at.get(Compared.POSTCODE) in _POSTCODE:
        return Rule.R2
    return None


def _against(at: dict[Compared, Agreement]) -> Iterable[Note]:
    birth, given = at.get(Compared.BIRTH), at.get(Compared.GIVEN)
    if at.get(Compared.NHS) is Agreement.DIFFERENT:
        yield Note.NUMBERS_DIFFER
    if birth is Agreement.WITHIN:
        yield Note.BIRTH_APPROXIMATE
    elif birth is not None and birth is not Agreement.EXACT:
        yield Note.BIRTHS_DIFFER
        if at.get(Compared.NHS) is Agreement.SAME and not (at.get(Compared.SURNAME) in _SURNAME or given in _GIVEN):
            yield Note.NUMBER_OF_ANOTHER
    if given in _OTHER_GIVEN:
        yield Note.GIVEN_DIFFERS
    if is_twin(at):
        yield Note.TWIN


def is_twin(at: dict[Compared, Agreement]) -> bool:
    """Say whether two look as twins do: one surname, date of birth and postcode, and given names that differ."""
    return _one_home(at) and at.get(Compared.GIVEN) in {*_OTHER_GIVEN, Agreement.EXCHANGED}


def _one_home(at: dict[Compared, Agreement]) -> bool:
    return (
        at.get(Compared.BIRTH) is Agreement.EXACT
        and at.get(Compared.SURNAME) in _SURNAME
        and at.get(Compared.POSTCODE) in _POSTCODE
    )
