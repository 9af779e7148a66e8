"""Keys: made once, for their owner's eyes, and every one that is missing or malformed is listed."""

from pathlib import Path

import pytest

from hub.keys import SIGNING, SYMMETRIC, KeysError, create_keys, read_keys

NAMES = (*SYMMETRIC, SIGNING)


def test_keys_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    """A second start finds the same keys; nobody but their owner may read them."""
    folder = tmp_path / "deep" / "keys"
    create_keys(folder)
    before = {name: (folder / f"{name}.key").read_text() for name in NAMES}
    assert len(set(before.values())) == len(NAMES)
    assert {(folder / f"{name}.key").stat().st_mode & 0o777 for name in NAMES} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "index.key").unlink()
    create_keys(folder)
    after = {name: (folder / f"{name}.key").read_text() for name in NAMES}
    assert {name for name in NAMES if before[name] != after[name]} == {"index"}


def test_keys_are_never_printed(tmp_path: Path) -> None:
    """A keyring in a log line says nothing."""
    create_keys(tmp_path)
    ring = read_keys(tmp_path)
    assert repr(ring) == "Keyring()"
    assert {len(ring.kek), len(ring.index), len(ring.audit)} == {32}


@pytest.mark.parametrize(
    "content", [None, b"", b"x" * 64, b"ab", b"ab" * 31, b"ab" * 33, b"\xff" * 64, "ё".encode() * 32]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_is_missing_or_malformed_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    """The file is named, what is in it is not."""
    create_keys(tmp_path)
    path = tmp_path / f"{name}.key"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeysError) as refused:
        read_keys(tmp_path)
    assert f"{name}.key" in str(refused.value)
    assert not any(f"{other}.key" in str(refused.value) for other in NAMES if other != name)
    assert not content or content.decode("latin-1") not in str(refused.value)


def test_every_wrong_key_is_listed_at_once(tmp_path: Path) -> None:
    """One start tells the operator all of them."""
    with pytest.raises(KeysError) as refused:
        read_keys(tmp_path)
    assert all(f"{name}.key" in str(refused.value) for name in NAMES)
