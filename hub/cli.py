"""The command line: ``hub --help`` lists what it can do; a command's own code is read only when it is asked for."""

import sys
import traceback
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "demo": "Run a made-up place of nine agencies, and ask the hub about one of its children.",
    "serve": "Run the gateway with the settings in HUB_* variables.",
    "ask": "Ask who is involved with a child.",
    "token": "Print a bearer token for a demo person, and nothing else.",
    "check": "Check settings, policies, keys and sources; exit 1 where something is wrong.",
    "schema": "The GraphQL schema.",
    "sources": "The agencies' systems.",
    "audit": "The audit ledger.",
    "policy": "The rules: see, test, change and prove them.",
    "agreements": "The data sharing agreements.",
    "consent": "What families agreed to and refused.",
    "not-sharing": "Decisions not to share.",
    "objections": "Objections to what agencies do, and what they came to.",
    "allocations": "Who works with which child.",
    "links": "Who is who: what links people's entries, and what a person said of it.",
    "second-person": "Second persons, who agree to a colleague's look.",
    "reasons": "Why workers asked, in their own words.",
    "basis": "What in law questions rest on.",
    "clients": "Partners' systems that may ask the hub.",
    "documents": "The queries that partners' systems may run.",
    "break-glass": "Emergency access, its notices and its reviews.",
    "keys": "The hub's own keys: list them, make the next, move to it.",
    "sessions": "Who is signed in with a browser.",
    "reviews": "What leads are to look at.",
    "feedback": "What users think of the hub.",
    "people": "Matching people: learn its weights, measure how well it works.",
    "db": "The hub's own database.",
}
"""Every command, in the order listed, as its own help begins. Each is the file of that name in ``hub/commands``."""


class Loaded(Mapping[str, Any]):
    """The commands by name, each read when it is first looked up."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = _command(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _command(name: str) -> Any:
    """Read one command: a file has either an ``app`` of several or one function of its own name."""
    if name not in COMMANDS:
        raise KeyError(name)
    module = import_module(f"hub.commands.{name.replace('-', '_')}")
    several = getattr(module, "app", None)
    if isinstance(several, typer.Typer):
        command: Any = typer.main.get_group(several)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(name)(getattr(module, name))
        command = typer.main.get_command(alone)
    command.name = name
    return command


class Listed(TyperGroup):
    """Lists every command from the table above, and runs the one that is asked for."""

    def __init__(self, **attributes: Any) -> None:
        """Take what Typer gives a group."""
        super().__init__(**attributes)
        self.commands = Loaded()  # type: ignore[assignment] # nothing is ever added to it

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- Typer's signature
        """Give the names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 -- Typer's signature
        """Give a command as it is listed, unread."""
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Give the command to run."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, self.commands[name] if listed and name else None, rest


app = typer.Typer(
    cls=Listed,
    help="Who is involved with this child? A federated hub for children's services.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def hub(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Answer questions about a child across agencies, field by field, copying nothing."""
    if show_version:
        typer.echo(version("childrens-services-hub"))
        raise typer.Exit


def main() -> None:
    """Run the command line. What nobody foresaw is told by its kind and place: a traceback may hold values."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 -- the last door before the user
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        sys.exit(f"hub: something went wrong that nobody foresaw ({where}). Please report these words.")
