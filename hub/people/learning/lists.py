"""Lists: people as a CSV file has them, one a line, to learn weights from or to try matching on."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from connectors.contract import Name, Traits
from schema.records import IdentifierSystem

COLUMNS = ("id", "list", "person", "given", "family", "born", "sex", "postcode", "address", "nhs_number", "upn")
"""The columns of such a file; ``id`` and ``family`` are needed, ``person`` is the truth where it is known."""


class WrongList(ValueError):
    """Tell the user what is wrong with a file, and on which line; never a value of it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line: whom it is about, in which list, and who that truly is, where somebody knows."""

    id: str
    traits: Traits
    list: str = ""
    person: str = ""


def read_list(path: Path) -> tuple[Record, ...]:
    """Read a list; WrongList says what is wrong with it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            heading = [name.strip().lower() for name in rows.fieldnames or ()]
            if missing := {"id", "family"} - {*heading}:
                raise WrongList(f"{path.name}: no column {' or '.join(sorted(missing))}; columns: {', '.join(COLUMNS)}")
            rows.fieldnames = heading
            return tuple(_records(path, rows))
    except (OSError, UnicodeDecodeError):
        raise WrongList(f"{path} cannot be read as text") from None
    except csv.Error:
        raise WrongList(f"{path.name} is not a CSV file") from None


def _records(path: Path, rows: Iterable[Mapping[str, str | None]]) -> Iterator[Record]:
    seen: set[str] = set()
    for line, row in enumerate(rows, 2):
        given = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not given["id"] or given["id"] in seen:
            raise WrongList(f"{path.name}, line {line}: each line needs an id of its own")
        seen.add(given["id"])
        born = _date(path, line, given["born"])
        yield Record(given["id"], _traits(given, born), given["list"], given["person"])


def _date(path: Path, line: int, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongList(f"{path.name}, line {line}: born is not a date written YYYY-MM-DD") from None


def _traits(given: Mapping[str, str], born: date | None) -> Traits:
    numbers = ((IdentifierSystem.NHS_NUMBER, given["nhs_number"]), (IdentifierSystem.UPN, given["upn"]))
    return Traits(
        names=(Name(given["given"], given["family"]),),
        date_of_birth=born,
        sex={"F": "FEMALE", "M": "MALE"}.get(given["sex"][:1].upper()),
        postcodes=(given["postcode"],) if given["postcode"] else (),
        address=given["address"] or None,
        identifiers=tuple(pair for pair in numbers if pair[1]),
    )
