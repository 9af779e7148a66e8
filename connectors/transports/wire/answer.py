"""An answer as it arrives, read by llhttp and held to more than it asks for.

One answer to one request: framed in one way that cannot be read in two, within its bounds, and nothing before or
behind it. Whatever else comes fails the call, and the connection is not used again (RFC 9112 sections 6 and 11.2).
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from connectors.errors import SourceBroken, SourceError, SourceUnavailable
from connectors.transports.body import Body, body_of

Judge: TypeAlias = Callable[[int, Mapping[str, str]], bool]
"""Says from an answer's status and fields (named in small letters) whether its body is wanted; raises what it means."""

ANOTHERS = "another-answer"
"""What was judged to answer another question, or none."""
UNASKED = frozenset({"not-http", ANOTHERS})
"""Failures after which nothing that comes on that connection, or from that origin on a kept one, can be trusted."""

MOST_HEAD = 32 * 1024
"""Bytes of all fields, trailers too."""
MOST_FIELDS = 128
MOST_INTERIM = 8
"""Interim answers (1xx) before the one that counts."""
_FRAMING = 8
"""Bytes that may frame one byte of a body: a chunk for each takes six."""
_VERSIONS = frozenset({"1.1", "1.0"})
_H = ord("H")


class _Stop(Exception):
    """Nothing more is read."""


class Reading:
    """Reads one answer. ``over`` says that it has ended, ``failure`` what was wrong, ``clean`` that nothing was."""

    __slots__ = (
        "_answered", "_begun", "_body", "_cap", "_fields", "_framed", "_head", "_interim", "_judge", "_parser", "_raw",
        "_taken", "_wanted", "clean", "early", "failure", "headers", "over", "status",
    )  # fmt: skip

    def __init__(self, judge: Judge, cap: int) -> None:
        """Begin before its first byte."""
        self._judge = judge
        self._cap = cap
        self._parser = HttpResponseParser(self)
        self._body: Body | None = None
        self._begun = self._answered = self._framed = self._wanted = False
        self._fields = self._head = self._interim = self._raw = self._taken = 0
        self.status = 0
        self.headers: dict[str, str] = {}
        self.failure: SourceError | None = None
        self.clean = self.early = self.over = False

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        if not self._raw and data[0] != _H:
            self._fail("not-http")
            return
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            # Ours was noted as it stopped the parser; its own are about bytes that are no answer.
            self._fail("not-http")
            return
        if self._raw - self._taken > MOST_HEAD + _FRAMING * self._taken:
            self._fail("not-http")
        elif self._answered and not self._wanted:
            self.over = True  # its head says all; where its body is here as well, it is clean

    def ended(self, *, cut: bool) -> None:
        """Learn that no more will come; ``cut`` says that it was not the source, as far as can be known, that did."""
        if self.over:
            return
        if self._answered and self._wanted and not self._framed and not cut:
            self.over = True  # its end is the connection's (RFC 9112 sections 6.3 and 9.8)
            return
        self.failure = self.failure or SourceUnavailable("cut-off" if self._answered else "unreachable")
        self.over = True

    def close(self) -> None:
        """Let go of the parser, once and for all: the two know each other, and would wait for the collector."""
        del self._parser

    def body(self) -> bytes:
        """Give the body, once it is over and nothing failed."""
        return self._body.whole() if self._body is not None else b""

    def on_message_begin(self) -> None:
        """Refuse what comes behind the answer: whose it is nobody knows."""
        if self._answered:
            self._stop(SourceBroken("not-http"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field; those of one name are one list (RFC 9110 section 5.3), trailers are dropped."""
        self._fields += 1
        self._head += len(name) + len(value)
        if self._fields > MOST_FIELDS or self._head > MOST_HEAD:
            self._stop(SourceBroken("not-http"))
        if self._answered:
            return
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").rstrip(" \t")
        self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        """Judge the answer by its head."""
        self.status = self._parser.get_status_code()
        if self.status < 100:  # noqa: PLR2004 -- no class of answers (RFC 9110 section 15)
            self._stop(SourceBroken("not-http"))
        if self.status < 200:  # noqa: PLR2004 -- 1xx
            self._interim += 1
            self.headers = {}
            if self._interim > MOST_INTERIM:
                self._stop(SourceBroken("not-http"))
            return
        coding = self.headers.get("transfer-encoding")
        if self._parser.get_http_version() not in _VERSIONS or (coding and coding.lower()) not in {None, "chunked"}:
            self._stop(SourceBroken("not-http"))
        self._answered = True
        self._framed = coding is not None or "content-length" in self.headers
        try:
            self._wanted = self._judge(self.status, self.headers)
            if self.early:  # neither a success nor that there is no such thing answers what has not been asked yet
                raise SourceBroken("not-http")
            self._body = self._taking() if self._wanted else None
        except SourceError as error:
            self.failure, self._wanted = error.with_traceback(None), False

    def on_body(self, piece: bytes) -> None:
        """Take a piece of the body, or drop it where nobody wants it."""
        self._taken += len(piece)
        if self._body is None:
            return
        try:
            self._body.take(piece)
        except SourceError as error:
            self._stop(error.with_traceback(None))

    def on_message_complete(self) -> None:
        """Learn that the answer is whole: an interim one is none."""
        if self._answered:
            self.clean = not self.early and self._parser.should_keep_alive()
            self.over = True

    def _taking(self) -> Body:
        if int(self.headers.get("content-length", 0)) > self._cap:
            raise SourceBroken("too-big")
        return body_of(self.headers.get("content-encoding", "identity"), self._cap)

    def _stop(self, failure: SourceError) -> None:
        self.failure = self.failure or failure
        raise _Stop

    def _fail(self, code: str) -> None:
        self.failure = self.failure or SourceBroken(code)
        self.clean, self.over = False, True
