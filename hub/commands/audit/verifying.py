"""``hub audit verify`` and ``export``: prove that the ledger is as it was written, here or anywhere else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit.checkpoint import NoteRefused, read_verifier_key
from hub.audit.export import export_ledger
from hub.audit.verification import Verification
from hub.audit.verify import verify as verify_export
from hub.audit.verify import verify_database
from hub.commands.ledger_at import insist_on_ledger
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.commands.token import demo_settings
from hub.keys import read_keys
from hub.settings import Settings
from hub.store.database import BROKEN, Database

ExportOption = Annotated[Path | None, typer.Option("--export", help="An exported ledger; the database if none.")]
KeyOption = Annotated[Path | None, typer.Option("--public-key", help="The verifier key; the hub's own if none.")]
WitnessedOption = Annotated[
    list[Path] | None, typer.Option("--witnessed", help="A signed checkpoint kept outside the hub; may be given often.")
]


def verify(
    export: ExportOption = None,
    public_key: KeyOption = None,
    witnessed: WitnessedOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Verify the ledger: nothing changed, added, removed, moved or cut off. Exit 1 where something is."""
    with plainly():
        done = _verify(export, public_key, witnessed or [], data)
    if json_output:
        print_json(
            {
                "ok": done.ok,
                "records": done.records,
                "checkpoints": done.checkpoints,
                "uncovered": done.uncovered,
                "erased": done.erased,
                "findings": [{"place": f.place, "damage": f.damage.value} for f in done.findings],
            }
        )
    else:
        _say(done)
    if not done.ok:
        raise typer.Exit(1)


def _verify(export: Path | None, public_key: Path | None, witnessed: list[Path], data: Path | None) -> Verification:
    notes = [_note(path) for path in witnessed]
    if export is None:
        settings = demo_settings(data)
        return asyncio.run(_verify_database(settings, _key(public_key, settings), notes))
    if public_key is None:
        raise Refused("--export needs --public-key: an export is proved by a key kept elsewhere")
    if not export.is_file():
        raise Refused(f"{export} is not a file")
    key = _key(public_key, None)
    try:
        return verify_export(export, key, witnessed=notes)
    except OSError as error:
        raise Refused(f"{export} cannot be read: {error.strerror}") from None


def _key(path: Path | None, settings: Settings | None) -> Ed25519PublicKey:
    if path is None and settings is not None:
        return read_keys(settings.keys_folder).ledger.public_key()
    try:
        return read_verifier_key((path or Path()).read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError, NoteRefused, ValueError):
        raise Refused(f"{path} is not a verifier key") from None


def _note(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{path} cannot be read as a signed checkpoint") from None


async def _verify_database(settings: Settings, key: Ed25519PublicKey, notes: list[str]) -> Verification:
    async with ledger_of(settings) as database:
        return await verify_database(database, key, witnessed=notes)


@contextlib.asynccontextmanager
async def ledger_of(settings: Settings) -> AsyncIterator[Database]:
    """Open the database if there is a ledger in it; whatever stops the reading of it is said in a sentence."""
    database = Database(settings.database)
    try:
        await insist_on_ledger(database)
        yield database
    except BROKEN as error:
        raise Refused(f"the ledger cannot be read: {type(error).__name__}; `hub audit verify` tells more") from None
    finally:
        await database.close()


def _say(done: Verification) -> None:
    if done.ok:
        out.print(
            f"The ledger is as it was written. Records: {done.records}; signed checkpoints: {done.checkpoints}; "
            f"records since the last one: {done.uncovered}; entries taken out, as others say: {done.erased}.",
            soft_wrap=True,
        )
        return
    err.print(f"[bold red]The ledger was changed:[/] {done.found} findings.")
    for finding in done.findings:
        err.print(f"  {finding.place}: {finding.damage.value}")


def export(
    output: Annotated[Path, typer.Argument(help="File to write; its verifier key goes beside it as .pub.")],
    data: DataOption = None,
) -> None:
    """Export the ledger, to be verified elsewhere."""
    with plainly():
        if output.exists():
            raise Refused(f"{output} is there already; an export is never written over")
        settings = demo_settings(data)
        records = asyncio.run(_export(settings, output))
    err.print(f"{records} records written to {output}")


async def _export(settings: Settings, output: Path) -> int:
    public = read_keys(settings.keys_folder).ledger.public_key()
    async with ledger_of(settings) as database:
        with whole(output):
            return await export_ledger(database, public, output)


@contextlib.contextmanager
def whole(output: Path) -> Iterator[None]:
    """Leave a whole file or none: half an export would look like a ledger that was cut."""
    try:
        output.touch(exist_ok=False)
        output.unlink()
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}") from None
    try:
        yield
    except BaseException:
        output.unlink(missing_ok=True)
        raise
