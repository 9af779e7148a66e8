"""``hub audit stream``: every entry as a line of JSON, for a security team's own tools; to be followed, and resumed."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from hub.audit import ORIGIN
from hub.audit.kept import write_whole
from hub.audit.stream import Position, lines, read_position, write_position
from hub.commands.audit.verifying import ledger_of
from hub.commands.saying import DataOption, Refused, err, plainly
from hub.commands.token import demo_settings
from hub.settings import Settings

PAUSE: Final = 1.0
"""Seconds between looks for more, while following."""

PRIORITY: Final = 10 * 8 + 6
"""Facility authpriv, severity informational (RFC 5424, section 6.2.1)."""

Send = Callable[[bytes], object]


def stream(
    after: Annotated[str, typer.Option("--after", help="Where to begin: the position printed at the end.")] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is added.")] = False,
    state: Annotated[Path | None, typer.Option("--state", help="File to keep the position in, and begin at.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="File to add lines to; standard output if none.")] = None,
    syslog: Annotated[str, typer.Option("--syslog", help="HOST:PORT of a syslog server, over TCP (RFC 6587).")] = "",
    data: DataOption = None,
) -> None:
    """Print every entry of the ledger as one JSON object on one line: codes and pseudonyms, never a value."""
    with plainly(), _sink(to, syslog) as send:
        position = _position(after, state)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_stream(demo_settings(data), position, send, state, follow=follow))
    err.print(f"position: {write_position(position)}", markup=False, soft_wrap=True)


async def _stream(settings: Settings, position: Position, send: Send, state: Path | None, *, follow: bool) -> None:
    async with ledger_of(settings) as database:
        while True:
            async for line in lines(database, position):
                _sent(send, line)
            if state is not None:
                write_whole(state, write_position(position) + "\n")
            if not follow:
                return
            await asyncio.sleep(PAUSE)


def _sent(send: Send, line: bytes) -> None:
    try:
        send(line)
    except OSError as error:
        raise Refused(f"a line could not be sent: {error.strerror}; begin again at the position kept") from None


def _position(after: str, state: Path | None) -> Position:
    try:
        kept = state.read_text("utf-8") if state is not None and state.exists() else ""
        return read_position(after or kept)
    except (OSError, ValueError) as error:
        raise Refused(str(error)) from None


@contextlib.contextmanager
def _sink(to: Path | None, syslog: str) -> Iterator[Send]:
    if to is not None and syslog:
        raise Refused("--to and --syslog are two places: give one")
    try:
        if to is not None:
            with to.open("ab", buffering=0) as file:
                yield file.write
        elif syslog:
            host, _, port = syslog.rpartition(":")
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                yield lambda line: connection.sendall(framed(line))
        else:
            yield _print
    except (OSError, ValueError, OverflowError) as error:
        raise Refused(f"cannot write to {to or syslog}: {type(error).__name__}") from None


def framed(line: bytes) -> bytes:
    """Frame a line for syslog: counted (RFC 6587), with the header of RFC 5424 and nothing of the machine's name."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = f"<{PRIORITY}>1 {at} - {ORIGIN} - audit - ".encode() + line.rstrip(b"\n")
    return f"{len(message)} ".encode() + message


def _print(line: bytes) -> None:
    sys.stdout.write(line.decode())
    sys.stdout.flush()
