"""``hub links``: who is who, as officers review it, and workers say it where no page does."""

import typer

from hub.commands.links import reviewing, saying

app = typer.Typer(help="Who is who: what links people's entries, and what a person said of it.", no_args_is_help=True)

app.command()(saying.confirm)
app.command()(saying.reject)
app.command()(saying.withdraw)
app.command()(saying.split)
app.command()(saying.birth)
app.command()(reviewing.show)
app.command()(reviewing.contradictions)
app.command()(reviewing.partings)
app.command()(reviewing.settle)
