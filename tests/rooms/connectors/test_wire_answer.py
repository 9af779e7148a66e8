"""An answer read from the wire: the same wherever it is split, and refused where it is not exactly one."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterable, Mapping

import pytest

from connectors.errors import SourceBroken, SourceError, SourceUnavailable
from connectors.transports.wire.answer import MOST_FIELDS, MOST_HEAD, Reading

CAP = 200_000
JSON = b'{"name":"Aled"}'


def judge(status: int, headers: Mapping[str, str]) -> bool:
    """Want the body of a 200; say of a 503 and a 413 what they mean."""
    del headers
    if status in {413, 503}:
        raise SourceUnavailable(f"status-{status}")
    return status == 200


def read(pieces: Iterable[bytes], *, ends: bool = False, early: bool = False, cap: int = CAP) -> Reading:
    """Read an answer that comes in these pieces, as a connection does: no more once it is over."""
    reading = Reading(judge, cap)
    reading.early = early
    for piece in pieces:
        if not reading.over:
            reading.feed(piece)
    if ends:
        reading.ended(cut=False)
    reading.close()
    return reading


def head(*fields: str, line: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([line, *fields, "", ""]).encode("latin-1")


def code(reading: Reading) -> str:
    return reading.failure.code if reading.failure is not None else ""


def told(reading: Reading) -> tuple[object, ...]:
    body = b"" if reading.failure else reading.body()
    return reading.over, reading.status, reading.headers, body, reading.clean, code(reading)


LENGTH = f"Content-Length: {len(JSON)}"
CHUNKS = b'1\r\n{\r\n8;a="b;c"\r\n"name":"\r\n006\r\nAled"}\r\n0\r\nX-Trailer: 1\r\n\r\n'
PACKED = gzip.compress(JSON, mtime=0)
MEMBERS = gzip.compress(JSON[:5], mtime=0) + gzip.compress(JSON[5:], mtime=0)
INTERIM = head("Link: </a>; rel=preload", line="HTTP/1.1 103 Early Hints") + head(line="HTTP/1.1 100 Continue")

GOOD: Mapping[str, tuple[bytes, bytes, bool]] = {
    "by its length": (head(LENGTH, "A: 1", "a: 2", "Empty:") + JSON, JSON, True),
    "in chunks": (head("Transfer-Encoding: chunked") + CHUNKS, JSON, True),
    "after interim answers": (INTERIM + head(LENGTH) + JSON, JSON, True),
    "compressed": (head("Content-Encoding: gzip", f"Content-Length: {len(PACKED)}") + PACKED, JSON, True),
    "in two members": (head("Content-Encoding: gzip", f"Content-Length: {len(MEMBERS)}") + MEMBERS, JSON, True),
    "in Chunks": (head("Transfer-Encoding: Chunked ") + CHUNKS, JSON, True),
    "of nothing": (head("Content-Length: 0"), b"", True),
    "and closes": (head(LENGTH, "Connection: Close") + JSON, JSON, False),
    "of HTTP/1.0": (head(LENGTH, line="HTTP/1.0 200 OK") + JSON, JSON, False),
    "kept by HTTP/1.0": (head(LENGTH, "Connection: keep-alive", line="HTTP/1.0 200 OK") + JSON, JSON, True),
    "without a reason": (head(LENGTH, line="HTTP/1.1 200") + JSON, JSON, True),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_answer_is_the_same_wherever_it_is_split(name: str) -> None:
    """Whole, byte by byte, or in two pieces cut anywhere: the same answer, over at the same byte."""
    raw, body, clean = GOOD[name]
    whole = read([raw])
    assert told(whole)[0] is True
    assert told(whole)[3:] == (body, clean, "")
    assert told(read(raw[n : n + 1] for n in range(len(raw)))) == told(whole)
    for n in range(1, len(raw)):
        assert told(read([raw[:n], raw[n:]])) == told(whole)
        assert not read([raw[:n]]).over


def test_fields_of_one_name_are_one_list() -> None:
    """As RFC 9110 has it, in small letters; trailers are no fields of the answer."""
    assert read([GOOD["by its length"][0]]).headers["a"] == "1, 2"
    assert set(read([GOOD["in chunks"][0]]).headers) == {"transfer-encoding"}
    assert "link" not in read([GOOD["after interim answers"][0]]).headers


def test_an_answer_that_ends_with_the_connection_is_whole_then_and_never_reused() -> None:
    """Neither a length nor chunks: its end is the connection's, if that was closed and not broken."""
    raw = head("A: b") + JSON
    assert not read([raw]).over
    ended = read([raw], ends=True)
    assert (ended.body(), ended.clean, code(ended)) == (JSON, False, "")
    reading = Reading(judge, CAP)
    reading.feed(raw)
    reading.ended(cut=True)
    assert code(reading) == "cut-off"


@pytest.mark.parametrize("name", ["by its length", "in chunks", "compressed"])
def test_an_answer_that_is_cut_is_never_whole(name: str) -> None:
    """Wherever the connection ends: before the head is whole nobody answered, after it somebody was cut off."""
    raw = GOOD[name][0]
    for n in range(len(raw)):
        reading = read([raw[:n]] if n else [], ends=True)
        assert code(reading) == ("unreachable" if n < raw.index(b"\r\n\r\n") + 4 else "cut-off")
        assert not reading.clean


LONG = "x" * (MOST_HEAD + 1)
NOT_ONE_ANSWER: Mapping[str, bytes] = {
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
    "a bare line feed after a field": b"HTTP/1.1 200 OK\r\nA: b\nContent-Length: 2\r\n\r\n{}",
    "a bare carriage return": b"HTTP/1.1 200 OK\r\nA: b\rContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}",
    "a length and chunks": head("Content-Length: 2", "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n",
    "chunks and a length": head("Transfer-Encoding: chunked", "Content-Length: 2") + b"2\r\n{}\r\n0\r\n\r\n",
    "two lengths": head("Content-Length: 2", "Content-Length: 3") + b"{} ",
    "a length twice": head("Content-Length: 2", "Content-Length: 2") + b"{}",
    "a list of lengths": head("Content-Length: 2, 2") + b"{}",
    "a length with a sign": head("Content-Length: +2") + b"{}",
    "a length below nought": head("Content-Length: -2") + b"{}",
    "a length in hexadecimal": head("Content-Length: 0x2") + b"{}",
    "an empty length": head("Content-Length: ") + b"{}",
    "a length beyond numbers": head("Content-Length: 99999999999999999999999") + b"{}",
    "a coding that is none": head("Transfer-Encoding: xchunked") + b"{}",
    "a coding behind chunks": head("Transfer-Encoding: chunked, gzip") + b"0\r\n\r\n",
    "a coding before chunks": head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
    "chunked twice": head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "a coding of no name": head("Transfer-Encoding:") + b"{}",
    "a chunk that ends in a line feed": head("Transfer-Encoding: chunked") + b"2\n{}\n0\n\n",
    "a chunk longer than it says": head("Transfer-Encoding: chunked") + b"1\r\n{}\r\n0\r\n\r\n",
    "a chunk of a length with a sign": head("Transfer-Encoding: chunked") + b"-2\r\n{}\r\n0\r\n\r\n",
    "a chunk of 0x2": head("Transfer-Encoding: chunked") + b"0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk beyond numbers": head("Transfer-Encoding: chunked") + b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a folded field": head("A: b", " c", "Content-Length: 2") + b"{}",
    "a space before a colon": head("Content-Length : 2") + b"{}",
    "a field of no name": head(": b", "Content-Length: 2") + b"{}",
    "a line that is no field": head("no field", "Content-Length: 2") + b"{}",
    "a nought byte in a field": head("A: b\0c", "Content-Length: 2") + b"{}",
    "another protocol": b"RTSP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "another version": head("Content-Length: 2", line="HTTP/2.0 200 OK") + b"{}",
    "an old version": head("Content-Length: 2", line="HTTP/0.9 200 OK") + b"{}",
    "an empty line before it": b"\r\n" + head("Content-Length: 2") + b"{}",
    "a request": b"GET / HTTP/1.1\r\n\r\n",
    "a status of no class": head("Content-Length: 2", line="HTTP/1.1 099 Go on") + b"{}",
    "two digits of a status": head("Content-Length: 2", line="HTTP/1.1 20 OK") + b"{}",
    "another protocol from here on": head("Upgrade: x", "Connection: upgrade", line="HTTP/1.1 101 On") + b"{}",
    "interim answers without end": head(line="HTTP/1.1 100 Go on") * 50,
    "many fields": head(*["A: b"] * (MOST_FIELDS + 1), "Content-Length: 2") + b"{}",
    "a long field": head(f"A: {LONG}", "Content-Length: 2") + b"{}",
    "a field that does not end": b"HTTP/1.1 200 OK\r\nA: " + LONG.encode(),
    "many trailers": head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n" + b"A: b\r\n" * MOST_FIELDS + b"\r\n",
    "a trailer that does not end": head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\nA: " + LONG.encode(),
    "a chunk's word that does not end": head("Transfer-Encoding: chunked") + b"2;" + LONG.encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_ONE_ANSWER)
def test_what_is_not_exactly_one_answer_is_refused(name: str) -> None:
    """What could be read in two ways, or has no end, is read in none; not in one piece, not byte by byte."""
    raw = NOT_ONE_ANSWER[name]
    for pieces in ([raw], [raw[n : n + 1] for n in range(len(raw))]):
        reading = read(pieces)
        assert (reading.over, code(reading), reading.clean) == (True, "not-http", False)


@pytest.mark.parametrize("behind", [b"x", b"H", head("Content-Length: 2") + b"{}", b"\r\nHTTP/1.1 200 OK"])
@pytest.mark.parametrize("name", ["by its length", "in chunks", "and closes", "of nothing"])
def test_what_comes_with_more_behind_it_is_refused(name: str, behind: bytes) -> None:
    """Which of the two was meant as the answer nobody can tell."""
    reading = read([GOOD[name][0] + behind])
    assert (code(reading), reading.clean) == ("not-http", False)


@pytest.mark.parametrize("status", [204, 304])
def test_some_answers_have_no_body_whatever_they_say(status: int) -> None:
    """204 and 304 end with their heads (RFC 9112 section 6.3): what comes behind is not taken for the next answer."""
    line = f"HTTP/1.1 {status} Nothing"
    alone = read([head("Content-Length: 2", line=line)])
    assert (alone.over, alone.status, alone.clean, code(alone)) == (True, status, True, "")
    more = read([head("Content-Length: 2", line=line) + b"{}"])
    assert (code(more), more.clean) == ("not-http", False)


def test_an_answer_judged_by_its_head_is_over_with_it() -> None:
    """Its body is not waited for; where it came along the connection is as clean as ever."""
    absent = head(LENGTH, line="HTTP/1.1 404 Not Found")
    assert [(r.over, r.clean) for r in (read([absent]), read([absent + JSON]))] == [(True, False), (True, True)]
    busy = head(LENGTH, line="HTTP/1.1 503 Service Unavailable")
    for reading, clean in ((read([busy]), False), (read([busy + JSON]), True)):
        assert (reading.over, reading.clean, code(reading)) == (True, clean, "status-503")


def test_a_success_that_comes_before_it_was_asked_for_is_refused() -> None:
    """Nor that there is no such thing; a refusal of a long request may be early. No connection of either is kept."""
    for line in ("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found"):
        early = read([head(LENGTH, line=line) + JSON], early=True)
        assert (code(early), early.clean) == ("not-http", False)
    refused = read([head(LENGTH, line="HTTP/1.1 413 Too Large") + JSON], early=True)
    assert (refused.status, code(refused), refused.clean) == (413, "status-413", False)


@pytest.mark.parametrize(
    ("fields", "body", "wrong"),
    [
        ([f"Content-Length: {CAP + 1}"], b"", "too-big"),
        (["Transfer-Encoding: chunked"], b"%x\r\n" % (CAP + 1) + b" " * (CAP + 1), "too-big"),
        (["A: b"], b" " * (CAP + 1), "too-big"),
        (["Content-Encoding: gzip"], gzip.compress(b" " * (CAP + 1), mtime=0), "too-big"),
        (["Content-Encoding: gzip"], b"no gzip", "bad-encoding"),
        (["Content-Encoding: gzip"], PACKED + b"more", "bad-encoding"),
        (["Content-Encoding: gzip"], PACKED + b"\0", "bad-encoding"),
        (["Content-Encoding: gzip"], PACKED + gzip.compress(b"", mtime=0)[:9], "bad-encoding"),
        (["Content-Encoding: gzip"], PACKED + gzip.compress(b"", mtime=0) * 200, "bad-encoding"),
        (["Content-Encoding: gzip"], gzip.compress(b"", mtime=0)[:10] + b"\0\0\0\xff\xff" * CAP, "too-big"),
        (["Content-Encoding: deflate"], zlib.compress(JSON) * 2, "bad-encoding"),
        (["Content-Encoding: br"], b"", "unknown-encoding"),
    ],
)
def test_a_body_has_a_cap_as_it_comes_and_as_it_inflates(fields: list[str], body: bytes, wrong: str) -> None:
    """However its length is told, and before more than the cap of it is in memory."""
    reading = read([head(*fields) + body], ends=True)
    reading.failure = reading.failure or failure_of(reading)
    assert (reading.over, code(reading), reading.clean) == (True, wrong, False)
    assert isinstance(reading.failure, SourceBroken)


def test_a_body_of_many_pieces_takes_no_more_than_its_bytes() -> None:
    """A chunk for each byte is read, and costs little beside them."""
    reading = Reading(judge, CAP)
    reading.feed(head("Transfer-Encoding: chunked"))
    tracemalloc.start()
    for _ in range(100):
        reading.feed(b"2\r\n[]\r\n" * 1_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    reading.feed(b"0\r\n\r\n")
    reading.close()
    assert (reading.over, reading.body()) == (True, b"[]" * 100_000)
    assert peak < CAP * 2


def failure_of(reading: Reading) -> SourceError | None:
    """Say what is wrong with a body that has ended."""
    try:
        reading.body()
    except SourceError as error:
        return error
    return None


def test_what_stands_behind_a_packed_body_is_not_kept() -> None:
    """Nothing is put by and copied again with each piece that comes: at the first that is no body it is over."""
    reading = Reading(judge, CAP)
    reading.feed(head("Content-Encoding: gzip", "Transfer-Encoding: chunked") + b"%x\r\n%b\r\n" % (len(PACKED), PACKED))
    assert not reading.over
    reading.feed(b"8\r\nand more\r\n")
    assert (reading.over, code(reading), reading.clean) == (True, "bad-encoding", False)


def test_no_error_holds_anything_of_an_answer() -> None:
    """Neither its message nor what it came of."""
    for raw in NOT_ONE_ANSWER.values():
        failure = read([raw]).failure
        assert isinstance(failure, SourceError)
        assert (str(failure), failure.__context__, failure.__traceback__) == ("not-http", None, None)
