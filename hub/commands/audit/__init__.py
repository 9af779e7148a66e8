"""``hub audit``: prove that the ledger is as it was written, have it witnessed, and report from it."""

import typer

from hub.commands.audit import keeping, verifying, witnessing

app = typer.Typer(help="The audit ledger.", no_args_is_help=True)

app.command()(verifying.verify)
app.command()(verifying.export)
app.command()(witnessing.checkpoint)
app.command()(witnessing.witness)
app.command("witness-key")(witnessing.witness_key)
app.command("acknowledge-restore")(keeping.acknowledge_restore)
app.command()(keeping.retention)
app.command()(keeping.erase)
