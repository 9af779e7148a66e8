"""``hub policy``: see, test, change and prove the rules. Each command is a file of its own here."""

import typer

from hub.commands.policy import (
    activate,
    carrying,
    changing,
    dead,
    diff,
    examples,
    explain,
    history,
    lint,
    replaying,
    who_can,
)
from hub.commands.policy.naming import FINDERS
from hub.commands.policy.stored import stored

FINDERS.append(stored)

app = typer.Typer(help="The rules: see, test, change and prove them.", no_args_is_help=True)

app.command()(activate.activate)
app.command()(lint.lint)
app.command("test")(examples.run_examples)
app.command()(diff.diff)
app.command()(who_can.who_can)
app.command()(explain.explain)
app.command()(dead.dead)
app.command()(changing.propose)
app.command()(changing.approve)
app.command()(changing.reject)
app.command()(changing.withdraw)
app.command()(changing.schedule)
app.command()(changing.publish)
app.command()(changing.rollback)
app.command()(history.history)
app.command()(carrying.export)
app.command("import")(carrying.import_)
app.command()(replaying.replay)
