"""A census' message made into rows: children, referrals, and what hangs on each referral."""

from typing import Any

from connectors.contract import Rejected
from connectors.errors import SourceBroken
from connectors.returns.elements import below, child_of, listed
from connectors.returns.reading import Read
from connectors.systems.cin_census.years import Year, factor_labels, year_of

Row = dict[str, Any]


def read_census(root: dict[str, Any], file: str) -> Read:
    """Make the rows of one message; SourceBroken where it is not a census."""
    message = root.get("Message")
    if not isinstance(message, dict) or "Children" not in message:
        raise SourceBroken("not-a-census", file)
    rejected: set[Rejected] = set()
    year, exact = year_of(child_of(message, "Header", "CollectionDetails", "Year"))
    if not exact:
        rejected.add(Rejected("Header.CollectionDetails.Year", "unknown-year"))
    children = [c for c in (_child(n, year) for n in listed(child_of(message, "Children", "Child"))) if c]
    referrals = below(children, "CINdetails")
    for row in referrals:
        _referral(row, year, rejected)
    assessments = below(referrals, "Assessments")
    for row in assessments:
        row["_factors"] = _factors(row, year, rejected)
    protection = below(referrals, "ChildProtectionPlans")
    rows = {
        "children": children,
        "referrals": referrals,
        "assessments": assessments,
        "cin_plans": below(referrals, "CINPlanDates"),
        "section_47": below(referrals, "Section47"),
        "conferences": _conferences(referrals),
        "protection_plans": protection,
        "protection_reviews": below(protection, "Reviews", "CPPreviewDate"),
    }
    return Read({name: tuple(found) for name, found in rows.items()}, tuple(rejected))


def _child(node: Any, year: Year) -> Row | None:
    person = child_of(node, "ChildIdentifiers", "LAchildID")
    if not isinstance(person, str) or not person:
        return None
    row: Row = {**node, "_person": person, "_id": "", "_sex": child_of(node, "ChildIdentifiers", year.sex)}
    reasons = {child_of(d, "ReasonForClosure") for d in listed(node.get("CINdetails")) if isinstance(d, dict)}
    return row | {"_adopted": "RC1" if "RC1" in reasons else None}


def _referral(row: Row, year: Year, rejected: set[Rejected]) -> None:
    if any(not name.startswith(("_", "@", "#")) and name not in year.parts for name in row):
        rejected.add(Rejected("CINdetails", "unknown-element"))
    plans = [p for p in listed(row.get("CINPlanDates")) if isinstance(p, dict)]
    row["_plan"] = max(plans, key=lambda p: str(p.get("CINPlanStartDate") or ""), default=None)


def _factors(row: Row, year: Year, rejected: set[Rejected]) -> list[str]:
    """Decode an assessment's factors; a code the year does not have is kept as it is, and reported."""
    codes = [f for f in listed(child_of(row, "FactorsIdentifiedAtAssessment", "AssessmentFactors")) if f]
    if not all(isinstance(code, str) and code in year.factors for code in codes):
        rejected.add(Rejected("assessments.AssessmentFactors", "unknown-code"))
    labels = factor_labels()
    return [labels.get(code, code) for code in codes if isinstance(code, str)]


def _conferences(referrals: list[Row]) -> list[Row]:
    """Give each conference once: the census holds its date at the enquiry, or at the referral where it had none."""
    rows: list[Row] = []
    for referral in referrals:
        dates = [child_of(e, "DateOfInitialCPC") for e in listed(referral.get("Section47"))]
        dates.append(referral.get("DateOfInitialCPC"))
        held = dict.fromkeys(d for d in dates if isinstance(d, str) and d)
        rows += [
            {"value": d, "_person": referral["_person"], "_id": f"{referral['_id']}/conference-{n}", "_up": referral}
            for n, d in enumerate(held, 1)
        ]
    return rows
