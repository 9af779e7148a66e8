"""A leaf: how an entry becomes a row whose hash commits to every column.

``body_hash`` is SHA-256(salt ‖ body) with a salt of 32 random bytes of its own; the leaf is the canonical list of
the form's name, the columns and ``body_hash``. So a body can be erased, with its salt, and the log still verifies;
what was erased can then not be guessed from its hash.
"""

import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import orjson

from hub.audit.alike import canonical_each
from hub.audit.canonical import canonical, instant
from hub.audit.entries import Entry
from hub.audit.merkle import leaf_hash

FORM = "hub-audit-1"
SALT = 32


class Row(NamedTuple):
    """A row of the log, in the order of the table's columns."""

    log_id: str
    seq: int
    record_id: str
    at: str
    kind: str
    request_id: str
    subject: str | None
    actor: str | None
    body: bytes | None
    salt: bytes | None
    body_hash: bytes
    leaf_hash: bytes


class Draft(NamedTuple):
    """An entry made ready, before its place in the log is known."""

    record_id: str
    at: str
    kind: str
    request_id: str
    subject: str | None
    actor: str | None
    body: bytes
    salt: bytes
    body_hash: bytes


def draft(entry: Entry) -> Draft:
    """Make an entry ready: its canonical body, salted and hashed."""
    return _draft(entry, canonical(entry))


def drafts(entries: Sequence[Entry]) -> tuple[Draft, ...]:
    """Make entries ready, each as ``draft`` would."""
    return tuple(map(_draft, entries, canonical_each(entries)))


def _draft(entry: Entry, body: bytes) -> Draft:
    salt = secrets.token_bytes(SALT)
    return Draft(
        entry.record_id,
        instant(entry.at),
        entry.kind.value,
        entry.request_id,
        entry.subject,
        entry.actor,
        body,
        salt,
        sha256(salt + body).digest(),
    )


def placed(made: Draft, log_id: str, seq: int) -> Row:
    """Give a draft its place in a log."""
    columns = (made.record_id, made.at, made.kind, made.request_id, made.subject, made.actor)
    body_hash = made.body_hash
    return Row(log_id, seq, *columns, made.body, made.salt, body_hash, _leaf(log_id, seq, columns, body_hash))


def _leaf(log_id: str, seq: int, columns: tuple[str | None, ...], body_hash: bytes) -> bytes:
    return leaf_hash(orjson.dumps([FORM, log_id, seq, *columns, body_hash.hex()]))


def holds(row: Row) -> bool:
    """Say whether a stored row is what its hashes say; an erased body is taken at its hash."""
    if (row.body is None) != (row.salt is None):
        return False
    if row.body is not None and row.salt is not None and sha256(row.salt + row.body).digest() != row.body_hash:
        return False
    columns = (row.record_id, row.at, row.kind, row.request_id, row.subject, row.actor)
    return _leaf(row.log_id, row.seq, columns, row.body_hash) == row.leaf_hash
