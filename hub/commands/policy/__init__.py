"""``hub policy``: see, test, change and prove the rules. Each command is a file of its own here."""

import typer

from hub.commands.policy import activate

app = typer.Typer(help="The rules: see, test, change and prove them.", no_args_is_help=True)

app.command()(activate.activate)


@app.callback()
def group() -> None:
    """Keep a single command a command of its own."""
