"""Step 5, of many answers at once: what leaves together is what would leave one by one."""

import copy
import dataclasses
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.answer.release import Released, Releaser, opaque_ids
from hub.answer.shapes import SHAPES
from hub.answer.whole import AsItIs, release_together
from policies.rows import RuleRow
from policies.service_mask import ServiceMask
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.records import (
    Birth,
    ChronologyEvent,
    DutyDesk,
    EventKind,
    Involvement,
    PersonName,
    Plan,
    Professional,
    Relationship,
    Status,
)
from schema.rows import Rows, still_rows
from schema.rows import together as in_parts
from schema.services import Service
from tests.rooms.answer.test_release import ALL, STAMP, Text, mask
from tests.rooms.policies.drawn import rulesets
from tests.rooms.policies.rules import HEALTH, bar, rule, ruling
from tests.tabled import table_of, tabled

OPAQUE = opaque_ids(b"k" * 32, "health")
HIDDEN = frozenset({Label.CONFIDENTIAL_ADDRESS})
IDS = st.sampled_from(["1", "2", "3"])
WORDS = st.none() | st.sampled_from(["Seen at home", "Rang"])
EVENTS = st.builds(
    ChronologyEvent,
    id=IDS,
    title=WORDS,
    kind=st.none() | st.sampled_from(EventKind),
    needs=st.none() | st.just(["rest"]),
)
WORKERS = st.lists(st.builds(Professional, id=IDS, name=WORDS, phone=WORDS), max_size=2)
INVOLVEMENTS = st.builds(
    Involvement,
    id=IDS,
    service=st.none() | st.just(HEALTH),
    status=st.none() | st.sampled_from(Status),
    notes=WORDS,
    professionals=st.none() | WORKERS,
    duty_desk=st.none() | st.builds(DutyDesk, phone=WORDS),
    plan=st.none() | st.none() | st.builds(Plan, category=WORDS),
)
RELATIVES = st.builds(Relationship, id=IDS, name=WORDS, local_id=st.none() | IDS)
ANSWERS = st.lists(st.lists(INVOLVEMENTS | EVENTS | RELATIVES, max_size=3), min_size=1, max_size=5)
ODD: list[tuple[str, Any]] = [
    ("id", None),
    ("labels", None),
    ("labels", HIDDEN),
    ("labels", [Label.ADOPTION]),
    ("local_id", 3),
    ("person", "x"),
    ("title", Text("x")),
    ("kind", "CONTACT"),
    ("needs", ["x"]),
    ("needs", [3]),
    ("needs", "x"),
    ("notes", 3),
    ("name", ["x"]),
    ("phone", 3),
    ("professionals", [Plan(category="x")]),
    ("professionals", [Professional(name="x"), None]),
    ("professionals", 3),
    ("duty_desk", Plan(category="x")),
    ("duty_desk", [DutyDesk(phone="x")]),
    ("plan", 3),
]
OTHERS: list[Any] = [PersonName(given="Maya"), ChronologyEvent(needs=["rest"]), Birth(), None, 7]
FEW = [
    ["Involvement.service", "Involvement.status", "Professional.name"],
    ["ChronologyEvent.title", "ChronologyEvent.needs", "Relationship.name"],
    ["Plan.category", "ChronologyEvent.kind"],
]
SOME = st.sampled_from([frozenset(map(FieldId, few)) for few in FEW]) | st.frozensets(
    st.sampled_from(sorted(CATALOGUE))
)


def one_by_one(answers: list[list[Any]], under: ServiceMask) -> list[dict[str, Any]]:
    """Release copies of answers, each record by itself: the simplest form, to which every other is held."""
    return [
        dataclasses.asdict(Releaser(under, under.asked, STAMP, OPAQUE).release(answer))
        for answer in copy.deepcopy(answers)
    ]


def together(answers: list[list[Any]], under: ServiceMask, give: Any = copy.deepcopy) -> list[dict[str, Any]]:
    """Release copies of answers together, and say it in the same words."""
    left = release_together(give(answers), Releaser(under, under.asked, STAMP, OPAQUE))
    return [
        dataclasses.asdict(out if isinstance(out, Released) else Released(list(out.records), set(out.shown)))
        for out in left
    ]


def as_rows(answers: list[list[Any]]) -> list[Sequence[Any]]:
    """Give answers as rows: what they begin with in one table for each kind, whoever it is about, and then the rest."""
    given = copy.deepcopy(answers)
    begun = [next((list(its) for _, its in groupby(answer, type)), []) for answer in given]
    tables = {kind: table_of(kind, [one for some in begun for one in some if type(one) is kind]) for kind in SHAPES}
    taken = Counter[type]()
    rows = []
    for answer, its in zip(given, begun, strict=True):
        kind = type(its[0]) if its else None
        if kind not in SHAPES:
            rows.append(tabled(answer))
            continue
        places = range(taken[kind], taken[kind] + len(its))
        taken[kind] += len(its)
        rows.append(in_parts([Rows(tables[kind], list(places)), tabled(answer[len(its) :])]))
    return rows


def spoil(answers: list[list[Any]], place: int, name: str, value: Any) -> None:
    """Set something odd on one of those records, and records inside, that have a place for it."""
    records = [r for answer in answers for r in answer]
    inside = [p for r in records for p in (getattr(r, "professionals", None) or ())]
    fitting = [r for r in (*records, *inside) if hasattr(r, name)]
    if fitting:
        setattr(fitting[place % len(fitting)], name, value)


@settings(max_examples=50, deadline=None)
@given(
    rows=rulesets,
    how=st.sampled_from(["open", "barred", "masked", "drawn"]),
    asked=st.just(ALL) | SOME,
    answers=ANSWERS,
    odd=st.none() | st.tuples(st.integers(0, 9), st.sampled_from(ODD)),
    others=st.lists(st.sampled_from(OTHERS), max_size=1),
)
def test_many_leave_as_each_would(
    rows: list[RuleRow],
    how: str,
    asked: frozenset[FieldId],
    answers: list[list[Any]],
    odd: tuple[int, tuple[str, Any]] | None,
    others: list[Any],
) -> None:
    """Under drawn rules and lies: the same records and fields leave, and the same is said of what does not."""
    bars = {
        "open": [],
        "barred": [bar(sensitivity="CONFIDENTIAL_ADDRESS")],
        "masked": [bar(field="Professional.name", on_deny="mask", obligation="initials")],
    }
    under = ServiceMask(asked, ruling(*rows, service=Service("HEALTH")))
    if how != "drawn":
        under = mask(rule(), *bars[how], asked=asked)
    if odd is not None:
        spoil(answers, odd[0], *odd[1])
    answers = [*answers, others]
    assert together(answers, under) == one_by_one(answers, under)
    if odd is None or odd[1][1] is not None:  # nothing, in a column, is what a record has without it
        assert together(answers, under, as_rows) == one_by_one(answers, under)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(("name", "value"), ODD)
def test_of_many_an_odd_one_leaves_as_it_would_alone(place: int, name: str, value: Any) -> None:
    """Each sort of lie there is, on the first and on another: the same leaves, and the same is said."""
    answers: list[list[Any]] = [
        [
            ChronologyEvent(id="e", title="Rang", needs=["rest"]),
            Involvement(id="i", service=HEALTH, professionals=[Professional(name="x"), Professional(name="y")]),
            Relationship(id="r", name="Sister", local_id="1"),
        ]
        for _ in range(3)
    ]
    spoil(answers, place, name, value)
    for under in (mask(), mask(rule(), bar(sensitivity="CONFIDENTIAL_ADDRESS"))):
        assert together(answers, under) == one_by_one(answers, under)
        if value is not None:  # nothing, in a column, is what a record has without it
            assert together(answers, under, as_rows) == one_by_one(answers, under)


def test_rows_that_leave_as_they_are_stay_rows() -> None:
    """What is proved above is proved of rows: no record is made where nothing of any of them is held back."""
    answers = [[ChronologyEvent(id=str(n), title="Rang")] * 3 for n in range(4)]
    left = release_together(as_rows(answers), Releaser(mask(), ALL, STAMP, OPAQUE))
    assert all(isinstance(out, AsItIs) and still_rows(out.records) for out in left)


def test_of_many_a_labelled_or_masked_one_is_looked_at_by_itself() -> None:
    """However alike the others are: nothing of the labelled one leaves, and of a masked field a part."""
    events: list[list[Any]] = [[ChronologyEvent(id=str(n), title="Rang")] for n in range(8)]
    events[3][0].labels = HIDDEN
    under = mask(rule(), bar(sensitivity="CONFIDENTIAL_ADDRESS"))
    left = release_together(events, Releaser(under, ALL, STAMP, OPAQUE))
    assert [place for place, out in enumerate(left) if isinstance(out, Released)] == [3]
    assert [out.records for out in left if isinstance(out, Released)] == [[]]
    names: list[list[Any]] = [[PersonName(given="Maya Rose")] for _ in range(8)]
    part = mask(rule(), bar(field="PersonName.given", on_deny="mask", obligation="initials"))
    release_together(names, Releaser(part, ALL, STAMP, OPAQUE))
    assert {name.given for (name,) in names} == {"M. R."}


def test_of_many_with_a_labelled_worker_inside_only_that_worker_stays_back() -> None:
    """A label inside a record is as good as one on it, and harms nobody else's answer."""
    answers: list[list[Any]] = [
        [Involvement(service=HEALTH, professionals=[Professional(name="x"), Professional(name="y")])] for _ in range(8)
    ]
    answers[5][0].professionals[1].labels = HIDDEN
    under = mask(rule(), bar(sensitivity="CONFIDENTIAL_ADDRESS"))
    release_together(answers, Releaser(under, ALL, STAMP, OPAQUE))
    assert [len(one.professionals) for (one,) in answers] == [2, 2, 2, 2, 2, 1, 2, 2]
