"""Many rows are read a column at a time: what that makes of them is what each row by itself would be made into."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import LocalId, Rejected
from connectors.mapping import Mapper
from connectors.mapping.columns import MANY
from schema.fields import FieldId
from tests.rooms.connectors.test_mapping import TODAY, mapper

MAPPINGS = """
[[map]]
record = "Involvement"
from = "t"
person = "p"
id = "r"
when = [{ path = "kind", not_in = ["X"] }, { path = "p", present = true }]
nulls = ["-"]
[map.fields]
status = { start = "from", end = "to", date = ["iso", "dd/mm/yyyy"], cancelled = { path = "kind", in = ["C"] } }
start = { path = "from", date = ["iso", "dd/mm/yyyy"] }
end = { path = "to", date = "iso" }
team = "where.team"
organisation = { join = ["kind", "r"] }
threshold = { path = "kind", codes = { A = "EARLY_HELP", B = "CHILD_IN_NEED" } }
reason = { path = "kind", codes = { A = "Asked for" } }
[[map.professionals]]
name = "worker"
role = { constant = "Worker" }
[[map.professionals]]
each = "workers"
id = "_parent.r"
name = "name"
phone = "phone"
status = { path = "state", codes = { "1" = "CURRENT", "2" = "HISTORIC" } }
[map.plan]
type = { path = "kind", codes = { A = "EARLY_HELP" } }
goals = { path = "goals", split = ";" }
[[map.labels]]
path = "mark"
codes = { S = "SENSITIVE_LOCATION" }

[[map]]
record = "ChronologyEvent"
from = "t"
each = "workers"
person = "p"
id = "name"
[map.fields]
date = { path = "_parent.from", date = "iso" }
title = "phone"

[[map]]
record = "Relationship"
from = "t"
person = "p"
local_id = "r"
[map.fields]
name = "worker"
""".replace("SENSITIVE_LOCATION", "CONFIDENTIAL_ADDRESS")

RAW = st.one_of(
    st.none(),
    st.sampled_from(["A", "B", "C", "X", " a ", "-", "", "NULL", "1", "2", "2024-02-29", "29/02/2024", "2024-13-01"]),
    st.sampled_from([0, 1, 12.0, True, float("nan"), date(2024, 2, 3)]),
    st.lists(st.sampled_from(["a", "b", None, 3]), max_size=2),
    st.just({"team": "North", "x": []}),
)
WORKERS = st.lists(st.dictionaries(st.sampled_from(["name", "phone", "state"]), RAW, max_size=3) | RAW, max_size=3)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"p": st.sampled_from(["P1", " P1", "P2", "P3", None, "", 4])},
        optional=dict.fromkeys(("r", "kind", "from", "to", "where", "worker", "goals", "mark"), RAW)
        | {"workers": WORKERS | RAW},
    ),
    min_size=MANY,
    max_size=3 * MANY,
)
ASKED = st.frozensets(
    st.sampled_from(
        [
            *(f"Involvement.{name}" for name in ("service", "status", "start", "end", "team", "organisation")),
            *(f"Involvement.{name}" for name in ("threshold", "reason")),
            *(f"Professional.{name}" for name in ("name", "role", "phone", "status")),
            *("Plan.type", "Plan.goals", "ChronologyEvent.date", "ChronologyEvent.title", "Relationship.name"),
        ]
    ),
    min_size=1,
)


def one_by_one(made: Mapper, rows: list[dict[str, Any]], asked: frozenset[FieldId]) -> Any:
    """Make records of each row by itself, and put them together: all of one kind before the next, as blocks stand."""
    found: dict[LocalId, list[Any]] = {}
    rejected: set[Rejected] = set()
    kinds = [str(block.record) for block in made.blocks]
    for row in rows:
        mapped = made.records({"t": [row]}, asked, TODAY)
        rejected.update(mapped.rejected)
        for person, records in mapped.records.items():
            found.setdefault(person, []).extend(records)
    in_order = {
        person: tuple(sorted(records, key=lambda one: kinds.index(type(one).__name__)))
        for person, records in found.items()
    }
    return in_order, tuple(sorted(rejected, key=lambda one: (one.place, one.code)))


@settings(deadline=None, max_examples=40)
@given(rows=ROWS, asked=ASKED)
def test_many_rows_are_read_as_each_by_itself(rows: list[dict[str, Any]], asked: frozenset[str]) -> None:
    """Whatever stands in them: the same records of the same people, in the same order, and the same rejected."""
    made, fields = mapper(MAPPINGS, tabular=False), frozenset(map(FieldId, asked))
    mapped = made.records({"t": rows}, fields, TODAY)
    assert (dict(mapped.records), mapped.rejected) == one_by_one(made, rows, fields)


@settings(max_examples=40)
@given(rows=ROWS)
def test_whom_many_rows_are_about_is_whom_each_is_about(rows: list[dict[str, Any]]) -> None:
    """A row about nobody is told of, among however many."""
    made = mapper(MAPPINGS, tabular=False)
    each = [made.people_of("t", row) for row in rows]
    told: set[LocalId | None] = set().union(*(found or [None] for found in each))
    assert made.everybody("t", rows) == told
    assert made.everybody("elsewhere", rows) == {None}
    assert made.everybody("elsewhere", []) == set()
