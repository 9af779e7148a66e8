"""Drops kept packed: nothing is lost by it, everybody's rows are found, and what is kept is a fraction of the rows."""

import os
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Identity, LocalId, Matched, Name, Traits, Unknown
from connectors.mapping import Whereabouts
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.systems.plain.files import PlainFiles
from connectors.transports.packed import Packed
from connectors.transports.tables import Bounds, Table, read_table
from schema.labels import Label
from schema.records import IdentifierSystem

MANY = 20_000


def who(row: Any) -> Iterable[str]:
    return [row["who"]] if row["who"] else []


@pytest.mark.parametrize("expected", [0, 100, 1_000_000], ids=lambda n: f"{n} rows expected")
def test_everybodys_rows_are_found_in_their_order_and_nobody_elses(expected: int) -> None:
    """However many rows were expected: each person's rows, as they stood, and none for a stranger."""
    rows = [{"who": f"P{n % 700}", "n": n} for n in range(5_000)]
    packed = Packed(rows, who, expected)
    assert packed.count == 5_000
    assert packed.about(["P3", "nobody", "P699"]) == {
        "P3": [r for r in rows if r["who"] == "P3"],
        "P699": [r for r in rows if r["who"] == "P699"],
    }
    groups = [packed.group(n) for n in range(len(packed))]
    together = [person for group in groups for person in group]
    assert sorted(together) == sorted({r["who"] for r in rows}), "everybody is whole in one group"
    assert sum(len(held) for group in groups for held in group.values()) == 5_000


def test_values_come_back_as_they_were_read() -> None:
    """Whatever a spreadsheet, Parquet or XML holds."""
    held = [
        "0012",
        None,
        12.0,
        7,
        True,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, tzinfo=UTC),
        time(4, 5),
        timedelta(hours=3),
        Decimal("1.50"),
        b"x",
        {"a": ["b", {"c": "d"}]},
    ]
    packed = Packed(({"who": "1", "v": v} for v in held), who, 0)
    found = [row["v"] for row in packed.about(["1"])["1"]]
    assert found == held
    assert [type(v) for v in found] == [type(v) for v in held]


def test_a_row_about_two_people_is_each_ones_and_one_about_nobody_is_nobodys() -> None:
    """As the mapping says whom a row is about."""
    rows = [{"who": "1", "other": "2"}, {"who": "", "other": ""}]
    packed = Packed(rows, lambda row: [person for person in row.values() if person], 2)
    assert packed.about(["1", "2", ""]) == {"1": rows[:1], "2": rows[:1]}
    assert packed.count == 2
    assert len(Packed((), who, 0).about(["1"])) == 0


def test_what_is_kept_is_a_fraction_of_the_rows() -> None:
    """Twenty thousand rows of a tenancy take less than a tenth of what dictionaries of them take."""

    def row(n: int) -> dict[str, str]:
        more = {f"column {c}": f"{c} {(n * 7919 + c) % 1000}" for c in range(10)}
        return {"who": f"P{n % 5_000}", "ref": f"T{n}", **more}

    packed = Packed(map(row, range(MANY)), who, MANY)
    kept = sum(sys.getsizeof(part) for portion in packed._groups for part in portion)
    plain = sum(sys.getsizeof(r) + sum(map(sys.getsizeof, r.values())) for r in map(row, range(MANY)))
    assert kept * 10 < plain


def test_whereabouts_give_every_group_a_key_is_in() -> None:
    """A number or a name may be in several groups; one nobody has is in none."""
    held = [((f"name {n % 1000}", "x"), n % 77) for n in range(10_000)]
    found = Whereabouts(held)
    assert found.of([("name 5", "x")]) == {group for key, group in held if key == ("name 5", "x")}
    assert found.of([("name 5", "x"), ("name 6", "x")]) >= {5, 6}
    assert found.of([("somebody", "else")]) == set()


CHILD = {
    "record": "Identity",
    "from": "children",
    "person": "Ref",
    "names": [{"given": "Given", "family": "Family"}],
    "fields": {"date_of_birth": "Born"},
}
NUMBER = {
    "record": "Identity",
    "from": "numbers",
    "person": "Ref",
    "identifiers": {"NHS_NUMBER": "Number"},
    "labels": {"path": "Marker", "codes": {"REF": "CONFIDENTIAL_ADDRESS"}},
}


def registered(folder: Path) -> PlainFiles:
    made = connect(
        SourceConfig.model_validate(
            {
                "id": "centres",
                "service": "UNIVERSAL",
                "name": "Centres",
                "owner": "Centres",
                "agency": "centres",
                "system": "plain",
                "connection": {
                    "transport": "files",
                    "folder": str(folder),
                    "files": {"children": {"name": "children.csv"}, "numbers": {"name": "numbers.csv"}},
                },
                "map": [CHILD, NUMBER],
            }
        )
    )
    assert isinstance(made, PlainFiles)
    return made


def drop(folder: Path, name: str, lines: Iterable[str], age: float = 0) -> None:
    path = folder / name
    path.write_text("\n".join(lines), "utf-8")
    stamp = datetime.now(UTC).timestamp() - age
    os.utime(path, (stamp, stamp))


def children(folder: Path, many: int = 500, age: float = 0) -> None:
    drop(
        folder, "children.csv", ["Ref,Given,Family,Born", *(f"{n},Ada,{_word(n)},2015-01-02" for n in range(many))], age
    )


def _word(n: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(n))


async def test_two_files_that_say_who_is_known_give_everybody_once(tmp_path: Path) -> None:
    """Whoever is in both is given once, with both files' words; whoever is in the second alone is not forgotten."""
    children(tmp_path)
    numbers = [f"{n},99900{n:05},{'REF' if n == 7 else ''}" for n in (7, 8, 900)]
    drop(tmp_path, "numbers.csv", ["Ref,Number,Marker", *numbers])
    made = registered(tmp_path)
    found: dict[str, Identity] = {}
    async for identity in made.identities(None):
        assert identity.local_id not in found
        found[identity.local_id] = identity
    assert len(found) == 501
    assert found["7"].labels == {Label.CONFIDENTIAL_ADDRESS}
    assert found["7"].traits.names == (Name("Ada", "h"),)
    assert found["7"].traits.identifiers == ((IdentifierSystem.NHS_NUMBER, "9990000007"),)
    assert found["900"].traits.names == ()
    by_number = Traits(identifiers=((IdentifierSystem.NHS_NUMBER, "999 000 0900"),))
    assert await made.locate(by_number) == Matched(LocalId("900"))
    assert await made.locate(Traits(names=(Name("Ada", "zz"),))) == Unknown()


async def test_a_new_drop_is_another_register(tmp_path: Path) -> None:
    """Where somebody is looked for follows the drop at once; the old one is not asked again."""
    children(tmp_path, 10, age=60)
    drop(tmp_path, "numbers.csv", ["Ref,Number,Marker", "3,9990000018,"])
    made = registered(tmp_path)
    wanted = Traits(identifiers=((IdentifierSystem.NHS_NUMBER, "9990000018"),))
    assert await made.locate(wanted) == Matched(LocalId("3"))
    drop(tmp_path, "numbers.csv", ["Ref,Number,Marker", "4,9990000018,"], age=-5)
    assert await made.locate(wanted) == Matched(LocalId("4"))
    assert await made.locate(wanted) == Matched(LocalId("4"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("\ufeffWho,Said\n1,é\n".encode("utf-16-le"), "utf-16-le"),
        ('\ufeff"Who",Said\n1,é\n'.encode(), None),
        ("Who,Said\n1,é\n".encode("cp1252"), None),
        ("Who,Said\r1,é\r".encode(), "utf-8"),
    ],
)
def test_a_byte_order_mark_is_no_letter_in_any_encoding(tmp_path: Path, text: bytes, encoding: str | None) -> None:
    """Texts are decoded a piece at a time, and read the same."""
    path = tmp_path / "t.csv"
    table = Table(path, None, 1, ",", encoding, frozenset({"Who", "Said"}))
    assert list(read_table(table, Bounds(), text)) == [{"Said": "é", "Who": "1"}]


@pytest.mark.parametrize("wrong", [b"\x81", b"\0"])
def test_a_text_that_is_none_far_into_a_drop_is_refused_by_its_row(tmp_path: Path, wrong: bytes) -> None:
    """A piece that cannot be decoded is counted from the beginning of the drop."""
    lines = b"Who\n" + b"12345678\n" * 20_000 + b"1" + wrong + b"\n"
    table = Table(tmp_path / "t.csv", None, 1, ",", None, frozenset({"Who"}))
    with pytest.raises(Exception, match=r"not-text: t.csv: row 20002"):
        list(read_table(table, Bounds(), lines))
