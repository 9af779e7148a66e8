"""Drops of other kinds and from another place: Parquet, XML, spreadsheets' serial days, and SFTP."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncssh
import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from connectors.contract import Ask, LocalId
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.systems.plain import files as plain_files
from connectors.transports import sftp as sftp_module
from connectors.transports.places import Found, OnDisk
from connectors.transports.tables import Bounds, Table, read_table
from schema.records import Involvement

BLOCK = {
    "record": "Involvement",
    "from": "t",
    "person": "Ref",
    "fields": {"team": "Team", "start": {"path": "Start", "date": ["dd/mm/yyyy", "excel"]}},
}


def source(folder: Path | str, layout: dict[str, Any], block: dict[str, Any] = BLOCK, **more: Any) -> SourceConfig:
    return SourceConfig(
        id="homes",
        service="HOUSING",
        name="Homes",
        owner="Homes",
        agency="homes",
        system="plain",
        connection={"transport": "files", "folder": str(folder), "files": {"t": layout}, **more},
        map=(block,),
        path=Path("homes.toml"),
    )


async def held(made: Any, *people: str) -> dict[str, list[tuple[str | None, date | None]]]:
    ask = Ask(tuple(LocalId(p) for p in people), made.capabilities.fields, date(2026, 1, 1))
    reply = await made.fetch(ask)
    return {p: [(r.team, r.start) for r in rs if isinstance(r, Involvement)] for p, rs in reply.records.items()}


EXPECTED = {"007": [("North", date(2020, 1, 2))], "8": [("South", None)]}


async def test_parquet(tmp_path: Path) -> None:
    """Columns nobody maps are not read; dates are dates and leading zeros stay."""
    columns = {
        "Ref": ["007", "8"],
        "Team": ["North", "South"],
        "Start": [date(2020, 1, 2), None],
        "Other": [b"x", b"y"],
    }
    parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    made = connect(source(tmp_path, {"name": "t.parquet"}))
    assert await held(made, "007", "8", "9") == EXPECTED
    await made.close()


async def test_xml(tmp_path: Path) -> None:
    """A row is an element, a column an element or an attribute in it, at any depth."""
    rows = (
        '<row ref="007"><where><team>North</team></where><Start>02/01/2020</Start></row>'
        '<row ref="8"><where><team lang="en">South</team></where></row>'
    )
    (tmp_path / "t.xml").write_text(f"<all><rows>{rows}</rows></all>")
    block = {**BLOCK, "person": "@ref", "fields": {**BLOCK["fields"], "team": "where.team"}}  # type: ignore[dict-item] # made above
    made = connect(source(tmp_path, {"name": "t.xml", "records": "all.rows.row"}, block))
    assert await held(made, "007", "8", "9") == EXPECTED
    await made.close()


async def test_a_spreadsheets_serial_days_and_leading_zeros(tmp_path: Path) -> None:
    """Serial days, dates and written dates in one column; a text keeps its zeros and a number has no point."""
    book = openpyxl.Workbook()
    day = date(2020, 1, 2)
    for row in (["Ref", "Team", "Start"], ["007", "North", 43832], [8, "South", day], ["9", "x", "02/01/2020"]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    made = connect(source(tmp_path, {"name": "t.xlsx"}))
    assert await held(made, "007", "8", "9") == {"007": [("North", day)], "8": [("South", day)], "9": [("x", day)]}
    await made.close()


def table(name: str, records: str | None = None) -> Table:
    return Table(Path(name), None, 1, ",", None, frozenset({"A"}), records)


def packed(**columns: Any) -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


WRONG: list[tuple[str, bytes, str]] = [
    ("x.parquet", b"noise", "not-parquet: x.parquet"),
    ("x.parquet", packed(A=["secret"])[:-20], "not-parquet: x.parquet"),
    ("x.parquet", packed(B=["secret"]), "missing-column: x.parquet: column 'A'"),
    ("x.parquet", packed(A=["1"] * 20), "too-many-rows: x.parquet"),
    ("x.parquet", packed(A=list(range(10)), B=["secret" * 2000] * 10), "too-large: x.parquet"),
    ("x.xml", b"<all><row><A>secret", "not-xml: x.xml: row 1"),
    ("x.xml", b"<all>\n<row><A>secret</B></row></all>", "not-xml: x.xml: row 2"),
    ("x.xml", b"<!DOCTYPE x><all/>", "document-type: x.xml: row 1"),
    ("x.xml", b"<every><row/></every>", "missing-element: x.xml: 'all'"),
    ("x.xml", b"<all><rows/></all>", "missing-element: x.xml: 'row'"),
    ("x.xml", b"<all>" + b"<row/>" * 11 + b"</all>", "too-many-rows: x.xml"),
]


@pytest.mark.parametrize(("name", "content", "said"), WRONG)
def test_what_is_no_drop_is_refused_by_place(name: str, content: bytes, said: str) -> None:
    """Half-written, drifted or too large: the place is told, and never the value."""
    with pytest.raises(SourceBroken) as refused:
        list(read_table(table(name, "all.row" if name.endswith("xml") else None), Bounds(600, 10), content))
    assert str(refused.value) == said
    assert refused.value.__context__ is None or "secret" not in repr(refused.value.__context__)


def test_an_empty_xml_drop_is_a_drop() -> None:
    """No rows are said by an empty list."""
    assert list(read_table(table("x.xml", "all.row"), Bounds(), b'<all version="1"/>')) == []


async def test_a_half_written_drop_leaves_the_last_good_one(tmp_path: Path) -> None:
    """In every kind: the old rows stay, marked stale, until a whole file is there."""
    for name, layout, good in (
        ("t.parquet", {}, packed(Ref=["7"], Team=["North"], Start=["02/01/2020"])),
        ("t.xml", {"records": "all.row"}, b"<all><row><Ref>7</Ref><Team>North</Team></row></all>"),
    ):
        (tmp_path / name).write_bytes(good)
        made = connect(source(tmp_path, {"name": name, **layout}))
        before = await held(made, "7")
        (tmp_path / name).write_bytes(good[: len(good) // 2])
        assert await held(made, "7") == before
        assert (await made.health()).code == "stale"
        (tmp_path / name).write_bytes(good)
        os.utime(tmp_path / name, (1, 1))
        assert (await made.health()).code == "ok"
        await made.close()


@pytest.mark.parametrize(
    ("layout", "said"),
    [({"name": "t.xml"}, "needs records"), ({"name": "t.csv", "records": "a.b"}, "needs records")],
)
def test_records_belong_to_xml(tmp_path: Path, layout: dict[str, Any], said: str) -> None:
    """What cannot be read is refused at the start."""
    with pytest.raises(SourceMisconfigured, match=said):
        connect(source(tmp_path, layout))


async def test_a_drop_that_goes_between_finding_and_reading(tmp_path: Path) -> None:
    """An outage of that file, and asked for again with the next question."""
    place = OnDisk(tmp_path)
    with pytest.raises(SourceUnavailable, match=r"unreadable-file: t\.csv: FileNotFoundError"):
        await place.fetch(Found("t.csv", 1, 1), 100)
    with pytest.raises(SourceBroken, match=r"too-large: t\.csv"):
        await place.fetch(Found("t.csv", 1, 101), 100)
    with pytest.raises(SourceUnavailable, match="missing-file"):
        await place.find("t*.csv")


# --- SFTP ------------------------------------------------------------------------------------------------------------


class Server:
    """An SFTP server of the agency's, on this machine."""

    def __init__(self, folder: Path) -> None:
        """Make its key, the hub's key, and the folder it serves."""
        self.root = folder / "served"
        (self.root / "out").mkdir(parents=True)
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.hub = asyncssh.generate_private_key("ssh-ed25519")
        self.hub_file = folder / "hub.key"
        self.hub.write_private_key(self.hub_file)
        self.known = folder / "known_hosts"
        self.allowed = folder / "authorized_keys"
        self.hub.write_public_key(self.allowed)
        self.port = 0
        self.signed_in = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        def shown(channel: Any) -> asyncssh.SFTPServer:
            self.signed_in += 1
            return asyncssh.SFTPServer(channel, chroot=str(self.root).encode())

        server = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_host_keys=[self.key],
            authorized_client_keys=str(self.allowed),
            sftp_factory=shown,
        )
        self.port = server.get_port()
        public = self.key.export_public_key().decode().strip()
        self.known.write_text(f"[127.0.0.1]:{self.port} {public}\n")
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()

    def settings(self, **more: Any) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "username": "hub",
            "known_hosts": str(self.known),
            "private_key": {"file": str(self.hub_file)},
            "every": 0,
            **more,
        }


CSV = "Ref,Team,Start\n007,North,02/01/2020\n8,South,\n"


def files_below(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if p.is_file()}


async def test_a_drop_over_sftp_is_held_in_memory_only(tmp_path: Path) -> None:
    """The newest of a pattern is fetched, replaced when it changes, and written nowhere."""
    agency = Server(tmp_path)
    (agency.root / "out" / "t-1.csv").write_text(CSV)
    async with agency.running():
        before = files_below(tmp_path)
        made = connect(source("/out", {"name": "t-*.csv"}, sftp=agency.settings()))
        assert await held(made, "007", "8", "9") == EXPECTED
        assert files_below(tmp_path) == before
        (agency.root / "out" / "t-2.csv").write_text(CSV.replace("South", "East"))
        os.utime(agency.root / "out" / "t-2.csv", (4e9, 4e9))
        assert (await held(made, "8"))["8"] == [("East", None)]
        (agency.root / "out" / "t-2.csv").write_text("Ref,Team,Start\n8\n")
        assert (await held(made, "8"))["8"] == [("East", None)]
        assert (await made.health()).code == "stale"
    assert (await held(made, "8"))["8"] == [("East", None)]
    assert (await made.health()).code == "stale"
    await made.close()


async def test_the_folder_is_looked_at_now_and_then(tmp_path: Path) -> None:
    """Not with every question."""
    agency = Server(tmp_path)
    (agency.root / "out" / "t.csv").write_text(CSV)
    async with agency.running():
        made = connect(source("/out", {"name": "t.csv"}, sftp=agency.settings(every=60)))
        for _ in range(5):
            assert await held(made, "007", "8") == EXPECTED
        assert agency.signed_in == 2
        await made.close()


async def test_what_goes_wrong_at_an_sftp_server_has_a_name(tmp_path: Path) -> None:
    """Nothing there, another server, another key, nobody listening: each is the error its next act calls for."""
    agency, other = Server(tmp_path / "a"), Server(tmp_path / "b")
    wrong: list[tuple[dict[str, Any], str, type[SourceError], str]]
    async with agency.running(), other.running():
        strangers = {**agency.settings(), "known_hosts": str(tmp_path / "strangers")}
        key = other.key.export_public_key().decode().strip()
        (tmp_path / "strangers").write_text(f"[127.0.0.1]:{agency.port} {key}\n")
        wrong = [
            (agency.settings(), "t.csv", SourceUnavailable, "missing-file"),
            (agency.settings(), "t-*.csv", SourceUnavailable, "missing-file"),
            (strangers, "t.csv", SourceRefused, "another-server"),
            (agency.settings(private_key={"file": str(other.hub_file)}), "t.csv", SourceRefused, "credentials"),
        ]
        for settings, name, kind, code in wrong:
            made = connect(source("/out", {"name": name}, sftp=settings))
            with pytest.raises(kind) as failed:
                await held(made, "7")
            assert failed.value.code == code
            assert failed.value.__context__ is None
            await made.close()
        (agency.root / "out" / "t.csv").write_text(CSV * 100)
        made = connect(source("/out", {"name": "t.csv"}, sftp=agency.settings(), max_bytes=1024))
        with pytest.raises(SourceBroken, match="too-large"):
            await held(made, "7")
        await made.close()
    made = connect(source("/out", {"name": "t.csv"}, sftp=agency.settings()))
    with pytest.raises(SourceUnavailable, match="unreachable"):
        await held(made, "7")
    await made.close()


async def test_a_server_that_says_nothing_is_let_go(tmp_path: Path) -> None:
    """The time allowed ends the wait."""
    agency = Server(tmp_path)
    agency.known.write_text("")
    stop = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stop.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    agency.port = server.sockets[0].getsockname()[1]
    made = connect(source("/out", {"name": "t.csv"}, sftp=agency.settings(timeout=0.2)))
    with pytest.raises(SourceUnavailable, match="timed-out"):
        await held(made, "7")
    stop.set()
    server.close()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"host": "169.254.169.254"}, "may not be called"),
        ({"known_hosts": "/nowhere"}, "known_hosts is no file"),
        ({"private_key": None}, "either private_key or password"),
        ({"private_key": {"file": "/dev/null"}}, "private_key is no key"),
    ],
)
def test_what_cannot_work_refuses_to_start(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    """The file and the key are named."""
    agency = Server(tmp_path)
    agency.known.write_text("")
    settings = agency.settings(port=22, **more)
    with pytest.raises(SourceMisconfigured, match=said):
        connect(source("/out", {"name": "t.csv"}, sftp=settings))


def test_what_is_not_installed_is_named_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are extras: a source that needs one says which."""
    agency = Server(tmp_path)
    agency.known.write_text("")
    monkeypatch.setattr(plain_files, "find_spec", lambda _name: None)
    monkeypatch.setattr(sftp_module, "find_spec", lambda _name: None)
    with pytest.raises(SourceMisconfigured, match="needs the extra parquet"):
        connect(source(tmp_path, {"name": "t.parquet"}))
    with pytest.raises(SourceMisconfigured, match="needs the extra sftp"):
        connect(source("/out", {"name": "t.csv"}, sftp=agency.settings(port=22)))
