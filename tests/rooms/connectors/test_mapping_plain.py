"""A compiled mapping gives what its words say: compared with the plainest reading of the same lines, on any rows."""

from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from strawberry import ID

from connectors.contract import LocalId
from connectors.mapping import Mapper
from connectors.source import SourceConfig
from schema.fields import FieldId
from schema.records import Involvement, Professional, Status, Threshold
from schema.services import Service

TODAY = date(2026, 11, 21)
NULLS = {"", "NULL", "#N/A"}
LEVELS = {"1": "UNIVERSAL", "2": "EARLY_HELP"}
WHY = {"1": "Overcrowding", "e": "Eviction"}
BLOCK: dict[str, Any] = {
    "record": "Involvement",
    "from": "t",
    "person": "p",
    "id": "r",
    "fields": {
        "team": "team",
        "start": {"path": "from", "date": "dd/mm/yyyy"},
        "end": {"path": "to", "date": "dd/mm/yyyy"},
        "status": {"start": "from", "end": "to", "date": "dd/mm/yyyy", "cancelled": {"path": "team", "in": ["X"]}},
        "threshold": {"path": "level", "codes": LEVELS},
        "reason": {"path": "why", "codes": WHY},
    },
    "professionals": {"each": "workers", "name": "name", "phone": "phone", "role": {"constant": "Worker"}},
}

texts = st.sampled_from(["", "NULL", " #N/A ", "A", " b ", "X", "x", "\u00a0", "0123"])
days = st.sampled_from(["", "01/02/2020", " 29/02/2024 ", "30/02/2024", "soon", "21/11/2026", "22/11/2026"])
codes = st.sampled_from(["", "1", "2", "E", " e ", "9", "NULL"])
workers = st.lists(st.fixed_dictionaries({"name": texts, "phone": texts}), max_size=3)
rows = st.lists(
    st.fixed_dictionaries(
        {"p": st.sampled_from(["1", " 2 ", "", "NULL"]), "r": texts, "team": texts, "from": days, "to": days},
        optional={"level": codes, "why": codes, "workers": workers},
    ),
    max_size=6,
)


def mapper() -> Mapper:
    who = {"id": "homes", "name": "Homes", "owner": "Homes", "agency": "homes", "system": "plain"}
    return Mapper(SourceConfig(**who, service="HOUSING", path=Path("homes.toml"), map=(BLOCK,)), tabular=False)


MAPPER = mapper()


def text(value: str | None) -> str | None:
    stripped = (value or "").strip()
    return None if stripped in NULLS else stripped


def day(value: str) -> date | None:
    try:
        d, m, y = map(int, value.strip().split("/"))
        return date(y, m, d)
    except ValueError:
        return None


def status(row: dict[str, Any]) -> Status:
    if (text(row["team"]) or "").lower() == "x":
        return Status.HISTORIC
    start, end = day(row["from"]), day(row["to"])
    unread = any(text(row[k]) is not None and day(row[k]) is None for k in ("from", "to"))
    if unread or (start is None and end is None):
        return Status.UNKNOWN
    if end is not None and end < TODAY:
        return Status.HISTORIC
    return Status.UNKNOWN if start is not None and start > TODAY else Status.CURRENT


def plainly(row: dict[str, Any]) -> Involvement:
    """Read one row the plainest way there is."""
    level, why = text(row.get("level")), text(row.get("why"))
    people = [(text(w["name"]), text(w["phone"])) for w in row.get("workers", ())]
    return Involvement(
        id=ID(text(row["r"]) or ""),
        service=Service("HOUSING"),
        team=text(row["team"]),
        start=day(row["from"]),
        end=day(row["to"]),
        status=status(row),
        threshold=Threshold[LEVELS[level]] if level in LEVELS else None,
        reason=WHY.get(why.lower(), why) if why else None,
        professionals=[Professional(name=n, phone=p, role="Worker") for n, p in people if n or p],
    )


@given(rows)
def test_many_rows_are_read_as_each_is_read_plainly(listed: list[dict[str, Any]]) -> None:
    """Every row gives the record its words say, with its person's others, in order; a row about nobody gives none."""
    expected: dict[LocalId, tuple[Involvement, ...]] = {}
    for row in listed:
        person = text(row["p"])
        if person is not None:
            expected[LocalId(person)] = (*expected.get(LocalId(person), ()), plainly(row))
    assert MAPPER.records({"t": listed}, MAPPER.fields, TODAY).records == expected


@given(rows, st.sets(st.sampled_from(sorted(MAPPER.fields)), min_size=1))
def test_asking_for_less_gives_the_same_and_nothing_more(listed: list[dict[str, Any]], some: set[FieldId]) -> None:
    """Each asked field is what it is when everything is asked for; every other field is null."""
    whole = MAPPER.records({"t": listed}, MAPPER.fields, TODAY).records
    less = MAPPER.records({"t": listed}, frozenset(some), TODAY).records
    assert list(less) == list(whole)
    of_workers = {f for f in some if f.startswith("Professional.")}
    for person, records in less.items():
        for record, full in zip(records, whole[person], strict=True):
            assert isinstance(record, Involvement)
            assert isinstance(full, Involvement)
            assert record == only(full, some)
            assert (record.professionals is None) == (not of_workers)


def only(full: Involvement, some: set[FieldId]) -> Involvement:
    """Leave of a record what was asked for."""
    kept = {f.partition(".")[2]: getattr(full, f.partition(".")[2]) for f in some if f.startswith("Involvement.")}
    names = [f.partition(".")[2] for f in some if f.startswith("Professional.")]
    people = [Professional(**{n: getattr(p, n) for n in names}) for p in full.professionals or []]
    return Involvement(id=full.id, professionals=people if names else None, **kept)
