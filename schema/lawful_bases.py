"""Lawful bases: what in law a question rests on, as data: who may rely on it, whether consent is needed, since when.

Sources: the Acts named (legislation.gov.uk) and UK GDPR Article 6. Whom section 47 of the Children Act 1989 makes
assist is in its subsection (11), and whom section 17's authority may ask for help in section 27(3): councils, housing
authorities and the NHS. Police and schools are in neither; they stand on section 11 of the Children Act 2004, which
lists the police, and on section 175 of the Education Act 2002. Section 47(11) was not read as it stands today, nor
Article 21 as amended in 2025: a lawyer is to confirm both. A basis that Parliament has made and nobody has
commenced is here without a date: it is relied on by nobody until an information governance officer sets one.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from schema.described import Described, closed_list


class Body(Described):
    """What an asker's organisation is in law."""

    LOCAL_AUTHORITY = "LOCAL_AUTHORITY", "A council with children's services."
    HEALTH = "HEALTH", "An NHS body, or one that acts for it."
    POLICE = "POLICE", "A police force."
    SCHOOL = "SCHOOL", "A maintained school, academy or college."
    OTHER = "OTHER", "A voluntary organisation, housing association, nursery or other private body."


class Force(Described):
    """How the law speaks."""

    DUTY = "DUTY", "The law says that it must be done."
    POWER = "POWER", "The law says that it may be done."
    CONSENT = "CONSENT", "The person agrees; the law would not say so otherwise."


@closed_list
class LawfulBasis(Described):
    """What in law a question rests on."""

    CHILDREN_ACT_1989_S47 = (
        "CHILDREN_ACT_1989_S47",
        "Children Act 1989 section 47: enquiries; consent is not needed.",
    )
    CHILDREN_ACT_2004_S11 = (
        "CHILDREN_ACT_2004_S11",
        "Children Act 2004 sections 10 and 11: co-operate and safeguard.",
    )
    CHILDREN_ACT_2004_S16LA = (
        "CHILDREN_ACT_2004_S16LA",
        "Children Act 2004 section 16LA: disclose what bears on a child's safety or welfare. Not yet in force.",
    )
    CHILDREN_ACT_1989_S17 = (
        "CHILDREN_ACT_1989_S17",
        "Children Act 1989 section 17: services for children in need.",
    )
    CHILDREN_AND_FAMILIES_ACT_2014_PART_3 = (
        "CHILDREN_AND_FAMILIES_ACT_2014_PART_3",
        "Children and Families Act 2014 Part 3: special educational needs and disability.",
    )
    EDUCATION_ACT_2002_S175 = (
        "EDUCATION_ACT_2002_S175",
        "Education Act 2002 section 175: schools safeguard their pupils.",
    )
    CRIME_AND_DISORDER_ACT_1998_S115 = (
        "CRIME_AND_DISORDER_ACT_1998_S115",
        "Crime and Disorder Act 1998 section 115: power to disclose.",
    )
    CRIMINAL_JUSTICE_ACT_2003_S325 = (
        "CRIMINAL_JUSTICE_ACT_2003_S325",
        "Criminal Justice Act 2003 section 325: arrangements for dangerous offenders (MAPPA).",
    )
    CONSENT = (
        "CONSENT",
        "UK GDPR Article 6(1)(a): the family's agreement; without it nothing is shared.",
    )
    LEGAL_OBLIGATION = (
        "LEGAL_OBLIGATION",
        "UK GDPR Article 6(1)(c): another enactment says that it must be done.",
    )
    VITAL_INTERESTS = (
        "VITAL_INTERESTS",
        "UK GDPR Article 6(1)(d): to protect somebody's life.",
    )
    PUBLIC_TASK = (
        "PUBLIC_TASK",
        "UK GDPR Article 6(1)(e): a task in the public interest.",
    )
    RECOGNISED_LEGITIMATE_INTERESTS = (
        "RECOGNISED_LEGITIMATE_INTERESTS",
        "UK GDPR Article 6(1)(ea) and Annex 1: safeguarding and crime, for bodies that are not public.",
    )

    @property
    def terms(self) -> "Terms":
        """Give who may rely on it, since when, and what it asks of them."""
        return TERMS[self]

    @property
    def needs_consent(self) -> bool:
        """Whether the basis is the family's consent itself."""
        return self.terms.needs_consent


@dataclass(frozen=True, slots=True)
class Terms:
    """What the law says of one basis. ``start`` and ``end`` are inclusive; without a ``start`` it is not in force.

    ``point`` is that of UK GDPR Article 6(1) on which processing by it is taken to rest: a duty to protect a child from
    harm is a legal obligation (c); a general duty to offer services, whose means the body chooses, and a power are a
    public task (e). Which of the two a statute is, is this register's reading: no statute says so of itself, and an
    information governance officer who reads one otherwise has it changed.
    """

    statute: str
    who: frozenset[Body]
    force: Force
    start: date | None
    end: date | None = None
    needs_consent: bool = False
    point: str = "c"

    @property
    def open_to_objection(self) -> bool:
        """Whether a person may object (UK GDPR Article 21(1): public task and legitimate interests, and no other)."""
        return self.point in _OBJECTED_TO


_OBJECTED_TO = frozenset({"e", "ea", "f"})
"""Article 21(1) names (e) and (f). That (ea) is as open is taken for granted in families' favour, not looked up."""

_PUBLIC = frozenset({Body.LOCAL_AUTHORITY, Body.HEALTH, Body.POLICE, Body.SCHOOL})
_ALL = frozenset(Body)
_LISTED = frozenset({Body.LOCAL_AUTHORITY, Body.HEALTH, Body.POLICE})
_NAMED = frozenset({Body.LOCAL_AUTHORITY, Body.HEALTH})
_UK_GDPR = date(2021, 1, 1)
_CHILDREN_ACT = date(1991, 10, 14)

TERMS: Final[dict[LawfulBasis, Terms]] = {
    LawfulBasis.CHILDREN_ACT_1989_S47: Terms(
        "Children Act 1989 section 47; those named in subsection (11) assist under (9)",
        _NAMED,
        Force.DUTY,
        _CHILDREN_ACT,
    ),
    LawfulBasis.CHILDREN_ACT_2004_S11: Terms(
        "Children Act 2004 sections 10 and 11", _LISTED, Force.DUTY, date(2005, 10, 1)
    ),
    LawfulBasis.CHILDREN_ACT_2004_S16LA: Terms(
        "Children Act 2004 section 16LA, inserted by the Children's Wellbeing and Schools Act 2026 section 4",
        _PUBLIC,
        Force.DUTY,
        None,
    ),
    LawfulBasis.CHILDREN_ACT_1989_S17: Terms(
        "Children Act 1989 section 17; those named in section 27(3) help",
        _NAMED,
        Force.DUTY,
        _CHILDREN_ACT,
        point="e",
    ),
    LawfulBasis.CHILDREN_AND_FAMILIES_ACT_2014_PART_3: Terms(
        "Children and Families Act 2014 Part 3",
        frozenset({Body.LOCAL_AUTHORITY, Body.HEALTH, Body.SCHOOL}),
        Force.DUTY,
        date(2014, 9, 1),
        point="e",
    ),
    LawfulBasis.EDUCATION_ACT_2002_S175: Terms(
        "Education Act 2002 sections 157 and 175",
        frozenset({Body.LOCAL_AUTHORITY, Body.SCHOOL}),
        Force.DUTY,
        date(2004, 6, 1),
    ),
    LawfulBasis.CRIME_AND_DISORDER_ACT_1998_S115: Terms(
        "Crime and Disorder Act 1998 sections 17A and 115",
        _LISTED,
        Force.POWER,
        date(1998, 9, 30),
        point="e",
    ),
    LawfulBasis.CRIMINAL_JUSTICE_ACT_2003_S325: Terms(
        "Criminal Justice Act 2003 section 325", _PUBLIC, Force.DUTY, date(2004, 4, 5)
    ),
    LawfulBasis.CONSENT: Terms("UK GDPR Article 6(1)(a)", _ALL, Force.CONSENT, _UK_GDPR, needs_consent=True, point="a"),
    LawfulBasis.LEGAL_OBLIGATION: Terms("UK GDPR Article 6(1)(c)", _ALL, Force.DUTY, _UK_GDPR),
    LawfulBasis.VITAL_INTERESTS: Terms("UK GDPR Article 6(1)(d)", _ALL, Force.POWER, _UK_GDPR, point="d"),
    LawfulBasis.PUBLIC_TASK: Terms("UK GDPR Article 6(1)(e)", _PUBLIC, Force.POWER, _UK_GDPR, point="e"),
    LawfulBasis.RECOGNISED_LEGITIMATE_INTERESTS: Terms(
        "UK GDPR Article 6(1)(ea), inserted by the Data (Use and Access) Act 2025 section 70",
        frozenset({Body.OTHER}),
        Force.POWER,
        date(2026, 2, 5),  # SI 2026/82 regulation 2
        point="ea",
    ),
}
"""Every basis with its terms. Dates are those of commencement in England; those without one await an officer's."""
