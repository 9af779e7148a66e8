"""What officers type: words of closed lists, days, and words in confidence, each refused in one line."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from hub.clock import now
from hub.commands.officer import read_file
from hub.commands.saying import Refused, err
from hub.governance.standing import ENGLAND
from schema.described import Described
from schema.services import Service

D = TypeVar("D", bound=Described)

DayOption = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD")]
WordsOption = Annotated[
    Path | None,
    typer.Option(
        "--words",
        help="File with the words; standard input if none. Never typed as an option: a shell remembers those.",
        metavar="FILE",
    ),
]


def word(option: str, typed: str, words: type[D]) -> D:
    """Give the word of a closed list."""
    if typed not in words.__members__:
        raise Refused(f"{option}: {typed!r} is not one of {', '.join(words.__members__)}")
    return words[typed]


def service(typed: str) -> Service:
    """Give a service."""
    if typed not in Service.__members__:
        raise Refused(f"--service: {typed!r} is not one of {', '.join(Service.__members__)}")
    return Service[typed]


def day(option: str, typed: str | None) -> date | None:
    """Give a day, or none where none was typed."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused(f"{option} takes a date such as 2026-11-21") from None


def today() -> date:
    """Give the day in England."""
    return now().astimezone(ENGLAND).date()


def words_given(file: Path | None) -> str:
    """Give words in confidence from a file, or from standard input."""
    if file is not None:
        written = read_file(file)
    else:
        if sys.stdin.isatty():
            err.print("Say why, in words; they are kept sealed. End with Ctrl-D on a line of its own:")
        written = sys.stdin.buffer.read()
    try:
        return written.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Refused("--words: the words are not UTF-8 text") from None
