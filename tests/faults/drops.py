"""Agencies' drops, in a folder here or at an SFTP server, each with one thing wrong."""

import asyncio
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh
import openpyxl

from tests.faults.kinds import ASKED, HUGE, OWN, SECRET, STRANGER, Fault
from tests.faults.wire import connections, drip, for_ever, nobody, reset

AHEAD = 4_000_000_000
"""A moment in 2096, in seconds."""
HEAD = "who,ref,team\n"
OVER_SFTP = {Fault.REFUSED, Fault.RESET, Fault.DRIP, Fault.HANG, Fault.TLS}
BANNER = b"SSH-2.0-agency\r\n"


@asynccontextmanager
async def connection(fault: Fault, folder: Path) -> AsyncIterator[dict[str, Any]]:
    """Leave the drop; yield a source's ``[connection]`` to its folder."""
    if fault in OVER_SFTP:
        async with _sftp(fault, folder) as settings:
            yield {"transport": "files", "folder": "/out", "files": {"stays": {"name": "stays.csv"}}, "sftp": settings}
        return
    (folder / "out").mkdir()
    layout = await asyncio.to_thread(_left, fault, folder / "out")
    yield {"transport": "files", "folder": str(folder / "out"), "files": {"stays": layout}}


def _left(fault: Fault, folder: Path) -> dict[str, Any]:
    """Leave a drop in the folder; give how it is laid out."""
    mine = f"{ASKED},1,{OWN}\n"
    drop = folder / "stays.csv"
    match fault:
        case Fault.REDIRECT:
            elsewhere = folder.parent / "elsewhere.csv"
            elsewhere.write_text(HEAD + f"{ASKED},1,{SECRET}\n")
            drop.symlink_to(elsewhere)
        case Fault.NOT_XML:
            (folder / "stays.xml").write_text(f"<stays><stay><who>{ASKED}</who><team>{SECRET}</stay></stays>")
            return {"name": "stays.xml", "records": "stays.stay"}
        case Fault.ENCODING:
            drop.write_bytes((HEAD + mine + f"{STRANGER},2,{SECRET} \xe9\n").encode("latin-1"))
            return {"name": "stays.csv", "encoding": "utf-8"}
        case Fault.HUGE:
            drop.write_text(HEAD + mine)
            os.truncate(drop, HUGE)  # a hundred megabytes of nothing, which take no room on the disk
        case Fault.BOMB:
            _packed(folder / "stays.xlsx")
            return {"name": "stays.xlsx"}
        case Fault.STRANGER:
            drop.write_text(HEAD + f"{STRANGER},2,{SECRET}\n")
        case Fault.TWICE:
            drop.write_text(HEAD + mine + mine)
        case Fault.DRIFT:
            drop.write_text("who,ref,team name\n" + mine)
        case _:
            drop.write_text(HEAD + mine)
    if fault is Fault.CLOCK:
        os.utime(drop, (AHEAD, AHEAD))
    return {"name": "stays.csv"}


def _packed(path: Path) -> None:
    """Make a workbook of a few hundred kilobytes whose one sheet unpacks to a hundred megabytes."""
    plain = path.with_suffix(".plain")
    openpyxl.Workbook().save(plain)
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != sheet:
                new.writestr(part, old.read(part))
        with new.open(sheet, "w") as made:
            made.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            row = [f'<c t="inlineStr"><is><t>{word}</t></is></c>'.encode() for word in ("who", "ref", "team")]
            made.write(b"<row>" + b"".join(row) + b"</row>")
            long = f'<c t="inlineStr"><is><t>{"x" * 65_536}</t></is></c>'.encode()
            for _ in range(HUGE // len(long)):
                made.write(b"<row>" + row[0] + row[1] + long + b"</row>")
            made.write(b"</sheetData></worksheet>")
    plain.unlink()


@asynccontextmanager
async def _sftp(fault: Fault, folder: Path) -> AsyncIterator[dict[str, Any]]:
    """Run an SFTP server, or what has taken its place."""
    key, known, mine = asyncssh.generate_private_key("ssh-ed25519"), folder / "known_hosts", folder / "hub.key"
    mine_key = asyncssh.generate_private_key("ssh-ed25519")
    mine_key.write_private_key(mine)
    settings = {
        "host": "127.0.0.1",
        "username": "hub",
        "known_hosts": str(known),
        "private_key": {"file": str(mine)},
        "every": 0,
    }
    if fault is Fault.REFUSED:
        known.write_text("")
        yield {**settings, "port": await nobody()}
        return
    if fault is Fault.TLS:
        server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], sftp_factory=True)
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
        known.write_text(f"[127.0.0.1]:{server.get_port()} {other}\n")
        try:
            yield {**settings, "port": server.get_port()}
        finally:
            server.close()
            await server.wait_closed()
        return

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match fault:
            case Fault.RESET:
                writer.write(BANNER + b"\x00\x00")
                await writer.drain()
                await asyncio.sleep(0.05)
                reset(writer)
            case Fault.DRIP:
                writer.write(BANNER[:-2])
                await drip(writer)
            case _:
                await for_ever()

    known.write_text("")
    async with connections(silent) as port:
        yield {**settings, "port": port}
