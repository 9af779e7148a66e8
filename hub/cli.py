"""The command line: ``hub --help`` lists what it can do."""

from typing import Annotated

import typer

from hub.commands import ask, audit, check, db, demo, policy, schema, serve, sources, token

app = typer.Typer(
    help="Who is involved with this child? A federated hub for children's services.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo.demo)
app.command()(serve.serve)
app.command()(ask.ask)
app.command()(token.token)
app.command()(check.check)
app.add_typer(schema.app, name="schema")
app.add_typer(sources.app, name="sources")
app.add_typer(audit.app, name="audit")
app.add_typer(policy.app, name="policy")
app.add_typer(db.app, name="db")


@app.callback(invoke_without_command=True)
def hub(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Answer questions about a child across agencies, field by field, copying nothing."""
    if show_version:
        from hub.app import VERSION

        typer.echo(VERSION)
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    app()
