"""Common Transfer Files made into rows: pupils, schools, special educational needs, attendance, contacts.

Where two files have the same pupil, the newer file's rows are used and the older file's are not.
"""

from collections.abc import Iterable
from typing import Any

from connectors.contract import Rejected
from connectors.errors import SourceBroken
from connectors.returns.elements import below, child_of, listed
from connectors.returns.reading import Read

Row = dict[str, Any]

VERSIONS = frozenset({"20", "21", "22", "23", "24", "25"})
"""The versions this layout is known to fit; another is read all the same, and said."""


def read_transfers(files: Iterable[tuple[str, dict[str, Any]]]) -> Read:
    """Make the rows of files, the newest first."""
    pupils: dict[str, Row] = {}
    rejected: set[Rejected] = set()
    for name, root in files:
        for row in _pupils(name, root, rejected):
            pupils.setdefault(row["_person"], row)
    held = list(pupils.values())
    sen = below(held, "SENhistory", "SEN")
    needs = {row["_person"]: _needs(row) for row in held}
    for row in sen:
        row["_needs"] = needs[row["_person"]]
    attendance = below(held, "Attendance", "YearData")
    for row in attendance:
        row |= {"_code": f"Attendance {row.get('Year') or ''}".strip(), "_text": _attended(row)}
    rows = {
        "pupils": held,
        "schools": below(held, "SchoolHistory", "School"),
        "sen": sen,
        "attendance": attendance,
        "contacts": below(held, "Contacts", "Contact"),
    }
    return Read({resource: tuple(found) for resource, found in rows.items()}, tuple(rejected))


def _pupils(name: str, root: dict[str, Any], rejected: set[Rejected]) -> list[Row]:
    file = root.get("CTfile")
    if not isinstance(file, dict):
        raise SourceBroken("not-a-ctf", name)
    version = child_of(file, "Header", "CTFversion")
    if not isinstance(version, str) or version.partition(".")[0] not in VERSIONS:
        rejected.add(Rejected("Header.CTFversion", "unknown-version"))
    rows: list[Row] = []
    for node in listed(child_of(file, "CTFpupilData", "Pupil")):
        upn = child_of(node, "UPN")
        if isinstance(upn, str) and upn:
            rows.append({**node, "_person": upn, "_id": ""})
        else:
            rejected.add(Rejected("pupils.UPN", "missing"))
    return rows


def _needs(row: Row) -> list[str]:
    """Give the kinds of need, in their order of rank: they stand in SENhistory, or beside it."""
    places = (("SENhistory", "SENneeds", "SENneed"), ("SENneeds", "SENneed"))
    needs = [n for place in places for n in listed(child_of(row, *place)) if isinstance(n, dict)]
    ranked = sorted(needs, key=lambda n: str(n.get("SENtypeRank") or ""))
    return [str(n["SENtype"]) for n in ranked if isinstance(n.get("SENtype"), str)]


def _attended(row: Row) -> str | None:
    """Say a year's attendance in words; none where it does not say how many sessions there could be."""
    possible, attended, absent = (row.get(f"Sessions{n}") for n in ("Possible", "Attended", "Unauthorised"))
    if not isinstance(possible, str) or not isinstance(attended, str):
        return None
    without = f"; absent without authorisation from {absent}" if isinstance(absent, str) and absent else ""
    return f"Attended {attended} of {possible} sessions{without}"
