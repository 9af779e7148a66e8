"""REST, FHIR and GraphQL systems over real HTTP, each with one thing wrong."""

import asyncio
import functools
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.faults.certificates import unvouched
from tests.faults.kinds import ASKED, HUGE, OWN, SECRET, STRANGER, Fault, Transport
from tests.faults.wire import Write, drip, for_ever, nobody, reset, wire

CHUNK = b" " * 65_536
TYPES = {Transport.REST: "application/json", Transport.FHIR: "application/fhir+json"}
XML = {Transport.REST: "application/xml", Transport.FHIR: "application/fhir+xml"}
STATUSES = {
    Fault.ERROR: "500 Internal Server Error",
    Fault.BUSY: "429 Too Many Requests",
    Fault.REDIRECT: "302 Found",
}
AHEAD = "2099-01-01T00:00:00+00:00"


@asynccontextmanager
async def connection(transport: Transport, fault: Fault, folder: Path) -> AsyncIterator[dict[str, Any]]:
    """Serve the system; yield a source's ``[connection]`` to it."""
    if fault is Fault.REFUSED:
        yield settings(transport, f"http://127.0.0.1:{await nobody()}", fault)
        return
    tls = unvouched(folder) if fault is Fault.TLS else None
    async with wire(writing(transport, fault), tls) as port:
        yield settings(transport, f"http{'s' if tls else ''}://127.0.0.1:{port}", fault)


def settings(transport: Transport, base: str, fault: Fault) -> dict[str, Any]:
    """Give a source's ``[connection]``."""
    form = {"format": "xml"} if fault is Fault.NOT_XML else {}
    match transport:
        case Transport.REST:
            resource = {"path": "stays", "people_param": "who", "items": "items"}
            return {
                "transport": "rest",
                "base_url": base,
                "resources": {"stays": resource},
                "as_of": {"path": "at"},
                **form,
            }
        case Transport.GRAPHQL:
            document = "query($people: [ID!]!) { stays(ids: $people) { who ref team } }"
            return {"base_url": base, "resources": {"stays": {"document": document, "items": "stays"}}}
        case _:
            return {"base_url": base, **form}


def said(transport: Transport, people: list[str], fault: Fault) -> Any:
    """Give an answer's JSON about these people."""
    teams = [OWN if person == ASKED else SECRET for person in people]
    if transport is Transport.FHIR:
        entries = [_patient(person, team, fault) for person, team in zip(people, teams, strict=True)]
        at = {"meta": {"lastUpdated": AHEAD}} if fault is Fault.CLOCK else {}
        return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **at}
    team_key = "teamDetails" if fault is Fault.DRIFT else "team"
    rows = [{"who": person, "ref": "1", team_key: team} for person, team in zip(people, teams, strict=True)]
    if transport is Transport.GRAPHQL:
        return {"errors": [{"message": SECRET}]} if fault is Fault.DRIFT else {"data": {"stays": rows}}
    listed = "stays" if fault is Fault.DRIFT else "items"
    return {listed: rows, **({"at": AHEAD} if fault is Fault.CLOCK else {})}


def _patient(person: str, line: str, fault: Fault) -> dict[str, Any]:
    # Drift: another version of the standard, in which an address is one text.
    address: Any = line if fault is Fault.DRIFT else {"line": [line], "use": "home"}
    patient = {"resourceType": "Patient", "id": person, "address": [address]}
    return {"resource": patient, "search": {"mode": "match"}}


def whole(body: bytes, kind: str, *lines: str, status: str = "200 OK") -> bytes:
    """Write a whole answer."""
    length = f"Content-Length: {len(body)}"
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", length, *lines, "", ""]).encode() + body


@functools.cache
def bomb() -> bytes:
    """Give a hundred megabytes in a hundred kilobytes, made a piece at a time."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [squeeze.compress(b'{"items":[],"pad":"')]
    pieces += [squeeze.compress(CHUNK) for _ in range(HUGE // len(CHUNK))]
    return b"".join([*pieces, squeeze.compress(b'"}'), squeeze.flush()])


async def _huge(writer: asyncio.StreamWriter, kind: str) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
    for _ in range(HUGE // len(CHUNK)):
        writer.write(CHUNK)
        await writer.drain()


async def _dripped(writer: asyncio.StreamWriter, kind: str) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 9999\r\n\r\n".encode())
    await drip(writer)


async def _cut(writer: asyncio.StreamWriter, answer: bytes) -> None:
    writer.write(answer[:-9])
    await writer.drain()
    await asyncio.sleep(0.05)  # so that what was written is there before the reset, which would undo it
    reset(writer)


def writing(transport: Transport, fault: Fault) -> Write:
    """Give what writes the answers of a system with one fault."""
    kind = TYPES.get(transport, "application/json")
    answer = _answer(transport, fault, kind)

    async def write(_head: bytes, _body: bytes, writer: asyncio.StreamWriter) -> None:
        match fault:
            case Fault.RESET:
                await _cut(writer, answer)
            case Fault.DRIP:
                await _dripped(writer, kind)
            case Fault.HANG:
                await for_ever()
            case Fault.HUGE:
                await _huge(writer, kind)
            case _:
                writer.write(answer)

    return write


def _answer(transport: Transport, fault: Fault, kind: str) -> bytes:
    """Write a whole answer with a fault in it, or none."""
    people = {Fault.STRANGER: [STRANGER], Fault.TWICE: [ASKED, ASKED]}.get(fault, [ASKED])
    body = json.dumps(said(transport, people, fault)).encode()
    told = json.dumps({"message": SECRET}).encode()
    if fault in STATUSES:
        return whole(told, kind, "Location: http://127.0.0.1:9/", status=STATUSES[fault])
    if fault is Fault.BOMB:
        return whole(bomb(), kind, "Content-Encoding: gzip")
    if fault is Fault.NOT_XML:
        kind, body = XML[transport], f"<items><item>{SECRET}</items>".encode()
    elif fault is Fault.NOT_JSON:
        body = f'{{"items": ["{SECRET}"'.encode()
    elif fault is Fault.ENCODING:
        body = body.replace(OWN.encode(), f"{SECRET} \xe9".encode("latin-1"))
    return whole(body, kind, *(["Date: Thu, 01 Jan 2099 00:00:00 GMT", "Age: -1"] if fault is Fault.CLOCK else []))
