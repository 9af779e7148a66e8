"""Each body stands on a law that names it, and nobody loses an answer because another's law does not."""

from datetime import date

import pytest

from hub.answer.facts import basis_of
from policies.facts import BasisState
from schema.lawful_bases import Body, Force, LawfulBasis
from schema.purposes import Purpose

DAY = date(2026, 9, 1)


# For child protection and for a child in need each role rests on what names its body, and it is in force.
@pytest.mark.parametrize("purpose", [Purpose.CHILD_PROTECTION, Purpose.CHILD_IN_NEED])
@pytest.mark.parametrize(
    ("role", "own"),
    [
        ("social-worker", None),
        ("front-door-worker", None),
        ("health-practitioner", None),
        ("police-officer", LawfulBasis.CHILDREN_ACT_2004_S11),
        ("school-safeguarding-lead", LawfulBasis.EDUCATION_ACT_2002_S175),
    ],
)
def test_everybody_stands_on_a_law_that_names_them(purpose: Purpose, role: str, own: LawfulBasis | None) -> None:
    first = {Purpose.CHILD_PROTECTION: "CHILDREN_ACT_1989_S47", Purpose.CHILD_IN_NEED: "CHILDREN_ACT_1989_S17"}
    assert basis_of(purpose, role, DAY) == (own or LawfulBasis[first[purpose]], BasisState.IN_FORCE)


# The Children Act 1989 names neither police nor schools in sections 47(11) and 27(3).
def test_the_children_act_names_councils_and_the_nhs() -> None:
    for basis in (LawfulBasis.CHILDREN_ACT_1989_S47, LawfulBasis.CHILDREN_ACT_1989_S17):
        assert basis.terms.who == {Body.LOCAL_AUTHORITY, Body.HEALTH}


# Only what rests on a public task or a legitimate interest is open to objection: no consent, and no legal obligation.
def test_what_is_open_to_objection_follows_from_its_point() -> None:
    opened = {basis for basis in LawfulBasis if basis.terms.open_to_objection}
    assert {basis.terms.point for basis in opened} == {"e", "ea"}
    assert all(b.terms.point == "c" for b in LawfulBasis if b not in opened and b.terms.force is Force.DUTY)
    assert LawfulBasis.LEGAL_OBLIGATION not in opened


# Recognised legitimate interests began on 5 February 2026 (SI 2026/82, regulation 2), for bodies that are not public.
def test_recognised_legitimate_interests_have_begun() -> None:
    terms = LawfulBasis.RECOGNISED_LEGITIMATE_INTERESTS.terms
    assert (terms.start, terms.who) == (date(2026, 2, 5), {Body.OTHER})
