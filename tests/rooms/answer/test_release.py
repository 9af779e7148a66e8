"""Step 5: whatever a source says, only what was asked and permitted, of the right type, leaves."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.answer.release import Released, Releaser, opaque_ids, stamp
from policies.rows import RuleRow
from policies.service_mask import ServiceMask
from schema.fields import CATALOGUE, RECORDS, FieldId
from schema.labels import Label
from schema.person import Person
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    DutyDesk,
    Involvement,
    PersonName,
    Plan,
    Professional,
    Record,
    Relationship,
)
from schema.services import Service
from tests.cast import CHILDREN, records_of
from tests.rooms.policies.drawn import rulesets
from tests.rooms.policies.rules import HEALTH, bar, rule, ruling

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ALL = frozenset(CATALOGUE)
STAMP = stamp("health", HEALTH, "Health records", None, NOW)


def mask(*rows: RuleRow, asked: Iterable[str] = ALL) -> ServiceMask:
    return ServiceMask(frozenset(FieldId(f) for f in asked), ruling(*(rows or (rule(),))))


def release(*records: Any, under: ServiceMask | None = None, opaque: Callable[[str], str] | None = None) -> Released:
    under = under or mask()
    return Releaser(under, under.asked, STAMP, opaque).release(records)


class Word(StrEnum):
    HELLO = "hello"


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (Birth(date_of_birth=datetime(2012, 5, 17, tzinfo=UTC)), "date_of_birth"),
        (Birth(date_of_birth="2012-05-17"), "date_of_birth"),  # type: ignore[arg-type] # on purpose
        (Birth(sex="FEMALE"), "sex"),  # type: ignore[arg-type] # on purpose
        (PersonName(given=Text("Maya")), "given"),
        (PersonName(given=Word.HELLO), "given"),
        (PersonName(given=b"Maya"), "given"),  # type: ignore[arg-type] # on purpose
        (PersonName(given=["Maya"]), "given"),  # type: ignore[arg-type] # on purpose
        (PersonName(given=7), "given"),  # type: ignore[arg-type] # on purpose
        (PersonName(given={"Maya": 1}), "given"),  # type: ignore[arg-type] # on purpose
        (Relationship(same_household=1), "same_household"),  # type: ignore[arg-type] # on purpose
        (Relationship(same_household="yes"), "same_household"),  # type: ignore[arg-type] # on purpose
        (ChronologyEvent(needs="one"), "needs"),  # type: ignore[arg-type] # on purpose
        (ChronologyEvent(needs=("one",)), "needs"),  # type: ignore[arg-type] # on purpose
        (ChronologyEvent(needs=["one", 2]), "needs"),  # type: ignore[list-item] # on purpose
        (ChronologyEvent(needs=[None]), "needs"),  # type: ignore[list-item] # on purpose
        (ChronologyEvent(needs=[Text("one")]), "needs"),
        (ChronologyEvent(needs=[["one"]]), "needs"),  # type: ignore[list-item] # on purpose
    ],
)
def test_a_value_of_the_wrong_type_does_not_leave(record: Any, name: str) -> None:
    """Exactly the declared type leaves: not a subclass, not something that would print alike, no odd list item."""
    out = release(record)
    assert getattr(record, name) is None
    assert out.wrong_types == {FieldId(f"{type(record).__name__}.{name}")}


def test_values_of_the_right_type_leave() -> None:
    """Everything the cast's source holds of a child is released where all is permitted."""
    maya = CHILDREN["maya"]
    records: list[Any] = records_of(maya, "health")
    before = [dataclasses.asdict(r) for r in records]
    out = release(*records, opaque=lambda _: "opaque")
    assert out.wrong_types == set()
    assert out.held_back == {}
    for was, now in zip(before, out.records, strict=True):
        for name, value in dataclasses.asdict(now).items():
            assert name in {"id", "provenance", *PARTS} or value == was[name]
        assert now.id == "opaque"
        assert now.provenance is STAMP


PARTS = ("professionals", "duty_desk", "plan")


class Lying(Involvement):
    """A record of a class that nobody registered."""


@pytest.mark.parametrize("record", [Lying(status=None), Record(), None, 3, {"given": "Maya"}, "Maya", object()])
def test_a_record_of_an_unknown_class_is_left_out_whole(record: Any) -> None:
    """A class that declares nothing cannot be decided on."""
    out = release(record, PersonName(given="Maya"))
    assert [type(r) for r in out.records] == [PersonName]
    assert out.unreadable == 1


@pytest.mark.parametrize(
    "involvement",
    [
        Involvement(professionals=[Plan(category="x"), "y", None, Lying()]),  # type: ignore[list-item] # on purpose
        Involvement(plan=Professional(name="x")),  # type: ignore[arg-type] # on purpose
        Involvement(plan=[Professional(name="x")]),  # type: ignore[arg-type] # on purpose
        Involvement(duty_desk="x"),  # type: ignore[arg-type] # on purpose
        Involvement(duty_desk={"phone": "x"}),  # type: ignore[arg-type] # on purpose
    ],
)
def test_a_record_inside_of_the_wrong_class_is_left_out(involvement: Any) -> None:
    """A plan where a professional belongs is nobody's plan, and an answer with one is not said to be whole."""
    involvement.service = HEALTH
    out = release(involvement)
    (left,) = out.records
    assert [getattr(left, part) or None for part in PARTS] == [None, None, None]
    assert len(out.wrong_types) == 1


@pytest.mark.parametrize(
    "envelope",
    [
        {"id": 7},
        {"id": None},
        {"id": ["x"]},
        {"labels": None},
        {"labels": [Label.ADOPTION]},
        {"labels": "ADOPTION"},
        {"local_id": 7},
        {"local_id": ["x"]},
    ],
)
def test_a_record_whose_envelope_is_not_sound_is_left_out_whole(envelope: dict[str, Any]) -> None:
    """What cannot be told apart or whose labels cannot be read is not shown, and harms no other record."""
    wrong, right = Relationship(name="x"), Relationship(name="Sister")
    for name, value in envelope.items():
        setattr(wrong, name, value)
    out = release(wrong, right, opaque=opaque_ids(b"k" * 32, "health"))
    assert out.records == [right]
    assert out.unreadable == 1


def test_a_source_cannot_answer_about_a_relative() -> None:
    """A relative is decided on by the hub: a person put there by a source never leaves."""
    sister = Relationship(name="Sister")
    sister.person = Person(id="x", names=[PersonName(given="Secret")])  # type: ignore[arg-type] # strawberry.ID
    (left,) = release(sister).records
    assert isinstance(left, Relationship)
    assert left.person is None


def test_only_what_was_asked_leaves() -> None:
    """A source that answers more than it was asked is not believed, permitted or not."""
    family = frozenset({FieldId("PersonName.family")})
    for decided in (mask(asked=family), mask()):  # of what was asked alone, or of more than that
        out = Releaser(decided, family, STAMP, None).release([PersonName(given="Maya", family="Quillfeather")])
        (left,) = out.records
        assert isinstance(left, PersonName)
        assert (left.given, left.family) == (None, "Quillfeather")


def test_a_part_of_which_nothing_may_be_shown_is_not_there() -> None:
    """Not even an empty record says that there is a plan."""
    involvement = Involvement(service=HEALTH, plan=Plan(category="x"), professionals=[Professional(name="y")])
    asked = mask(asked=["Involvement.service", "Professional.name"])
    (left,) = release(involvement, under=asked).records
    assert isinstance(left, Involvement)
    assert left.plan is None
    assert left.professionals is not None


@pytest.mark.parametrize(
    ("what", "field", "record", "left"),
    [
        ("year-only", "Birth.date_of_birth", Birth(date_of_birth=date(2012, 5, 17)), date(2012, 1, 1)),
        ("outward-postcode", "Address.postcode", Address(postcode="BK7 7QQ"), "BK7"),
        ("outward-postcode", "Address.postcode", Address(postcode="not one"), None),
        ("initials", "PersonName.given", PersonName(given="Maya Rose"), "M. R."),
        ("last-three", "Address.uprn", Address(uprn="100091234567"), "567"),
    ],
)
def test_a_masked_value_leaves_in_part(what: str, field: str, record: Any, left: object) -> None:
    """The rest of it is nowhere in the record; a value the mask does not fit is not shown at all."""
    under = mask(rule(), bar(field=field, on_deny="mask", obligation=what))
    for labels in (frozenset[Label](), frozenset({Label.SPECIAL_CATEGORY})):
        one = dataclasses.replace(record, labels=labels)
        release(one, under=under)
        assert getattr(one, field.partition(".")[2]) == left


def labelled(label: Label, on_deny: str) -> tuple[ServiceMask, Involvement]:
    under = mask(rule(), bar(sensitivity=label.value, on_deny=on_deny))
    plan, desk = Plan(category="x"), DutyDesk(phone="y")
    involvement = Involvement(service=HEALTH, notes="z", plan=plan, duty_desk=desk, labels=frozenset({label}))
    return under, involvement


def test_a_labelled_record_is_withheld_with_its_reason() -> None:
    """What only the record could tell is decided when it comes: nothing of it leaves, its parts neither."""
    under, record = labelled(Label.CONFIDENTIAL_ADDRESS, "withhold")
    out = release(record, under=under)
    assert out.records == []
    assert out.shown == set()
    assert {"Involvement.service", "Involvement.notes", "Plan.category", "DutyDesk.phone"} == set(out.held_back)
    assert {d.deny for d in out.held_back.values()} == {("bar-1",)}


def test_a_labelled_record_is_omitted_without_trace() -> None:
    """Where even the gap would tell, there is none."""
    under, record = labelled(Label.SEXUAL_HEALTH, "omit")
    out = release(record, Involvement(service=HEALTH), under=under)
    assert len(out.records) == 1
    assert out.held_back == {}


def test_a_label_on_a_part_protects_that_part_and_one_on_the_whole_protects_both() -> None:
    """Labels are handed inwards, never outwards."""
    under = mask(rule(), bar(sensitivity="CONFIDENTIAL_ADDRESS"))
    inner = Professional(name="x", labels=frozenset({Label.CONFIDENTIAL_ADDRESS}))
    (left,) = release(Involvement(service=HEALTH, professionals=[inner, Professional(name="y")]), under=under).records
    assert isinstance(left, Involvement)
    assert left.professionals is not None
    assert [p.name for p in left.professionals] == ["y"]


def test_record_ids_are_stable_unreadable_and_unlinkable() -> None:
    """The same record keeps its id; another source's record of the same local id has another, as under another key."""
    one, other = opaque_ids(b"k" * 32, "health"), opaque_ids(b"k" * 32, "police")
    assert one("local-1") == opaque_ids(b"k" * 32, "health")("local-1")
    assert len({one("local-1"), one("local-2"), other("local-1"), opaque_ids(b"l" * 32, "health")("local-1")}) == 4
    assert "local" not in one("local-1")
    assert one("\ud800")
    (left,) = release(PersonName(id="local-1", given="x")).records
    assert left.id == ""


def leaves(record: Any) -> Iterable[tuple[FieldId, object]]:
    """Give every governed value of a record, however deep."""
    for f in dataclasses.fields(record):
        value = getattr(record, f.name)
        if "held" in f.metadata:
            yield FieldId(f"{type(record).__name__}.{f.name}"), value
        elif "part" in f.metadata:
            for inner in value if isinstance(value, list) else [value]:
                if inner is not None:
                    yield from leaves(inner)


_labels = st.frozensets(st.sampled_from(list(Label)), max_size=2)
_wrong = st.sampled_from([3, b"x", ["x"], {"x": 1}, datetime(2020, 1, 1, tzinfo=UTC), Text("x"), object()])


@settings(max_examples=150, deadline=None)
@given(
    rows=rulesets,
    asked=st.frozensets(st.sampled_from(sorted(CATALOGUE)), max_size=25),
    labels=st.lists(_labels, min_size=12, max_size=12),
    wrong=_wrong,
    spoilt=st.sampled_from(sorted(CATALOGUE)),
)
def test_nothing_outside_what_is_allowed_ever_leaves(
    rows: list[RuleRow], asked: frozenset[FieldId], labels: list[frozenset[Label]], wrong: object, spoilt: FieldId
) -> None:
    """Under drawn rules, questions, labels and lies, each value that leaves was permitted for that very record."""
    under = ServiceMask(asked, ruling(*rows, service=Service("HEALTH")))
    records: list[Any] = records_of(CHILDREN["maya"], "health")
    kind, _, name = spoilt.partition(".")
    originals = {id(r): dict(leaves(r)) for r in records}
    for number, record in enumerate(records):
        record.labels = labels[number % len(labels)]
        if type(record) is RECORDS[kind]:  # type: ignore[index] # RecordName is a NewType of str
            setattr(record, name, wrong)
    out = release(*records, under=under)
    for record in out.records:
        for fid, value in leaves(record):
            if value is None:
                continue
            decision = under.decide(fid, record.labels)
            assert fid in asked
            assert decision.verdict.shows
            assert value is not wrong
            assert fid in out.shown
            assert decision.mask or value == originals[id(record)][fid] or fid.startswith(("Profess", "Plan", "Duty"))
