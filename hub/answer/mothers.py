"""Mothers: an unborn child has nothing of their own to be found by; they are found through their mother (L11).

Only for purposes that reach a child before birth, and only through a mother whom the asker may find by that
identifier: whoever may not know of her learns nothing of the child.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from connectors.contract import LocalId
from hub.errors import Code, HubError
from hub.people.compare import Evidence
from hub.people.criteria import Criteria
from hub.people.found import Candidate
from hub.people.known import KnownPerson
from hub.people.weights import Agreement, Compared
from schema.purposes import Purpose
from schema.search import PersonSearchInput

BEFORE_BIRTH: Final = frozenset({Purpose.CHILD_PROTECTION, Purpose.SAFEGUARDING_TRIAGE, Purpose.CHILD_IN_NEED})
"""Purposes for which an unborn child may be looked for: enquiries and assessments under the Children Act 1989, ss. 17
and 47, and the triage that leads to them, begin before birth (Working Together to Safeguard Children)."""

_NUMBERS: Final = frozenset({Compared.NHS, Compared.UPN, Compared.OTHER})


def of_mother(given: PersonSearchInput, purpose: Purpose) -> Criteria | None:
    """Give what to find the mother by; none where she is not asked about. BAD_USER_INPUT for another purpose."""
    if given.mother is None:
        return None
    if purpose not in BEFORE_BIRTH:
        allowed = ", ".join(sorted(each.value for each in BEFORE_BIRTH))
        raise HubError(Code.BAD_USER_INPUT, f"mother: an unborn child is looked for only for {allowed}.")
    return Criteria(identifier=(given.mother.system, given.mother.value))


def spots(candidates: Iterable[Candidate], known: Mapping[str, KnownPerson]) -> tuple[tuple[str, LocalId], ...]:
    """Give where the one person who has the number is known, as far as they were shown; nowhere where two have it."""
    found = [c for c in candidates if _has_it(c.evidence)]
    if len(found) != 1 or found[0].person_id not in known:
        return ()
    shown: Collection[str] = {held.source_id for held in found[0].held}
    links = known[found[0].person_id].links
    return tuple((link.source_id, link.local_id) for link in links if link.source_id in shown)


def _has_it(evidence: Iterable[Evidence]) -> bool:
    return any(e.field in _NUMBERS and e.agreement is Agreement.SAME for e in evidence)
