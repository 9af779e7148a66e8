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


KNOWN = frozenset(
    {
        "hub.commands.saying.Refused",
        "hub.settings.SettingsError",
        "hub.keys.KeysError",
        "hub.budgets.limits.BudgetsError",
        "connectors.errors.SourceError",
        "policies.validation.RulebookError",
        "hub.audit.errors.LedgerUnavailable",
        "hub.store.database.StoreUnavailable",
        "hub.people.weights.WrongMatching",
        "hub.people.learning.lists.WrongList",
        "hub.people.learning.train.CannotTrain",
        "hub.identity.development_issuer.DevelopmentIssuerRefused",
        "hub.identity.issuers.reading.WrongSignIn",
    }
)
"""Errors whose message tells a user what to do. Named, not imported: most commands need few of these rooms."""


def known(error: BaseException | None) -> bool:
    """Say whether an error's message is for the user to read."""
    return any(f"{kind.__module__}.{kind.__qualname__}" in KNOWN for kind in type(error).__mro__)


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Turn every error a user can act on into one line on standard error and exit code 1."""
    try:
        yield
    except Exception as error:
        if not known(error):
            raise
        err.print(f"[bold red]hub:[/] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None


def print_json(value: object) -> None:
    """Print JSON on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")
