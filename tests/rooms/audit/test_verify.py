"""The verifier: nothing wrong called right, nothing right called wrong, and each damage with its name and place."""

import asyncio
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.audit.checkpoint import Checkpoint, read_verifier_key, sign
from hub.audit.checkpoints import hub_leaf
from hub.audit.export import export_ledger, latest_notes
from hub.audit.leaf import SALT, Draft, placed
from hub.audit.ledger import Ledger
from hub.audit.merkle import Tree
from hub.audit.verification import Damage, Verification
from hub.audit.verify import verify, verify_database
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.stage import clock, fresh

MUTATIONS = 1_050


@dataclass(frozen=True)
class Exported:
    """An export, the notes kept outside at its end, and a place to put altered copies."""

    lines: list[bytes]
    notes: tuple[str, ...]
    public: Ed25519PublicKey
    key: Ed25519PrivateKey
    folder: Path

    def check(self, lines: list[bytes], *notes: str) -> Verification:
        """Verify other lines."""
        return self.check_bytes(b"".join(lines), *notes)

    def check_bytes(self, content: bytes, *notes: str) -> Verification:
        """Verify other bytes."""
        path = self.folder / "altered.jsonl"
        path.write_bytes(content)
        return verify(path, self.public, witnessed=notes)

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records."""
        return [orjson.loads(line) for line in self.lines if b'"seq":' in line]

    @property
    def checkpoints(self) -> list[dict[str, Any]]:
        """The checkpoints."""
        return [orjson.loads(line) for line in self.lines if b'"number":' in line]

    def written(self, checkpoints: list[dict[str, Any]], records: list[dict[str, Any]]) -> list[bytes]:
        """Write an export as one who knows the format would, its header agreeing."""
        header = orjson.loads(self.lines[0]) | {"checkpoints": len(checkpoints), "records": len(records)}
        option = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        return [orjson.dumps(line, option=option) for line in (header, *checkpoints, *records)]


async def _fill(database: Database, keyring: Keyring) -> None:
    for _ in range(3):
        for replica in "ab":
            ledger = await Ledger.open(database, keyring, replica=replica, clock=clock)
            for number in range(3):
                asked = people.intent(number)
                await ledger.append(asked, people.outcome(asked))
            await ledger.append(people.event())
            await ledger.close()


@pytest.fixture(scope="module")
def exported(keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Two replicas' logs, three checkpoints each, all covered, as an export."""
    folder = tmp_path_factory.mktemp("export")

    async def make() -> tuple[str, ...]:
        database = await fresh(f"sqlite:///{folder / 'hub.db'}")
        await _fill(database, keyring)
        await export_ledger(database, keyring.ledger.public_key(), folder / "ledger.jsonl")
        notes = await latest_notes(database)
        notes += tuple(line["note"] for line in _numbered(folder / "ledger.jsonl")[-2:])
        await database.close()
        return notes

    notes = asyncio.run(make())
    lines = (folder / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    return Exported(lines, notes, keyring.ledger.public_key(), keyring.ledger, folder)


def _numbered(path: Path) -> list[dict[str, Any]]:
    return [line for line in map(orjson.loads, path.read_bytes().splitlines()) if "number" in line]


def kinds(found: Verification) -> set[Damage]:
    """Give the kinds of damage found."""
    return {finding.damage for finding in found.findings}


def test_a_clean_export_verifies_with_its_key_alone(exported: Exported) -> None:
    """No false alarm, everything covered, with the notes kept outside and the key beside the file."""
    key = read_verifier_key((exported.folder / "ledger.pub").read_text())
    found = verify(exported.folder / "ledger.jsonl", key, witnessed=exported.notes)
    assert (found.ok, found.findings) == (True, ())
    assert (found.records, found.checkpoints, found.logs, found.uncovered) == (42, 6, ("a", "b"), 0)


def _flip(lines: list[bytes], chance: random.Random) -> bytes:
    content = bytearray(b"".join(lines))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def _delete(lines: list[bytes], chance: random.Random) -> bytes:
    at = chance.randrange(len(lines))
    return b"".join(lines[:at] + lines[at + 1 :])


def _duplicate(lines: list[bytes], chance: random.Random) -> bytes:
    at, line = chance.randrange(len(lines) + 1), chance.choice(lines)
    return b"".join([*lines[:at], line, *lines[at:]])


def _swap(lines: list[bytes], chance: random.Random) -> bytes:
    one, two = chance.sample(range(len(lines)), 2)
    changed = list(lines)
    changed[one], changed[two] = changed[two], changed[one]
    return b"".join(changed)


def _truncate(lines: list[bytes], chance: random.Random) -> bytes:
    content = b"".join(lines)
    return content[: chance.randrange(len(content))]


def _insert(lines: list[bytes], chance: random.Random) -> bytes:
    content = b"".join(lines)
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.randbytes(chance.randint(1, 5)) + content[at:]


def _exchange(lines: list[bytes], chance: random.Random) -> bytes:
    """Exchange one column between two records, or two checkpoints."""
    changed = [orjson.loads(line) for line in lines]
    while True:
        one, two = chance.sample(changed[1:], 2)
        column = chance.choice(sorted(one))
        if column in two and one[column] != two[column]:
            one[column], two[column] = two[column], one[column]
            option = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
            return b"".join(orjson.dumps(line, option=option) for line in changed)


def test_no_mutation_is_missed(exported: Exported) -> None:
    """A thousand and fifty random mutations of seven kinds: every one is found."""
    chance = random.Random(6962)  # noqa: S311 -- chooses what to damage
    whole, missed, ways = (
        b"".join(exported.lines),
        [],
        [_flip, _delete, _duplicate, _swap, _truncate, _insert, _exchange],
    )
    for number in range(MUTATIONS):
        way = ways[number % len(ways)]
        altered = way(exported.lines, chance)
        assert altered != whole
        if exported.check_bytes(altered).ok:
            missed.append((number, way.__name__))
    assert missed == []


def rehashed(record: dict[str, Any], body: str | None = None, **columns: Any) -> dict[str, Any]:
    """Forge a record as one would who knows the format but has no key: every hash agrees."""
    new = record | columns
    text = (body if body is not None else new["body"]).encode()
    names = ("record_id", "at", "kind", "request_id", "subject", "actor")
    made = Draft(*(new[n] for n in names), text, bytes(SALT), hashlib.sha256(bytes(SALT) + text).digest())
    row = placed(made, new["log_id"], new["seq"])
    return new | {
        "body": text.decode(),
        "salt": bytes(SALT).hex(),
        "body_hash": row.body_hash.hex(),
        "leaf_hash": row.leaf_hash.hex(),
    }


def _forged_edit(e: Exported) -> list[bytes]:
    records = e.records
    records[4] = rehashed(records[4], actor="f" * 32)
    return e.written(e.checkpoints, records)


def _forged_body(e: Exported) -> list[bytes]:
    records = e.records
    records[2] = rehashed(records[2], body='{"name":"NOTHING_HAPPENED"}')
    return e.written(e.checkpoints, records)


def _renumbered(e: Exported) -> list[bytes]:
    log = [r for r in e.records if r["log_id"] == "a"]
    others = [r for r in e.records if r["log_id"] != "a"]
    kept = [rehashed(r, seq=seq) for seq, r in enumerate(log[:3] + log[4:])]
    return e.written(e.checkpoints, kept + others)


def _cut(e: Exported) -> list[bytes]:
    return e.written(e.checkpoints, e.records[:-1])


def _hole(e: Exported) -> list[bytes]:
    return e.written(e.checkpoints, e.records[:5] + e.records[6:])


def _twice(e: Exported) -> list[bytes]:
    return e.written(e.checkpoints, [*e.records[:6], *e.records[5:]])


def _two_turned(e: Exported) -> list[bytes]:
    r = e.records
    return e.written(e.checkpoints, [*r[:5], r[6], r[5], *r[7:]])


def _logs_turned(e: Exported) -> list[bytes]:
    return e.written(e.checkpoints, sorted(e.records, key=lambda r: r["log_id"], reverse=True))


def _bodies_swapped(e: Exported) -> list[bytes]:
    r = e.records
    r[0], r[2] = (r[0] | {n: r[2][n] for n in ("body", "salt")}, r[2] | {n: r[0][n] for n in ("body", "salt")})
    return e.written(e.checkpoints, r)


def _column_changed(e: Exported) -> list[bytes]:
    r = e.records
    r[7]["subject"] = "0" * 32
    return e.written(e.checkpoints, r)


def _body_gone(e: Exported) -> list[bytes]:
    r = e.records
    r[7] |= {"body": None, "salt": None}
    return e.written(e.checkpoints, r)


def _half_gone(e: Exported) -> list[bytes]:
    r = e.records
    r[7] |= {"salt": None}
    return e.written(e.checkpoints, r)


def _salt_shouted(e: Exported) -> list[bytes]:
    r = e.records
    r[7]["salt"] = r[7]["salt"].upper()
    return e.written(e.checkpoints, r)


def _size_as_fraction(e: Exported) -> list[bytes]:
    checkpoints = e.checkpoints
    checkpoints[1]["size"] = float(checkpoints[1]["size"])
    return e.written(checkpoints, e.records)


def _count_as_fraction(e: Exported) -> list[bytes]:
    return [e.lines[0].replace(b":42", b":42.0"), *e.lines[1:]]


def _column_missing(e: Exported) -> list[bytes]:
    r = e.records
    del r[7]["actor"]
    return e.written(e.checkpoints, r)


def _forged_signature(e: Exported) -> list[bytes]:
    other, checkpoints = Ed25519PrivateKey.from_private_bytes(bytes(32)), e.checkpoints
    head = Checkpoint(f"childrens-services-hub/{checkpoints[-1]['log_id']}", checkpoints[-1]["size"], bytes(32))
    checkpoints[-1]["note"] = sign(head, other)
    return e.written(checkpoints, e.records)


def _checkpoint_gone(e: Exported) -> list[bytes]:
    return e.written([*e.checkpoints[:2], *e.checkpoints[3:]], e.records)


def _size_changed(e: Exported) -> list[bytes]:
    checkpoints = e.checkpoints
    checkpoints[1]["size"] += 1
    return e.written(checkpoints, e.records)


def _hub_frontier_changed(e: Exported) -> list[bytes]:
    checkpoints = e.checkpoints
    checkpoints[1]["hub_frontier"] = checkpoints[0]["hub_frontier"]
    return e.written(checkpoints, e.records)


def _frontier_changed(e: Exported) -> list[bytes]:
    checkpoints = e.checkpoints
    checkpoints[1]["frontier"] = checkpoints[0]["frontier"]
    return e.written(checkpoints, e.records)


def _not_a_line(e: Exported) -> list[bytes]:
    return [*e.lines, b"{}\n", b"no\n", b"[]\n"]


def _checkpoint_late(e: Exported) -> list[bytes]:
    return [*e.lines[:6], *e.lines[7:], e.lines[6]]


@pytest.mark.parametrize(
    ("damaged", "damage", "place"),
    [
        (_forged_edit, Damage.ROOT, "checkpoint 1, log a up to 7"),
        (_forged_body, Damage.ROOT, "checkpoint 1, log a up to 7"),
        (_renumbered, Damage.ROOT, "checkpoint 1, log a up to 7"),
        (_cut, Damage.TRUNCATED, "checkpoint 6"),
        (_hole, Damage.MISSING, "record a/6"),
        (_twice, Damage.OUT_OF_PLACE, "record a/5"),
        (_two_turned, Damage.OUT_OF_PLACE, "record a/5"),
        (_logs_turned, Damage.OUT_OF_PLACE, "record a/0"),
        (_bodies_swapped, Damage.BODY, "record a/2"),
        (_column_changed, Damage.RECORD, "record a/7"),
        (_body_gone, Damage.ERASED, "record a/7"),
        (_half_gone, Damage.UNREADABLE, "record a/7"),
        (_salt_shouted, Damage.UNREADABLE, "record a/7"),
        (_size_as_fraction, Damage.CHECKPOINT, "checkpoint 2"),
        (_count_as_fraction, Damage.COUNT, "line 1"),
        (_column_missing, Damage.UNREADABLE, "record line 8"),
        (_forged_signature, Damage.SIGNATURE, "checkpoint 6"),
        (_checkpoint_gone, Damage.CHECKPOINT, "checkpoint 3"),
        (_size_changed, Damage.CHECKPOINT, "checkpoint 2"),
        (_hub_frontier_changed, Damage.CHECKPOINT, "checkpoint 2"),
        (_frontier_changed, Damage.ROOT, "checkpoint 2, log b up to 7"),
        (_not_a_line, Damage.UNREADABLE, "line 51"),
        (_checkpoint_late, Damage.OUT_OF_PLACE, "line 49"),
    ],
)
def test_each_damage_is_named_and_placed(
    damaged: Callable[[Exported], list[bytes]], damage: Damage, place: str, exported: Exported
) -> None:
    """Done by one who knows the format and makes every hash and count agree that can: named, and where."""
    found = exported.check(damaged(exported))
    assert (place, damage) in {(f.place, f.damage) for f in found.findings}
    assert not found.ok


def test_a_blind_verifier_is_caught(exported: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier that does not hash the columns would let a changed one pass: so the checks above can fail."""
    assert not exported.check(_column_changed(exported)).ok
    monkeypatch.setattr("hub.audit.checker.Checker._content", lambda *_: None)
    assert exported.check(_column_changed(exported)).ok


def test_an_empty_file_is_not_a_ledger(exported: Exported) -> None:
    """Nothing at all does not verify; nor does a header alone that promises more."""
    assert kinds(exported.check([])) == {Damage.UNREADABLE, Damage.COUNT}
    assert kinds(exported.check(exported.lines[:1])) == {Damage.COUNT}


def test_another_key_verifies_nothing(exported: Exported) -> None:
    """With the wrong key every signature is wrong."""
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    found = verify(exported.folder / "ledger.jsonl", other, witnessed=exported.notes)
    assert found.found == 6 + len(exported.notes)
    assert kinds(found) == {Damage.SIGNATURE}


def test_a_ledger_put_back_is_found_by_a_note_kept_outside(exported: Exported) -> None:
    """Records and checkpoints cut back together agree among themselves; the notes kept outside do not."""
    earlier = exported.written(exported.checkpoints[:4], [r for r in exported.records if r["seq"] < 14])
    assert exported.check(earlier).ok
    for note in exported.notes:
        assert kinds(exported.check(earlier, note)) == {Damage.ROLLED_BACK}


def test_a_history_signed_anew_is_found_by_a_note_kept_outside(exported: Exported) -> None:
    """Whoever stole the key can sign another history; it is not the one whose notes were kept."""
    records = exported.records
    records[4] = rehashed(records[4], actor="f" * 32)
    checkpoints, hub = [], Tree()
    for line in exported.checkpoints:
        log = [bytes.fromhex(r["leaf_hash"]) for r in records if r["log_id"] == line["log_id"]]
        tree = Tree().grown(log[: line["size"]])
        note = sign(Checkpoint(f"childrens-services-hub/{line['log_id']}", tree.size, tree.root), exported.key)
        hub = hub.grown([hub_leaf(line["number"], line["log_id"], line["at"], note)])
        hub_note = sign(Checkpoint("childrens-services-hub", hub.size, hub.root), exported.key)
        new = {"root": tree.root.hex(), "frontier": tree.frontier.hex(), "note": note, "hub_note": hub_note}
        checkpoints.append(line | new | {"hub_frontier": hub.frontier.hex()})
    forked = exported.written(checkpoints, records)
    assert exported.check(forked).ok
    assert kinds(exported.check(forked, exported.notes[0])) == {Damage.FORKED}
    assert kinds(exported.check(forked, *exported.notes[1:])) == {Damage.FORKED}


def test_a_note_of_another_hub_is_no_witness(exported: Exported) -> None:
    """A note for another origin tells another story; of a log that is not here, a later one."""
    strange = sign(Checkpoint("elsewhere", 1, bytes(32)), exported.key)
    assert kinds(exported.check(exported.lines, strange)) == {Damage.FORKED}
    gone = sign(Checkpoint("childrens-services-hub/c", 1, bytes(32)), exported.key)
    assert kinds(exported.check(exported.lines, gone)) == {Damage.ROLLED_BACK}


def test_a_log_that_shrank_is_found_among_its_checkpoints(exported: Exported) -> None:
    """Two checkpoints of one size, or a smaller after a larger: out of turn."""
    last = exported.checkpoints[-1]
    hub = Tree.restored(6, bytes.fromhex(last["hub_frontier"]))
    hub = hub.grown([hub_leaf(7, last["log_id"], last["at"], last["note"])])
    again = last | {
        "number": 7,
        "hub_frontier": hub.frontier.hex(),
        "hub_note": sign(Checkpoint("childrens-services-hub", 7, hub.root), exported.key),
    }
    found = exported.check(exported.written([*exported.checkpoints, again], exported.records))
    assert ("checkpoint 7", Damage.CHECKPOINT) in {(f.place, f.damage) for f in found.findings}


def test_only_so_many_findings_are_kept(exported: Exported) -> None:
    """A ruined ledger is counted in full, listed in part."""
    found = exported.check([exported.lines[0], *([b"x\n"] * 500)])
    assert found.found == 501
    assert len(found.findings) == 100


async def test_every_column_of_the_database_counts(keyring: Keyring, public: Ed25519PublicKey, tmp_path: Path) -> None:
    """Any one column of either table, altered where it lies: found."""
    import sqlite3

    database = await fresh(f"sqlite:///{tmp_path / 'hub.db'}")
    await _fill(database, keyring)
    assert (await verify_database(database, public)).ok
    connection = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    for table in ("audit_record", "audit_checkpoint"):
        columns = [row[1:3] for row in connection.execute(f"PRAGMA table_info({table})")]
        for name, kind in columns:
            change = {"BLOB": "zeroblob(32)", "BIGINT": f"{name} + 50"}.get(kind, f"{name} || 'x'")
            connection.execute("BEGIN")
            place = "log_id = 'a' AND seq = 7" if table == "audit_record" else "number = 3"
            connection.execute(f"UPDATE {table} SET {name} = {change} WHERE {place}")  # noqa: S608 -- the names are the table's own
            connection.execute("COMMIT")
            found = await verify_database(database, public)
            assert not found.ok, name
            connection.execute("DELETE FROM audit_record")
            connection.execute("DELETE FROM audit_checkpoint")
            await _fill(database, keyring)
    connection.execute("UPDATE audit_record SET body = x'ff' WHERE seq = 1")
    assert kinds(await verify_database(database, public)) == {Damage.UNREADABLE}
    path = tmp_path / "damaged.jsonl"
    await export_ledger(database, public, path)
    assert kinds(verify(path, public)) == {Damage.BODY}
    connection.execute("DROP TABLE audit_record")
    connection.close()
    assert Damage.UNREADABLE in kinds(await verify_database(database, public))
    await database.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["append", "two", "checkpoint", "close"]), max_size=20))
def test_any_history_verifies(steps: list[str], keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever order of appends, checkpoints and restarts: the log is dense and everything verifies."""
    asyncio.run(_live(steps, keyring, tmp_path_factory.mktemp("history")))


async def _live(steps: list[str], keyring: Keyring, folder: Path) -> None:
    database = await fresh(f"sqlite:///{folder / 'hub.db'}")
    ledger = await Ledger.open(database, keyring, replica="a", clock=clock)
    seqs: list[int] = []
    for step in steps:
        if step == "close":
            await ledger.close()
            ledger = await Ledger.open(database, keyring, replica="a", clock=clock)
        elif step == "checkpoint":
            await ledger.checkpoint()
        else:
            entries = [people.intent() for _ in range(1 if step == "append" else 2)]
            seqs += [receipt.seq for receipt in await ledger.append(*entries)]
    await ledger.close()
    found = await verify_database(database, keyring.ledger.public_key())
    await database.close()
    assert seqs == list(range(len(seqs)))
    assert (found.ok, found.records, found.uncovered) == (True, len(seqs), 0)


def test_the_verifier_is_a_code_path_of_its_own() -> None:
    """The checker and its trees import nothing that the ledger hashes or signs with."""
    import ast

    from hub.audit import checker, witness

    for module in (checker, witness):
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {n for n in names if n and n.startswith("hub")} <= {"hub.audit.verification", "hub.audit.witness"}
