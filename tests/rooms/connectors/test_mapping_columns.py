"""Rows are read by functions written for what is asked, and many a column at a time: both say what each row says."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import LocalId
from connectors.mapping import Mapper
from connectors.mapping.columns import MANY
from connectors.mapping.dates import FORMS, usual_reader
from connectors.source import SourceConfig
from schema.building import NotPlainError, builder
from schema.records import Birth, ChronologyEvent, EventKind, Involvement
from tests.rooms.connectors.mappings_at_random import block, rows
from tests.rooms.connectors.plain_reading import plainly
from tests.rooms.connectors.test_mapping import TODAY, WHO, mapper

ROUNDS = 300
"""Mappings made up in an ordinary run; 20,000 of them were read once, which takes some minutes."""


def made_of(its: Random) -> Mapper:
    tables = tuple(block(its) for _ in range(its.randint(1, 2)))
    return Mapper(SourceConfig(**WHO, service="HOUSING", path=Path("homes.toml"), map=tables), tabular=False)


def alike(one: object, other: object) -> bool:
    """Say whether two records have the same attributes in the same order, and the records in them too."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if not hasattr(one, "provenance"):
        return type(one) is type(other) and one == other
    its, others = vars(one), vars(other)
    return type(one) is type(other) and list(its) == list(others) and all(map(alike, its.values(), others.values()))


@pytest.mark.parametrize("hostile", [0.01, 0.2, 0.6])
def test_rows_are_read_as_each_line_of_their_mapping_reads_them(hostile: float) -> None:
    """Whatever is mapped, asked and held: the same records of the same people, in order, and the same rejected."""
    its = Random(f"hostile: {hostile}")  # noqa: S311 -- the same rows each time
    for number in range(ROUNDS // 3):
        made = made_of(its)
        asked = frozenset(its.sample(sorted(made.fields), its.randint(1, len(made.fields))))
        for count in (1, MANY // 2, 2 * MANY):
            held = rows(its, count, hostile)
            mapped = made.records({"t": held}, asked, TODAY)
            records, rejected = plainly(made, "t", held, asked, TODAY)
            assert list(mapped.records) == list(records), number
            assert all(alike(list(mapped.records[who]), list(records[who])) for who in records), number
            assert mapped.rejected == rejected, number
            told: set[LocalId | None] = set().union(*(made.people_of("t", row) or [None] for row in held))
            assert made.everybody("t", held) == told


def test_of_a_resource_that_nothing_is_mapped_of_each_row_is_about_nobody() -> None:
    """Whom such rows are about cannot be said; of no rows nothing is to be said."""
    made = made_of(Random(1))  # noqa: S311 -- any mapping
    assert made.everybody("elsewhere", [{"p": "1"}]) == {None}
    assert made.everybody("elsewhere", []) == set()


WRITTEN = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%G-W%V-%u", "%GW%V%u", "%Y-%m-%dT%H", "%d.%m.%Y")


@given(
    st.sampled_from(sorted(FORMS)), st.dates(date(1000, 1, 1)), st.sampled_from(WRITTEN), st.text("0-/W ", max_size=1)
)
def test_a_date_of_the_usual_width_is_what_its_form_says(form: str, day: date, written: str, more: str) -> None:
    """The quick way leaves to the whole one what it does not know, and otherwise says the same."""
    text = day.strftime(written)
    for said in (text, text + more, text.replace("0", more, 1)):
        with suppress(ValueError):
            assert usual_reader((form, "iso"))(said) in {None, FORMS[form](said)}


@pytest.mark.parametrize("count", [1, MANY])
def test_what_cannot_be_read_is_told_of_alone_and_among_many(count: int) -> None:
    """A date that is none, a code that is not listed and a list for a text: each is null, and named with its place."""
    table = '[[map]]\nrecord = "ChronologyEvent"\nfrom = "t"\nperson = "p"\n[map.fields]\ndate = "a"\ntitle = "c"\n'
    made = mapper(table + 'kind = { path = "b", codes = { X = "CONTACT" } }', tabular=False)
    rows = [{"p": "1", "a": "soon", "b": "?", "c": ["x"]}, {"p": "1", "a": "2024-02-29", "b": "X", "c": " y "}]
    mapped = made.records({"t": rows * count}, made.fields, TODAY)
    unread, read = mapped.records[LocalId("1")][:2]
    assert isinstance(unread, ChronologyEvent)
    assert isinstance(read, ChronologyEvent)
    assert (unread.date, unread.kind, unread.title) == (None, None, None)
    assert (read.date, read.kind, read.title) == (date(2024, 2, 29), EventKind.CONTACT, "y")
    assert [(one.place, one.code) for one in mapped.rejected] == [
        ("t.a", "not-a-date"),
        ("t.b", "unknown-code"),
        ("t.c", "not-text"),
    ]


@pytest.mark.parametrize("count", [1, MANY])
def test_a_day_that_means_nothing_at_a_source_is_no_date(count: int) -> None:
    """Systems write a day of their own for no day: it is none in one row and in many."""
    table = '[[map]]\nrecord = "ChronologyEvent"\nfrom = "t"\nperson = "p"\nnulls = ["1999-09-09"]\n[map.fields]\n'
    made = mapper(table + 'date = "a"\nend_date = { path = "b", date = "dd/mm/yyyy" }', tabular=False)
    rows = [{"p": "1", "a": "1999-09-09", "b": "09/09/1999"}, {"p": "1", "a": "1999-09-10", "b": None}]
    nothing, day = made.records({"t": rows * count}, made.fields, TODAY).records[LocalId("1")][:2]
    assert isinstance(nothing, ChronologyEvent)
    assert isinstance(day, ChronologyEvent)
    assert (nothing.date, nothing.end_date, day.date, day.end_date) == (
        None,
        date(1999, 9, 9),
        date(1999, 9, 10),
        None,
    )


@pytest.mark.parametrize("count", [1, MANY])
def test_a_day_that_means_nothing_in_one_block_is_none_there_though_another_read_it(count: int) -> None:
    """What is read of a day in one block is no word about another: nobody died on the day their system says so."""
    table = '[[map]]\nrecord = "Involvement"\nfrom = "t"\nperson = "p"\nfields = { start = "a" }\n'
    table += '[[map]]\nrecord = "Birth"\nfrom = "t"\nperson = "p"\nnulls = ["1900-01-01"]\n'
    made = mapper(table + 'fields = { date_of_birth = "b", date_of_death = "a" }', tabular=False)
    rows = [{"p": "1", "a": "1900-01-01", "b": "2015-02-03"}]
    held = made.records({"t": rows * count}, made.fields, TODAY).records[LocalId("1")]
    assert {one.date_of_death for one in held if isinstance(one, Birth)} == {None}
    assert {one.start for one in held if isinstance(one, Involvement)} == {date(1900, 1, 1)}


@dataclass
class _Lists:
    held: list[str] = field(default_factory=list)


@dataclass
class _Checked:
    held: str | None = None

    def __post_init__(self) -> None:
        """Do more than set fields."""


@dataclass
class _Kept:
    held: str | None = None

    def __new__(cls) -> Self:
        """Be made otherwise."""
        return super().__new__(cls)


@pytest.mark.parametrize("kind", [_Lists, _Checked, _Kept])
def test_a_record_that_is_more_than_its_fields_is_not_made_so(kind: type[Any]) -> None:
    """One whose making does more would lose it: it is refused when a mapping for it is compiled."""
    with pytest.raises(NotPlainError):
        builder(kind, ("held",))
