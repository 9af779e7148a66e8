"""Checkpoints are C2SP notes that other tools can read, and nothing else passes for one."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.audit.checkpoint import (
    Checkpoint,
    NoteRefused,
    key_id,
    read_note,
    read_verifier_key,
    sign,
    sign_text,
    verifier_key,
)
from hub.audit.witness import Head, signed_head

# the key and note of the signed-note specification's first implementation (Go's sumdb tests)
PUBLISHED = Ed25519PrivateKey.from_private_bytes(b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:])
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
HEAD = Checkpoint("hub/a", 12, b"\x05" * 32)
NOTE = sign(HEAD, KEY)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "hub/a\n12\n",
        NOTE.replace("\n12\n", "\n13\n"),
        NOTE.replace("\n12\n", "\n012\n"),
        NOTE.replace("\n12\n", "\nx\n"),
        NOTE.replace("hub/a", "hub/b"),
        NOTE.replace("hub/a\n", "hub/b\n", 1),
        NOTE.replace("— ", "- "),
        NOTE + "\n",
        NOTE[:-1],
        NOTE.replace("\n\n", "\nmore\n\n"),
        NOTE.replace("BQU", "BQ", 1),
        NOTE.replace("BQU=", "BQV=", 1),
        sign_text("hub/a\n12\nBQU=\n", "hub/a", KEY),
        sign(HEAD, OTHER),
        sign(Checkpoint("hub/a", 12, b"\x05" * 31), KEY),
        sign_text("hub/a\n012\n" + b64encode(b"\x05" * 32).decode() + "\n", "hub/a", KEY),
        NOTE[:-6] + "AAA=\n",
    ],
)
def test_what_the_key_did_not_sign_is_refused(note: str) -> None:
    """Any other text, name, mark, key or ending is refused by both readers."""
    with pytest.raises(NoteRefused):
        read_note(note, KEY.public_key())
    assert signed_head(note, KEY.public_key()) != Head(*_parts(HEAD))


def test_the_published_note_comes_out() -> None:
    """Signing the published text gives the published note, key id and key."""
    assert sign_text(PUBLISHED_TEXT, "PeterNeumann", PUBLISHED) == f"{PUBLISHED_TEXT}\n{PUBLISHED_LINE}"
    assert key_id("PeterNeumann", PUBLISHED.public_key()).hex() == "c74f20a3"
    assert verifier_key("PeterNeumann", PUBLISHED.public_key()) == PUBLISHED_KEY


def test_a_checkpoint_reads_back() -> None:
    """Both readers give what was signed."""
    assert read_note(NOTE, KEY.public_key()) == HEAD
    assert signed_head(NOTE, KEY.public_key()) == _parts(HEAD)
    assert signed_head(None, KEY.public_key()) is None


@pytest.mark.parametrize("text", ["", "a+b", PUBLISHED_KEY.replace("c7", "c8"), PUBLISHED_KEY.replace("+AR", "+BR")])
def test_a_key_that_is_not_one_is_refused(text: str) -> None:
    """A verifier key must say who it is."""
    with pytest.raises(NoteRefused):
        read_verifier_key(text)


def test_a_verifier_key_reads_back() -> None:
    """The published key is the one that signed."""
    assert read_verifier_key(PUBLISHED_KEY + "\n").public_bytes_raw() == PUBLISHED.public_key().public_bytes_raw()


def _parts(head: Checkpoint) -> tuple[str, int, bytes]:
    return head.origin, head.size, head.root
