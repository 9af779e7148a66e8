"""Columns: a profile laid out flat, so that SQL can say how two of them agree."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from hub.people.equivalents import MANY, roots
from hub.people.keys import sound
from hub.people.learning.lists import Record
from hub.people.normalise import outward
from hub.people.profile import Profile, profile
from schema.records import IdentifierSystem

TEXT, WORDS = pa.string(), pa.list_(pa.string())
COLUMNS = {
    "unique_id": TEXT,
    "surname": TEXT,
    "surname_joined": TEXT,
    "surname_words": WORDS,
    "surname_sounds": WORDS,
    "surname_roots": WORDS,
    "given": TEXT,
    "given_joined": TEXT,
    "given_words": WORDS,
    "given_first": TEXT,
    "given_roots": WORDS,
    "given_many": pa.bool_(),
    "birth": TEXT,
    "postcode": TEXT,
    "outward": TEXT,
    "address": TEXT,
    "address_joined": TEXT,
    "address_words": WORDS,
    "nhs": WORDS,
    "upn": WORDS,
    "other": WORDS,
    "sex": TEXT,
}
"""Every column. What is not known is null."""


def table(records: Iterable[Record]) -> pa.Table:
    """Lay records out, each by its present name, birth, postcode and address."""
    rows = [columns(record.id, profile((record.traits,))) for record in records]
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in COLUMNS.items()})


def columns(record_id: str, held: Profile) -> dict[str, object]:
    """Lay one profile out."""
    surname, given = _first(held.surnames), _first(held.givens)
    address = _first(held.addresses)
    code = held.postcodes[0] if held.postcodes else None
    trusted = {IdentifierSystem.NHS_NUMBER, IdentifierSystem.UPN}
    return {
        "unique_id": record_id,
        "surname": " ".join(surname) or None,
        "surname_joined": "".join(surname) or None,
        "surname_words": list(surname) or None,
        "surname_sounds": [sound(word) for word in surname] or None,
        "surname_roots": sorted(roots(surname[0])) if len(surname) == 1 else None,
        "given": " ".join(given) or None,
        "given_joined": "".join(given) or None,
        "given_words": list(given) or None,
        "given_first": given[0] if given else None,
        "given_roots": sorted(roots(given[0])) if given else None,
        "given_many": bool(roots(given[0]) & MANY) if given else None,
        "birth": held.births[0].strftime("%Y%m%d") if held.births else None,
        "postcode": code,
        "outward": outward(code) if code else None,
        "address": " ".join(address) or None,
        "address_joined": "".join(address) or None,
        "address_words": sorted({*address}) or None,
        "nhs": sorted(held.of(IdentifierSystem.NHS_NUMBER)) or None,
        "upn": sorted(held.of(IdentifierSystem.UPN)) or None,
        "other": sorted(f"{s} {v}" for s, v in held.identifiers if s not in trusted) or None,
        "sex": min(held.sexes, default=None),
    }


def _first(words: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return words[0] if words else ()
