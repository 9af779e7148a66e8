"""The checker: takes an export's checkpoints, then its records, and says what is not as it was written.

It shares no hashing, signing or tree code with the ledger: only the formats. Records are taken one at a time, so a
ledger of any length is checked in little memory.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit.verification import Damage, Finding, Verification
from hub.audit.witness import Grown, Head, signed_head

Line: TypeAlias = Mapping[str, object]

MOST = 100
"""Findings kept; the rest are counted."""

COLUMNS = ("record_id", "at", "kind", "request_id", "subject", "actor")
RECORD = {"log_id", "seq", *COLUMNS, "body", "salt", "body_hash", "leaf_hash"}
CHECKPOINT = {"number", "log_id", "size", "root", "frontier", "note", "at", "hub_frontier", "hub_note"}


class _Promise(NamedTuple):
    size: int
    root: bytes
    frontier: str | None
    place: str
    differs: Damage
    missing: Damage


@dataclass(slots=True)
class _Log:
    tree: Grown = field(default_factory=Grown)
    promises: list[_Promise] = field(default_factory=list)
    signed: int = 0
    next: int = 0
    gap: bool = False


class Checker:
    """Checks one ledger. Feed every checkpoint, then ``settle``, then every record, then ``finish``."""

    def __init__(self, public: Ed25519PublicKey, origin: str, witnessed: Sequence[str]) -> None:
        """Take the key, the hub's name, and notes that were kept outside the hub."""
        self._public = public
        self._origin = origin
        self._logs: dict[str, _Log] = {}
        self._hub = Grown()
        self._kept: dict[int, list[tuple[bytes, str]]] = {}
        self._erased: dict[str, tuple[str, str, int, bool]] = {}
        self._retired: dict[str, int] = {}
        self._explained: set[str] = set()
        self._findings: list[Finding] = []
        self._found = self._records = 0
        self._current = ""
        for number, note in enumerate(witnessed, 1):
            self._witness(note, f"witness {number}")

    def found(self, place: str, damage: Damage) -> None:
        """Note a piece of damage."""
        self._found += 1
        if len(self._findings) < MOST:
            self._findings.append(Finding(place, damage))

    def checkpoint(self, line: Line) -> None:
        """Check one checkpoint; they come by number."""
        place = f"checkpoint {self._hub.size + 1}"
        log_id, at = line.get("log_id"), line.get("at")
        note, hub_note = signed_head(line.get("note"), self._public), signed_head(line.get("hub_note"), self._public)
        self._hub.push(_hub_leaf(line.get("number"), log_id, at, line.get("note")))
        if line.get("number") != self._hub.size:
            self.found(place, Damage.CHECKPOINT)
        for root, witness in self._kept.pop(self._hub.size, ()):
            if root != self._hub.root():
                self.found(f"{witness}, at {place}", Damage.FORKED)
        if note is None or hub_note is None:
            self.found(place, Damage.SIGNATURE)
            return
        if hub_note != Head(self._origin, self._hub.size, self._hub.root()) or not self._agrees(line, note):
            self.found(place, Damage.CHECKPOINT)
            return
        log = self._logs.setdefault(str(log_id), _Log())
        if note.size < log.signed or (note.size == log.signed and log.signed):
            self.found(place, Damage.CHECKPOINT)
        log.signed = max(note.size, log.signed)
        promise = _Promise(note.size, note.root, str(line["frontier"]), place, Damage.ROOT, Damage.TRUNCATED)
        log.promises.append(promise)

    def settle(self) -> None:
        """Say that there are no more checkpoints."""
        for kept in self._kept.values():
            for _, witness in kept:
                self.found(witness, Damage.ROLLED_BACK)
        for log_id, log in self._logs.items():
            log.promises.sort(key=lambda promise: -promise.size)
            self._keep(log_id, log)

    def record(self, line: Line) -> None:
        """Check one record; they come by log and place."""
        self._records += 1
        log_id, seq = line.get("log_id"), line.get("seq")
        place = f"record {log_id}/{seq}"
        if set(line) != RECORD or not isinstance(log_id, str) or type(seq) is not int:
            self.found(f"record line {self._records}", Damage.UNREADABLE)
            return
        log = self._logs.setdefault(log_id, _Log())
        if log_id < self._current or seq < log.next:
            self.found(place, Damage.OUT_OF_PLACE)
            return
        self._current = log_id
        if seq > log.next:
            self.found(place, Damage.MISSING)
            log.gap = True
        log.next = seq + 1
        try:
            self._content(line, place)
            log.tree.push(_bytes(line["leaf_hash"]))
        except (KeyError, TypeError, ValueError):
            self.found(place, Damage.UNREADABLE)
            log.gap = True
        self._keep(log_id, log)

    def finish(self) -> Verification:
        """Give the result."""
        for log in self._logs.values():
            for promise in log.promises:
                self.found(promise.place, promise.missing)
        for record_id in self._erased.keys() - self._explained:
            place, log_id, seq, event = self._erased[record_id]
            if event or seq >= self._retired.get(log_id, 0):
                self.found(place, Damage.ERASED)
        uncovered = sum(max(log.next - log.signed, 0) for log in self._logs.values())
        logs = tuple(sorted(self._logs))
        return Verification(
            self._records, self._hub.size, logs, len(self._erased), uncovered, self._found, tuple(self._findings)
        )

    def _witness(self, note: str, place: str) -> None:
        head = signed_head(note, self._public)
        if head is None:
            self.found(place, Damage.SIGNATURE)
        elif head.origin == self._origin:
            self._kept.setdefault(head.size, []).append((head.root, place))
        elif head.origin.startswith(f"{self._origin}/"):
            log = self._logs.setdefault(head.origin.removeprefix(f"{self._origin}/"), _Log())
            log.promises.append(_Promise(head.size, head.root, None, place, Damage.FORKED, Damage.ROLLED_BACK))
        else:
            self.found(place, Damage.FORKED)

    def _agrees(self, line: Line, note: Head) -> bool:
        return (
            set(line) == CHECKPOINT
            and note.origin == f"{self._origin}/{line['log_id']}"
            and type(line["size"]) is int
            and line["size"] == note.size
            and line["root"] == note.root.hex()
            and line["hub_frontier"] == self._hub.frontier()
        )

    def _content(self, line: Line, place: str) -> None:
        body, salt = line["body"], line["salt"]
        if body is None and salt is None:
            log_id, seq = str(line["log_id"]), cast("int", line["seq"])
            self._erased[str(line["record_id"])] = place, log_id, seq, line["kind"] == "EVENT"
        elif hashlib.sha256(_bytes(salt) + str(body).encode()).hexdigest() != line["body_hash"]:
            self.found(place, Damage.BODY)
        elif line["kind"] == "EVENT":
            self._event(str(body))
        hashed = ["hub-audit-1", line["log_id"], line["seq"], *(line[name] for name in COLUMNS), line["body_hash"]]
        if hashlib.sha256(b"\x00" + _json(hashed)).hexdigest() != line["leaf_hash"]:
            self.found(place, Damage.RECORD)

    def _event(self, body: str) -> None:
        event = json.loads(body)
        if event["name"] == "BODY_ERASED":
            self._explained.add(event["about"])
        elif event["name"] == "BODIES_RETIRED":
            log_id, _, upto = event["about"].rpartition(":")
            self._retired[log_id] = max(int(upto), self._retired.get(log_id, 0))

    def _keep(self, log_id: str, log: _Log) -> None:
        while log.promises and log.promises[-1].size <= log.next:
            promise = log.promises.pop()
            right = promise.root == log.tree.root() and promise.frontier in (None, log.tree.frontier())
            if not right and not log.gap:
                self.found(f"{promise.place}, log {log_id} up to {promise.size}", promise.differs)


def _hub_leaf(*checkpoint: object) -> bytes:
    return hashlib.sha256(b"\x00" + _json(["hub-checkpoint-1", *checkpoint])).digest()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _bytes(text: object) -> bytes:
    found = bytes.fromhex(str(text))
    if found.hex() != text:
        raise ValueError("not lower-case hexadecimal")
    return found
