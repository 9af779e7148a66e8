"""``hub audit``: prove that the ledger is as it was written, have it witnessed, and report from it."""

import typer

from hub.commands.audit import family, keeping, reporting, streaming, verifying, witnessing

app = typer.Typer(help="The audit ledger.", no_args_is_help=True)

app.command()(verifying.verify)
app.command()(verifying.export)
app.command()(witnessing.checkpoint)
app.command()(witnessing.witness)
app.command("witness-key")(witnessing.witness_key)
app.command("acknowledge-restore")(keeping.acknowledge_restore)
app.command()(keeping.retention)
app.command()(keeping.erase)
app.command()(reporting.child)
app.command()(reporting.worker)
app.command()(reporting.source)
app.command()(reporting.unusual)
app.command()(reporting.who)
app.command("family")(family.family)
app.command("leave-out")(family.leave_out)
app.command("tell")(family.tell)
app.command()(streaming.stream)
