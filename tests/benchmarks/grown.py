"""What reading takes in memory: index feeds over every transport, drops of every kind, of ten thousand rows and more.

Each is read in a process of its own, beside the same with a few rows. Run this file with a reading's name and a count.
"""

import asyncio
import gc
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import orjson
import pyarrow as pa
from aiohttp import web
from openpyxl import Workbook
from pyarrow import parquet

from connectors.contract import Ask, Connector
from connectors.registry import connect
from tests.benchmarks.landlord import COLUMNS, EACH, ID, TODAY, as_object, as_xml, row, source, write_csv
from tests.serving import answer, serving

WHO = {"record": "Identity", "from": "t", "person": "member", "names": [{"given": "given", "family": "family"}]}
PAGE = 1_000


def resident(line: str) -> int:
    """Give this process' memory in KiB: now (VmRSS), or the most it has had since it was last forgotten (VmHWM)."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(int(said.split()[1]) for said in status.splitlines() if said.startswith(line))


def forget_the_most() -> None:
    """Begin anew with the most memory had: reading in the modules may have taken more than what is measured."""
    Path("/proc/self/clear_refs").write_text("5", "utf-8")


def person(n: int) -> dict[str, str]:
    """Make one person of the index feed up."""
    return {"member": f"P{n:06}", "given": "Jo", "family": "Bloggs"}


async def feed_from_sql(count: int, folder: Path) -> None:
    """Read an index feed from a database."""
    path = folder / "people.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (member PRIMARY KEY, given, family)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", (tuple(person(n).values()) for n in range(count)))
    connection.close()
    made = connect(source("plain", {"transport": "sql", "url": f"sqlite:///{path}", "people_most": PAGE}, map=WHO))
    await read_feed(made, count)


async def feed_from_rest(count: int, folder: Path) -> None:
    """Read an index feed from REST, page by page."""
    del folder

    async def pages(request: web.BaseRequest) -> web.StreamResponse:
        start = int(request.query.get("cursor", "0"))
        after = str(start + PAGE) if start + PAGE < count else None
        return answer({"items": [person(n) for n in following(start, count)], "next": after})

    async with serving(pages) as base:
        listed = {"path": "people", "people_param": "who", "items": "items"}
        paging = {"by": "cursor", "position_param": "cursor"}
        rest = {"transport": "rest", "base_url": base, "paging": paging, "resources": {"t": listed}}
        await read_feed(connect(source("plain", rest, map=WHO)), count)


async def feed_from_fhir(count: int, folder: Path) -> None:
    """Read an index feed from a FHIR server, page by page."""
    del folder

    async def pages(request: web.BaseRequest) -> web.StreamResponse:
        start = int(request.query.get("at", "0"))
        entries = [{"resource": as_patient(n), "search": {"mode": "match"}} for n in following(start, count)]
        url = f"http://{request.host}/Patient?at={start + PAGE}"
        link = [{"relation": "next", "url": url}] if start + PAGE < count else []
        return answer({"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": link, "total": count})

    async with serving(pages) as base:
        await read_feed(connect(source("uk_core", {"base_url": base}, map=None)), count)


async def feed_from_graphql(count: int, folder: Path) -> None:
    """Read an index feed from a GraphQL API, page by page."""
    del folder

    async def pages(request: web.BaseRequest) -> web.StreamResponse:
        start = int(orjson.loads(await request.read())["variables"].get("after", "0"))
        after = str(start + PAGE) if start + PAGE < count else None
        return answer({"data": {"all": [person(n) for n in following(start, count)], "after": after}})

    listed = {"document": "query($people: [ID!]!) { t(ids: $people) { member } }", "items": "t"}
    everyone = {"everyone": "query($after: String) { all { member } }", "everyone_items": "all", "next_cursor": "after"}
    async with serving(pages) as base:
        graphql = {"base_url": base, "resources": {"t": {**listed, **everyone}}}
        await read_feed(connect(source("upstream_graphql", graphql, map=WHO)), count)


def following(start: int, count: int) -> range:
    """Give the numbers of the people on the page that begins here."""
    return range(start, min(start + PAGE, count))


def as_patient(n: int) -> dict[str, Any]:
    """Make a patient up."""
    return {"resourceType": "Patient", "id": f"P{n:06}", "name": [{"given": ["Jo"], "family": "Bloggs"}]}


async def feed_from_csv(count: int, folder: Path) -> None:
    """Read an index feed from a drop."""
    lines = (",".join(person(n).values()) for n in range(count))
    (folder / "t.csv").write_text("\n".join(("member,given,family", *lines)), "utf-8")
    files = {"transport": "files", "folder": str(folder), "files": {"t": {"name": "t.csv"}}}
    await read_feed(connect(source("plain", files, map=WHO)), count)


async def read_feed(made: Connector, count: int) -> None:
    """Read a feed to its end, keeping nobody."""
    found = 0
    async for _ in made.identities(None):
        found += 1
    assert found == count
    await made.close()


def csv_drop(count: int, folder: Path) -> None:
    """Make a CSV."""
    write_csv(folder / "t.csv", (row(n, count // EACH) for n in range(count)))


def parquet_drop(count: int, folder: Path) -> None:
    """Make a Parquet file."""
    rows = [row(n, count // EACH) for n in range(count)]
    parquet.write_table(pa.table({c: [r[n] for r in rows] for n, c in enumerate(COLUMNS)}), folder / "t.parquet")


def xlsx_drop(count: int, folder: Path) -> None:
    """Make a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("t")
    for cells in (COLUMNS, *(row(n, count // EACH) for n in range(count))):
        sheet.append(cells)
    book.save(folder / "t.xlsx")


def xml_drop(count: int, folder: Path) -> None:
    """Make an XML file."""
    with (folder / "t.xml").open("wb") as file:
        file.write(b"<items>")
        for n in range(count):
            file.write(as_xml([as_object(row(n, count // EACH))]).removeprefix(b"<items>").removesuffix(b"</items>"))
        file.write(b"</items>")


async def ask_one(folder: Path, layout: dict[str, str]) -> None:
    """Ask about one person, and note what is kept of the drop then."""
    files = {"transport": "files", "folder": str(folder), "files": {"t": layout}}
    made = connect(source("plain", files))
    reply = await made.fetch(Ask(ID[:1], made.capabilities.fields, TODAY))
    assert len(reply.records[ID[0]]) == EACH
    gc.collect()
    KEPT.append(resident("VmRSS"))
    await made.close()


READS = {
    "feed-sql": feed_from_sql,
    "feed-rest": feed_from_rest,
    "feed-fhir": feed_from_fhir,
    "feed-graphql": feed_from_graphql,
    "feed-csv": feed_from_csv,
}
DROPS = {"csv": csv_drop, "xml": xml_drop, "parquet": parquet_drop, "xlsx": xlsx_drop}
KEPT: list[int] = []
SAID = {
    "feed-sql": "an index feed, streamed from SQL",
    "feed-rest": "an index feed over REST, 1 000 a page",
    "feed-fhir": "an index feed over FHIR, 1 000 a page",
    "feed-graphql": "an index feed over GraphQL, 1 000 a page",
    "feed-csv": "an index feed from a CSV drop",
    "drop-csv": "a CSV drop",
    "drop-xml": "an XML drop",
    "drop-parquet": "a Parquet drop",
    "drop-xlsx": "an XLSX drop",
}


def memory(kind: str, count: int) -> None:
    """Read a few rows, then so many, in this process; print how much more memory the many took at the most, in KiB.

    For a drop print also what it takes once it is read.
    """
    read(kind, EACH)
    before = resident("VmRSS")
    forget_the_most()
    read(kind, count)
    print(resident("VmHWM") - before, *(kept - before for kept in KEPT[1:]))


def read(kind: str, count: int) -> None:
    """Read so many rows; a drop is made by another process, because making one takes memory too."""
    with tempfile.TemporaryDirectory() as folder:
        if kind in READS:
            asyncio.run(READS[kind](count, Path(folder)))
            return
        suffix = kind.removeprefix("drop-")
        subprocess.run([sys.executable, __file__, suffix, str(count), folder], check=True)
        records = {"records": "items.item"} if suffix == "xml" else {}
        asyncio.run(ask_one(Path(folder), {"name": f"t.{suffix}", **records}))


def grown() -> None:
    """Print how much memory 10 000 rows take and 100 000, each in a process of its own."""
    print(
        "\nmemory grown by, in MiB, over the same with a few rows: at the most, and what a drop takes once it is read\n"
    )
    print("| reading | 10 000 rows | kept | 100 000 rows | kept |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for kind, said in SAID.items():
        grew = []
        for count in (10_000, 100_000):
            command = [sys.executable, __file__, kind, str(count)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            grew += [f"{int(number) / 1024:.1f}" for number in (*done.stdout.split(), "0")[:2]]
        print(f"| {said} | {' | '.join('' if n == '0.0' else n for n in grew)} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1] in DROPS:
        DROPS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
    else:
        memory(sys.argv[1], int(sys.argv[2]))
