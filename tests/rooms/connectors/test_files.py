"""Folders of drops: read as agencies write them, refused by row and column, the last good one kept."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.contract import Ask, LocalId, Matched, Name, Traits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceUnavailable
from connectors.registry import connect
from connectors.source import LimitsConfig, SourceConfig
from connectors.transports.tables import Bounds, Table, read_table
from schema.records import Involvement

HEADER = "Ref,Name,DOB,Post code,Note"
MAP = (
    {
        "record": "Identity",
        "from": "people",
        "person": "Ref",
        "names": [{"given": "Name", "family": "Name"}],
        "postcodes": ["Post code"],
        "fields": {"date_of_birth": {"path": "DOB", "date": "dd/mm/yyyy"}},
    },
    {"record": "Involvement", "from": "people", "person": "Ref", "fields": {"notes": "Note"}},
    {"record": "ChronologyEvent", "from": "visits", "person": "Ref", "fields": {"date": "Day"}},
)


def source(folder: Path, **more: Any) -> SourceConfig:
    files = {"people": {"name": "people*.csv"}, "visits": {"name": "visits.xlsx", "sheet": "Visits", "header": 2}}
    return SourceConfig(
        id="centres",
        service="UNIVERSAL",
        name="Centres",
        owner="Centres",
        agency="centres",
        system="plain",
        connection={"transport": "files", "folder": str(folder), "files": files, **more},
        map=MAP,
        path=Path("centres.toml"),
        limits=LimitsConfig(records=2),
    )


def people(folder: Path, text: str | bytes, name: str = "people.csv", age: float = 0) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    stamp = datetime.now(UTC).timestamp() - age
    os.utime(path, (stamp, stamp))
    return path


def visits(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Visits"
    for row in (["Visits 2026"], ["Ref", "Day"], ["007", date(2026, 1, 2)], [7.0, date(2026, 1, 3)]):
        sheet.append(row)
    book.save(folder / "visits.xlsx")


def ask(made: Any, *ids: str) -> Ask:
    return Ask(tuple(LocalId(i) for i in ids), made.capabilities.fields, date(2026, 11, 21))


GOOD = f'\ufeff{HEADER}\r\n007,Ann,01/02/2014,BK1 1AA,"two\r\nlines"\r\n\r\n008,Bob,,,\r\n'


@pytest.mark.parametrize(
    "text",
    [GOOD.encode(), GOOD[1:].encode("cp1252"), GOOD.encode("utf-16")],
    ids=["utf-8 with a mark", "cp1252", "utf-16"],
)
async def test_csv_in_every_encoding(tmp_path: Path, text: bytes) -> None:
    """Marks, code pages and quoted line breaks are what agencies send; leading zeros are part of an id."""
    people(tmp_path, text)
    visits(tmp_path)
    made = connect(source(tmp_path))
    reply = await made.fetch(ask(made, "007", "nobody"))
    assert set(reply.records) == {"007"}
    (involved, event) = reply.records[LocalId("007")]
    assert isinstance(involved, Involvement)
    assert involved.notes == "two\r\nlines"
    assert type(event).__name__ == "ChronologyEvent"
    assert reply.as_of is not None
    assert (await made.health()).ok
    assert await made.locate(Traits((Name("ann", "ann"),), date(2014, 2, 1), postcodes=("bk11aa",))) == Matched(
        LocalId("007")
    )
    assert [i.local_id async for i in made.identities(datetime.now(UTC))] == ["007", "008"]
    await made.close()


async def test_a_new_file_replaces_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    """A changed file is read again as a whole; one that cannot be read leaves the last good one, marked stale."""
    people(tmp_path, GOOD, age=60)
    visits(tmp_path)
    made = connect(source(tmp_path))
    before = [i.local_id async for i in made.identities(None)]
    people(tmp_path, GOOD.replace("008", "009"), age=30)
    after = [i.local_id async for i in made.identities(None)]
    assert (before, after) == (["007", "008"], ["007", "009"])
    people(tmp_path, f"{HEADER}\n1,2\n", age=10)
    reply = await made.fetch(ask(made, "009"))
    assert (reply.stale, set(reply.records)) == (True, {"009"})
    assert (await made.health()).code == "stale"
    people(tmp_path, GOOD, age=5)
    assert not (await made.fetch(ask(made, "007"))).stale


async def test_the_newest_of_a_pattern_and_old_drops_are_stale(tmp_path: Path) -> None:
    """Dated drops: the newest counts; one older than it should be says so."""
    people(tmp_path, GOOD, "people-1.csv", age=9_000_000)
    visits(tmp_path)
    made = connect(source(tmp_path, stale_after_days=1))
    assert (await made.fetch(ask(made, "008"))).stale
    people(tmp_path, GOOD.replace("008", "010"), "people-2.csv")
    assert set((await made.fetch(ask(made, "008", "010"))).records) == {"010"}


async def test_a_cap_is_said(tmp_path: Path) -> None:
    """An answer that was cut is not complete."""
    people(tmp_path, GOOD + "007,A,,,x\r\n007,A,,,y\r\n")
    visits(tmp_path)
    made = connect(source(tmp_path))
    reply = await made.fetch(ask(made, "007", "008"))
    assert (reply.complete, sum(map(len, reply.records.values()))) == (False, 2)


async def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """No folder and no file are outages, not answers; a file that is not needed spoils nothing."""
    made = connect(source(tmp_path / "gone"))
    with pytest.raises(SourceUnavailable, match="missing-folder"):
        await made.fetch(ask(made, "007"))
    assert (await made.health()).code == "missing-folder"
    made = connect(source(tmp_path))
    with pytest.raises(SourceUnavailable, match="missing-file"):
        await made.fetch(ask(made, "007"))
    people(tmp_path, GOOD)
    notes = frozenset(f for f in made.capabilities.fields if f.startswith("Involvement"))
    assert set((await made.fetch(Ask((LocalId("007"),), notes, date(2026, 1, 1)))).records) == {"007"}
    with pytest.raises(SourceUnavailable, match="missing-file"):
        await made.fetch(ask(made, "007"))


def table(path: Path, **more: Any) -> Table:
    given: dict[str, Any] = {
        "sheet": None,
        "header": 1,
        "delimiter": ",",
        "encoding": None,
        "columns": frozenset({"A"}),
    }
    return Table(path, **(given | more))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no-header: x.csv: row 1"),
        (b"B\n1\n", "missing-column: x.csv: column 'A'"),
        (b"A,A\n1,2\n", "column-twice: x.csv: column 'A'"),
        (b"A,B\n1,2\nsecret\n", "short-row: x.csv: row 3: column 'B' is not there"),
        (b"A,B\n1,2,secret\n", "long-row: x.csv: row 2: more than its 2 columns"),
        (b'A,B\n1,"sec"ret\n', "not-csv: x.csv: row 2"),
        (b"A,B\n1,\x00\n", "not-text: x.csv: row 2"),
        (b"A,B\n1,\x81\xff\n", "not-text: x.csv: row 2"),
        (b"A\n" + b"1\n" * 20, "too-many-rows: x.csv"),
        (b"A\n" + b"1" * 300, "too-large: x.csv"),
    ],
)
def test_a_malformed_file_is_refused_by_row_and_column(tmp_path: Path, content: bytes, said: str) -> None:
    """The place is told, and never the value."""
    path = people(tmp_path, content, "x.csv")
    with pytest.raises(SourceBroken) as refused:
        list(read_table(table(path), Bounds(bytes=200, rows=10)))
    assert str(refused.value) == said
    assert "secret" not in str(refused.value)


def test_spreadsheets_that_are_none(tmp_path: Path) -> None:
    """Noise, a missing sheet and a bomb are refused."""
    noise = people(tmp_path, b"\x00\x01noise", "n.xlsx")
    visits(tmp_path)
    for wrong, said in (
        (table(noise), "not-a-spreadsheet"),
        (table(tmp_path / "visits.xlsx", sheet="None"), "missing-sheet"),
    ):
        with pytest.raises(SourceBroken, match=said):
            list(read_table(wrong, Bounds()))
    packed = (tmp_path / "visits.xlsx").stat().st_size
    with pytest.raises(SourceBroken, match="too-large"):
        list(read_table(table(tmp_path / "visits.xlsx"), Bounds(bytes=packed - 1)))
    first = list(read_table(table(tmp_path / "visits.xlsx", header=2, columns=frozenset({"Ref"})), Bounds()))
    assert first == [{"Ref": "007"}, {"Ref": 7.0}]
    with pytest.raises(SourceUnavailable, match="unreadable-file"):
        list(read_table(table(tmp_path / "gone.csv"), Bounds()))


def test_text_with_a_named_encoding(tmp_path: Path) -> None:
    """A named encoding is the only one tried; columns nobody maps are not kept."""
    path = people(tmp_path, "A;B\nÄ;x\n".encode("latin-1"), "l.csv")
    rows = list(read_table(table(path, delimiter=";", encoding="latin-1"), Bounds()))
    assert rows == [{"A": "Ä"}]
    with pytest.raises(SourceBroken, match="not-text"):
        list(read_table(table(path, delimiter=";", encoding="utf-8"), Bounds()))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"files": {"people": {"name": "people.csv"}}}, "from 'visits' is no file"),
        ({"files": {"people": {"name": "../people.csv"}}}, "connection.files.people.name"),
        ({"transport": "pigeon"}, "transport must be one of files, rest, sql"),
        ({"colour": "red"}, "connection.colour"),
    ],
)
def test_a_wrong_connection_refuses_to_start(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    """The file and the key are named."""
    with pytest.raises(SourceMisconfigured, match=said):
        connect(source(tmp_path, **more))


async def test_no_index_feed_where_nothing_is_mapped(tmp_path: Path) -> None:
    """Without an Identity block there is no feed, and nobody can be found."""
    made = connect(source(tmp_path).model_copy(update={"map": MAP[1:]}))
    assert [i async for i in made.identities(None)] == []
    assert not made.capabilities.feeds_index
    with pytest.raises(SourceError):
        await made.fetch(ask(made, "007"))


async def test_who_came_later_the_same_day_is_in_the_feed(tmp_path: Path) -> None:
    """A file that knows the day of a change, and no more, gives everybody of the last day again."""
    dated = {**MAP[0]["fields"], "changed": {"path": "Updated", "date": "dd/mm/yyyy"}}
    config = source(tmp_path).model_copy(update={"map": ({**MAP[0], "fields": dated},)})
    rows = "1,A,01/01/2015,BK1 1AA,x,02/03/2026\n2,B,01/01/2016,BK1 1AA,x,01/03/2026\n"
    people(tmp_path, f"{HEADER},Updated\n{rows}")
    made = connect(config)
    mark = max([i.changed async for i in made.identities(None) if i.changed])
    people(tmp_path, f"{HEADER},Updated\n{rows}3,C,01/01/2016,BK1 1AA,x,02/03/2026\n", age=-5)
    assert [i.local_id async for i in made.identities(mark)] == ["1", "3"]
