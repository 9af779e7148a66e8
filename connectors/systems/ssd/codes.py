"""Code lists of the CIN census and SSDA903, decoded where a worker reads them; an unknown code is shown as it is."""

from collections.abc import Mapping

from schema.records import Sex

NEEDS = {
    "N0": "Not stated",
    "N1": "Abuse or neglect",
    "N2": "Child's disability",
    "N3": "Parental illness or disability",
    "N4": "Family in acute stress",
    "N5": "Family dysfunction",
    "N6": "Socially unacceptable behaviour",
    "N7": "Low income",
    "N8": "Absent parenting",
    "N9": "Cases other than child in need",
}

CLOSURES = {
    "RC1": "Adopted",
    "RC2": "Died",
    "RC3": "Child arrangements order",
    "RC4": "Special guardianship order",
    "RC5": "Transferred to another authority",
    "RC6": "Transferred to adult services",
    "RC7": "Services ended for another reason",
    "RC8": "No further action after assessment",
    "RC9": "Closed to early help",
}

CATEGORIES = {
    "NEG": "Neglect",
    "PHY": "Physical abuse",
    "SAB": "Sexual abuse",
    "EMO": "Emotional abuse",
    "MUL": "Multiple",
}

PLACEMENTS = {
    "A3": "Placed for adoption",
    "K2": "Children's home",
    "P1": "Placed with parents",
    "U1": "Foster care with a relative or friend, long term",
    "U4": "Foster care, long term",
    "U6": "Foster care",
}

MISSING = {"M": "Missing from placement", "A": "Away from placement without authorisation"}

SEEN_ALONE = {
    "Y": "Child seen alone",
    "N": "Child not seen alone",
    "1": "Child seen alone",
    "0": "Child not seen alone",
}

EHC_OUTCOMES = {"Y": "A plan is to be made", "N": "No plan is to be made"}

SEXES = {"M": Sex.MALE, "F": Sex.FEMALE, "I": Sex.INDETERMINATE, "U": Sex.UNKNOWN}


def decoded(code: str | None, codes: Mapping[str, str]) -> str | None:
    """Decode for a reader; a code nobody listed is shown as it is."""
    return None if code is None else codes.get(code.upper(), code)
