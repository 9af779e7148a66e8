"""Where people live: what of it a source calls confidential, and what of it an index feed gives."""

from collections.abc import Iterable

from connectors.contract import Traits
from schema.fields import FieldId
from schema.labels import Label
from schema.records import Address, Record

WHERE = frozenset({FieldId("Address.lines"), FieldId("Address.postcode")})
"""The fields that say where somebody lives."""

HIDING = frozenset({Label.CONFIDENTIAL_ADDRESS, Label.NATIONALLY_RESTRICTED})
"""Labels under which an address is nobody's to find: of a record, that one; of a person, every one of theirs."""


def _plain(words: str | None) -> frozenset[str]:
    kept = "".join(letter for letter in words or "" if letter.isalnum()).casefold()
    return frozenset({kept} if kept else ())


def _said(one: Address) -> frozenset[str]:
    return _plain(one.lines) | _plain(one.postcode)


def hidden_places(records: Iterable[Record]) -> frozenset[str]:
    """Give what confidential addresses say that no open one does, however it is spaced or written."""
    addresses = [r for r in records if isinstance(r, Address)]
    hidden = [a for a in addresses if a.labels & HIDING]
    open_ = frozenset[str]().union(*(_said(a) for a in addresses if a not in hidden))
    return frozenset[str]().union(*(_said(a) for a in hidden)) - open_


def places(traits: Traits) -> frozenset[str]:
    """Give what traits say of where somebody lives, or lived."""
    return frozenset[str]().union(_plain(traits.address), *(_plain(p) for p in traits.postcodes))
