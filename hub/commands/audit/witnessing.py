"""``hub audit checkpoint``, ``witness`` and ``witness-key``: a partner puts their name to the ledger, from files."""

import asyncio
import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.audit.checkpoint import Checkpoint, NoteRefused, read_named_key, read_note, verifier_key
from hub.audit.cosignature import cosigned
from hub.audit.kept import write_whole
from hub.audit.notes import COSIGNATURE, named, read
from hub.audit.submission import NoSuchHead, submission
from hub.audit.witnessing import NotCosigned, Submitted, examined, read_request
from hub.commands.audit.verifying import ledger_of
from hub.commands.saying import DataOption, Refused, err, plainly
from hub.commands.token import demo_settings
from hub.settings import Settings

NameOption = Annotated[
    str, typer.Option("--name", help="The witness's name: best an address, such as partner.example/w1.")
]


def checkpoint(
    old: Annotated[int | None, typer.Option("--since", help="The size the witness cosigned last; 0 if none.")] = None,
    data: DataOption = None,
) -> None:
    """Print the hub's latest signed checkpoint; with --since, as the request a witness is sent, its proof in it."""
    with plainly():
        found = asyncio.run(_submission(demo_settings(data), old or 0))
    typer.echo(found.note if old is None else found.written, nl=False)


async def _submission(settings: Settings, old: int) -> Submitted:
    async with ledger_of(settings) as database:
        try:
            return await submission(database, old)
        except NoSuchHead as error:
            raise Refused(str(error)) from None


def witness_key(
    file: Annotated[Path, typer.Argument(help="File to write the key to; its verifier key goes beside it as .pub.")],
    name: NameOption,
) -> None:
    """Make a witness's key. Whoever cosigns keeps it; the hub never sees it."""
    with plainly():
        if not named(name):
            raise Refused("--name takes a name without spaces and plus signs")
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
                written.write(secrets.token_hex(32))
        except OSError as error:
            raise Refused(f"{file} cannot be written: {error.strerror}") from None
        public = verifier_key(name, _private(file).public_key(), COSIGNATURE)
        file.with_suffix(".pub").write_text(public + "\n", "utf-8")
    err.print(public, markup=False, soft_wrap=True)


def witness(
    request: Annotated[Path, typer.Argument(help="What `hub audit checkpoint --since` printed.")],
    log_key: Annotated[Path, typer.Option("--log-key", help="The hub's verifier key (.pub of an export).")],
    key: Annotated[Path, typer.Option("--key", help="The witness's own key.")],
    name: NameOption,
    state: Annotated[Path, typer.Option("--state", help="Where the witness keeps the checkpoint it cosigned last.")],
) -> None:
    """Cosign a checkpoint if it adds to the last one cosigned, and print the line; if not, exit 1 and say why."""
    with plainly():
        log, private = _log(log_key), _private(key)
        if not named(name):
            raise Refused("--name takes a name without spaces and plus signs")
        with _alone(state):
            line = _cosign(_text(request), log, _last(state, log), state, (name, private))
    typer.echo(line, nl=False)


def _cosign(
    text: str,
    log: tuple[str, Ed25519PublicKey],
    last: Checkpoint | None,
    state: Path,
    who: tuple[str, Ed25519PrivateKey],
) -> str:
    try:
        submitted = read_request(text)
        examined(submitted, log, last)
    except NotCosigned as error:
        size = f"; the last one cosigned has size {last.size if last else 0}"
        raise Refused(f"not cosigned. {error}{size}") from None
    line = cosigned(read(submitted.note).text, *who, int(datetime.now(UTC).timestamp())).line
    _keep(state, submitted.note + line)
    return line


def _log(path: Path) -> tuple[str, Ed25519PublicKey]:
    try:
        return read_named_key(_text(path))
    except NoteRefused:
        raise Refused(f"{path} is not a verifier key") from None


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_text(path).strip()))
    except ValueError:
        raise Refused(f"{path} is not a witness's key: `hub audit witness-key` makes one") from None


def _last(state: Path, log: tuple[str, Ed25519PublicKey]) -> Checkpoint | None:
    if not state.exists():
        return None
    try:
        found = read_note(_text(state), log[1])
    except NoteRefused:
        raise Refused(
            f"{state} holds no checkpoint of this log: nothing is cosigned before somebody has looked"
        ) from None
    if found.origin != log[0]:
        raise Refused(f"{state} holds a checkpoint of another log: each log has a file of its own")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{path} cannot be read") from None


@contextlib.contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Hold a witness's state: two that look at it at once could cosign a smaller head after a larger."""
    try:
        with state.with_name(f"{state.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise Refused(f"{state} cannot be kept: {error.strerror}") from None


def _keep(state: Path, note: str) -> None:
    """Keep the checkpoint before anybody is given a signature on it: whole, or as it was."""
    write_whole(state, note)
