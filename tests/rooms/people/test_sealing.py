"""What is sealed opens only where it was sealed (d1, E7)."""

import secrets

import pytest

from hub.people.hashing import Hasher
from hub.people.keys import Key
from hub.people.sealing import Place, Sealer, Tampered

PLACE = Place("person_source", "row-1", 1)


# A value opens again where it was sealed.
def test_round_trip() -> None:
    kek = secrets.token_bytes(32)
    key = Sealer(kek).fresh(PLACE)
    sealed = key.seal("payload_ct", b"plain")
    assert Sealer(kek).unwrap(PLACE, key.wrapped).open("payload_ct", sealed) == b"plain"
    assert b"plain" not in sealed


# A value moved to another column, or changed in one bit or cut, does not open; the error says where, never what.
def test_moved_and_changed_values_do_not_open() -> None:
    key = Sealer(secrets.token_bytes(32)).fresh(PLACE)
    sealed = key.seal("payload_ct", b"plain")
    for column, value in (
        ("local_ct", sealed),
        ("payload_ct", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("payload_ct", b""),
    ):
        with pytest.raises(Tampered) as caught:
            key.open(column, value)
        assert str(caught.value) == f"person_source.{column} does not open"


# A row's key does not open for another row, table, version, key-encryption key or key version.
@pytest.mark.parametrize(
    "place", [Place("person_source", "row-2", 1), Place("agency_link", "row-1", 1), Place("person_source", "row-1", 2)]
)
def test_swapped_and_rolled_back_rows_do_not_open(place: Place) -> None:
    sealer = Sealer(secrets.token_bytes(32))
    wrapped = sealer.fresh(PLACE).wrapped
    with pytest.raises(Tampered):
        sealer.unwrap(place, wrapped)
    with pytest.raises(Tampered):
        Sealer(secrets.token_bytes(32)).unwrap(PLACE, wrapped)
    with pytest.raises(Tampered):
        sealer.unwrap(PLACE, b"\x02" + wrapped[1:])


# Hashes differ by key, by kind and by key version, fit a signed 64-bit column, and never hold the value.
def test_hashes() -> None:
    key = secrets.token_bytes(32)
    one = Hasher(key)
    assert one.hash(Key("np", "a")) == Hasher(key).hash(Key("np", "a"))
    others = (
        one.hash(Key("bn", "a")),
        Hasher(key, 2).hash(Key("np", "a")),
        Hasher(secrets.token_bytes(32)).hash(Key("np", "a")),
    )
    assert one.hash(Key("np", "a")) not in others
    assert all(-(2**63) <= h < 2**63 for h in others)
    assert one.local("s", "1") != one.local("t", "1")
