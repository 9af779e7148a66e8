"""``hub schema``: the words, as GraphQL's schema definition language."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.graphql.profiles import Profile, definition
from hub.graphql.schema import build_schema

app = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)


@app.command()
def export(
    output: Annotated[Path | None, typer.Option(help="File to write; standard output if none.")] = None,
    profile: Annotated[
        Profile, typer.Option(help="As the hub serves it, or for gateways that compose it: plain, authorised, full.")
    ] = Profile.SERVED,
) -> None:
    """Print the schema, or write it to a file."""
    text = definition(build_schema(), profile)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, "utf-8")
