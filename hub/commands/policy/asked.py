"""A question as an officer types it: who asks what, and the facts, of which those not typed are in order."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any, Final

from hub.answer.facts import basis_of
from hub.commands.policy.naming import member
from hub.commands.saying import Refused
from policies.bases import basis_state
from policies.facts import AgreementState, Asker, ConsentState, Facts, NotToShare, ObjectionState, RelationshipState
from policies.simulate.exploring import WORDS
from policies.validation import nearest
from policies.vocabulary import AGENCY, Role
from schema.labels import Label
from schema.purposes import Purpose

_IN_ORDER: Final[Mapping[str, object]] = {
    "consent": ConsentState.NOT_RECORDED,
    "agreement": AgreementState.IN_FORCE,
    "relationship": RelationshipState.REFERENCE_GIVEN,
    "objection": ObjectionState.NONE,
    "not_to_share": NotToShare.NONE,
}
"""What is taken to be so unless it is typed: a question with nothing unusual about it."""

_YES_NO: Final = {"yes": True, "no": False}


def asker_of(role: str, agency: str, purpose: str) -> Asker:
    """Give who asks and why."""
    if AGENCY.fullmatch(agency) is None:
        raise Refused(f"--agency: {agency!r} is not an agency's id, such as 'county-council'")
    return Asker(member(Role, role, "--role").value, agency, member(Purpose, purpose, "--purpose"))


def facts_of(asker: Asker, typed: list[str] | None, flags: frozenset[Label], today: date) -> Facts:
    """Give the facts of a question; Refused with the nearest word where one typed is none."""
    told: dict[str, Any] = {f.name: f.default for f in fields(Facts) if f.default is not MISSING}
    told |= {"basis": basis_of(asker.purpose, asker.role, today)[0], **_IN_ORDER, "flags": flags}
    chosen = dict(_fact(pair) for pair in typed or ())
    told |= chosen
    if "basis_state" not in chosen:
        told["basis_state"] = basis_state(told["basis"], asker.role, today)
    return Facts(**told)


def _fact(pair: str) -> tuple[str, object]:
    name, _, word = pair.partition("=")
    if name not in WORDS:
        raise Refused(f"--fact: {name!r} is not a fact; {nearest(name, WORDS)}")
    known = _YES_NO if isinstance(WORDS[name][0], bool) else {str(one): one for one in WORDS[name]}
    if word not in known:
        raise Refused(f"--fact {name}: {word!r} is not a word it may use; {nearest(word, known)}")
    return name, known[word]
