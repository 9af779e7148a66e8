"""Witnesses cosign what only grew, by the public specification, and nothing else."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.audit import ORIGIN
from hub.audit.checkpoint import Checkpoint, NoteRefused, read_note, read_verifier_key, sign, sign_text, verifier_key
from hub.audit.cosignature import cosigned, cosigned_at
from hub.audit.export import latest_notes
from hub.audit.merkle import consistency_proof, leaf_hash, root_of
from hub.audit.notes import COSIGNATURE, LONGEST, insist_on_ed25519, key_id, read
from hub.audit.submission import NoSuchHead, submission
from hub.audit.verify import verify_database
from hub.audit.witness import signed_head
from hub.audit.witnessing import MOST, NotCosigned, Submitted, Why, examined, read_request
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.test_ledger import opened

LOG, WITNESS, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
NAME, PARTNER = "hub.example/log", "partner.example/w1"
LEAVES = [leaf_hash(bytes([n])) for n in range(40)]

# the checkpoint that the specification shows, with its cosignature by a witness it names no key of
SHOWN = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 -- as it is published
SHOWN_TIME = 1679315147


def head(size: int, *, key: Ed25519PrivateKey = LOG, leaves: list[bytes] = LEAVES) -> str:
    """Give a signed head over the first so many leaves."""
    return sign(Checkpoint(NAME, size, root_of(leaves[:size])), key)


def asked(old: int, new: int, leaves: list[bytes] = LEAVES) -> Submitted:
    """Give a right request."""
    return Submitted(old, consistency_proof(leaves[:new], old) if old else (), head(new, leaves=leaves))


def seen(size: int) -> Checkpoint:
    """Give what the witness saw last."""
    return read_note(head(size), LOG.public_key())


def why(submitted: Submitted | str, last: Checkpoint | None, public: Ed25519PublicKey | None = None) -> Why:
    """Give why a request is refused."""
    text = submitted if isinstance(submitted, str) else submitted.written
    with pytest.raises(NotCosigned) as error:
        examined(read_request(text), (NAME, public or LOG.public_key()), last)
    return error.value.why


GOOD = asked(3, 8).written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "old 3\n",
        GOOD.replace("old 3", "old 03"),
        GOOD.replace("old 3", "old -3"),
        GOOD.replace("old 3", "new 3"),
        GOOD.replace("old 3\n", "old 3\nnot a hash\n"),
        GOOD.replace("old 3\n", "old 3\nAAAA\n"),
        GOOD.replace("old 3\n", "old 3\n" + "A" * 43 + "=\n" * 1 + ("A" * 43 + "=\n") * MOST),
        GOOD.replace("\n\n", "\n", 1),
        GOOD.replace(NAME, f"{NAME}\x07"),
        GOOD[:-1],
        asked(3, 8).written.replace("old 3", "old 9"),
    ],
)
def test_what_is_no_request_is_refused(text: str) -> None:
    """A size in another form, a hash that is none, too many of them, no checkpoint, an older head than the last."""
    assert why(text, seen(3)) is Why.MALFORMED


def test_a_head_that_did_not_only_grow_is_refused() -> None:
    """Cut back, written anew, another proof or none: each has its reason, as the specification numbers them."""
    anew = [*LEAVES[:2], leaf_hash(b"changed"), *LEAVES[3:]]
    assert why(asked(3, 8, anew), seen(3)) is Why.NOT_CONSISTENT
    assert why(replace(asked(3, 8), proof=()), seen(3)) is Why.NOT_CONSISTENT
    assert why(replace(asked(3, 8), proof=asked(3, 8).proof[::-1]), seen(3)) is Why.NOT_CONSISTENT
    assert why(Submitted(0, asked(3, 8).proof, head(8)), None) is Why.NOT_CONSISTENT
    assert why(asked(3, 3, anew), seen(3)) is Why.FORKED
    assert why(asked(3, 8), seen(5)) is Why.ANOTHER_SIZE
    assert why(asked(0, 3), seen(5)) is Why.ANOTHER_SIZE
    assert why(asked(3, 8), None) is Why.ANOTHER_SIZE


def test_a_head_the_log_did_not_sign_is_refused() -> None:
    """Another key's, another log's, and one that claims the key and is not its signature."""
    assert why(replace(asked(0, 8), note=head(8, key=OTHER)), None) is Why.NOT_SIGNED
    assert why(asked(0, 8), None, OTHER.public_key()) is Why.NOT_SIGNED
    elsewhere = sign(Checkpoint("elsewhere", 8, root_of(LEAVES[:8])), LOG)
    assert why(replace(asked(0, 8), note=elsewhere), None) is Why.UNKNOWN
    spoilt = head(8) + head(9).rpartition("\n\n")[2]
    assert why(replace(asked(0, 8), note=spoilt), None) is Why.NOT_SIGNED


@pytest.mark.parametrize(("old", "new"), [(0, 1), (0, 40), (1, 1), (3, 8), (7, 40), (39, 40), (40, 40)])
def test_a_head_that_only_grew_is_cosigned(old: int, new: int) -> None:
    """From nothing, from any head before, and again at the same size; the line says who and when, and no more."""
    submitted = asked(old, new)
    assert read_request(submitted.written) == submitted
    assert examined(submitted, (NAME, LOG.public_key()), seen(old) if old else None) == seen(new)
    line = cosigned(read(submitted.note).text, PARTNER, WITNESS, 1_700_000_000).line
    note = read(submitted.note + line)
    assert cosigned_at(note, PARTNER, WITNESS.public_key()) == 1_700_000_000
    assert read_note(submitted.note + line, LOG.public_key()) == seen(new)
    assert signed_head(submitted.note + line, LOG.public_key()) is not None


def test_a_cosignature_by_nobody_known_or_on_another_head_is_none() -> None:
    """Another name, key, head or time; a log's own signature is no witness's, though its key and name are the same."""
    line = cosigned(read(head(8)).text, PARTNER, WITNESS, 1_700_000_000)
    note = read(head(8) + line.line)
    for name, key in ((PARTNER, OTHER), ("someone.else", WITNESS)):
        with pytest.raises(NoteRefused, match="not cosigned"):
            cosigned_at(note, name, key.public_key())
    later = replace(line, value=(1_700_000_001).to_bytes(8, "big") + line.value[8:])
    never = replace(line, value=(2**63).to_bytes(8, "big") + line.value[8:])
    for text, wrong in ((head(9), line), (head(8), later), (head(8), never)):
        with pytest.raises(NoteRefused):
            cosigned_at(read(text + wrong.line), PARTNER, WITNESS.public_key())
    with pytest.raises(NoteRefused, match="not cosigned"):
        cosigned_at(read(head(8)), NAME, LOG.public_key())
    with pytest.raises(NoteRefused, match="spaces"):
        cosigned("", "two words", WITNESS, 0)


def test_the_specifications_own_checkpoint_is_read() -> None:
    """Its text, its two signatures, and the time in the witness's."""
    note = read(SHOWN)
    assert [s.name for s in note.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert int.from_bytes(note.signatures[1].value[:8], "big") == SHOWN_TIME
    assert note.text + "\n" + "".join(s.line for s in note.signatures) == SHOWN
    with pytest.raises(NoteRefused, match="another key"):
        insist_on_ed25519(note, "example.com/behind-the-sofa", LOG.public_key())


def test_keys_of_both_kinds_are_told_apart() -> None:
    """The same key under the same name is one key as a log's and another as a witness's."""
    public = WITNESS.public_key()
    assert key_id(PARTNER, public) != key_id(PARTNER, public, COSIGNATURE)
    text = verifier_key(PARTNER, public, COSIGNATURE)
    assert read_verifier_key(text, COSIGNATURE).public_bytes_raw() == public.public_bytes_raw()
    with pytest.raises(NoteRefused):
        read_verifier_key(text)


@pytest.mark.parametrize(
    "line",
    [
        "— partner.example/w1 ",
        "— two words AAAAAAAA",
        "— a+b AAAAAAAA",
        "—  AAAAAAAA",
        "- a AAAAAAAA",
        "— a AAAAAAA",
        "— a AAAA",
    ],
)
def test_a_note_with_a_line_that_is_no_signature_is_no_note(line: str) -> None:
    """Whatever else stands in it; both readers refuse it."""
    with pytest.raises(NoteRefused):
        read_note(f"{head(8)}{line}\n", LOG.public_key())
    assert signed_head(f"{head(8)}{line}\n", LOG.public_key()) is None


def test_a_note_without_end_is_not_read() -> None:
    """A note that is too long is refused before it is taken apart; lines of a log's own are passed over."""
    with pytest.raises(NoteRefused):
        read("x" * LONGEST + head(8))
    more = sign_text(seen(8).text + "a line of the log's own\n", NAME, LOG)
    assert read_note(more, LOG.public_key()) == seen(8)


async def test_a_witness_follows_the_hub_and_stops_when_it_was_put_back(
    database: Database, keyring: Keyring, public: Ed25519PublicKey
) -> None:
    """Head after head is cosigned from the proof the hub gives; what was cosigned verifies the ledger ever after."""
    log, last = (ORIGIN, public), None
    with pytest.raises(NoSuchHead):
        await submission(database, 0)
    for size in range(1, 6):
        ledger = await opened(database, keyring, replica="ab"[size % 2])
        await ledger.append(people.intent(size))
        await ledger.close()
        submitted = await submission(database, last.size if last else 0)
        last = examined(submitted, log, last)
        assert last.size == size
    (note,) = await latest_notes(database)
    line = cosigned(read(note).text, PARTNER, WITNESS, 1).line
    assert (await verify_database(database, public, witnessed=[note + line])).ok
    with pytest.raises(NoSuchHead):
        await submission(database, 6)
    assert why(await submission(database, 3), last, public) in {Why.ANOTHER_SIZE, Why.UNKNOWN}
