"""``hub schema``: the words, as GraphQL's schema definition language."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.graphql.execution import build_schema

app = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)


def definition() -> str:
    """Give the schema in GraphQL's schema definition language."""
    return build_schema().as_str() + "\n"


@app.command()
def export(
    output: Annotated[Path | None, typer.Option(help="File to write; standard output if none.")] = None,
) -> None:
    """Print the schema, or write it to a file."""
    if output is None:
        sys.stdout.write(definition())
    else:
        output.write_text(definition(), "utf-8")
