"""How commands speak: results on standard output, everything else on standard error, never a traceback."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from connectors.errors import SourceError
from hub.audit.errors import LedgerUnavailable
from hub.identity.development_issuer import DevelopmentIssuerRefused
from hub.keys import KeysError
from hub.settings import SettingsError
from hub.store.database import StoreUnavailable
from policies.validation import RulebookError

WIDE = 150
"""Columns to write where no terminal says how many there are."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the hub's own files (HUB_DATA).", show_default=".demo")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


class Refused(Exception):
    """A command cannot go on; the message says what to do."""


KNOWN = (
    Refused,
    SettingsError,
    KeysError,
    SourceError,
    RulebookError,
    LedgerUnavailable,
    StoreUnavailable,
    DevelopmentIssuerRefused,
)


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Turn every error a user can act on into one line on standard error and exit code 1."""
    try:
        yield
    except KNOWN as error:
        err.print(f"[bold red]hub:[/] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None


def print_json(value: object) -> None:
    """Print JSON on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")
