"""Alike: the canonical bytes of entries of one question. What stands in many of them is written once for them all.

Each entry's own ids and pseudonyms (``OWN``) are then put where they stand. Only what is the very same object in two
entries counts as the same; an own value that is not plain letters and digits is written in the ordinary way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Final

from hub.audit.canonical import canonical
from hub.audit.entries import Entry, Intent, OutcomeRecord

OWN: Final[Mapping[type[Any], tuple[str, ...]]] = {
    Intent: ("record_id", "subject"),
    OutcomeRecord: ("intent_id", "record_id", "subject"),
}
"""What two entries of one question never share, in the order of their keys."""

FEW: Final = 4
"""Fewer entries than this are written as quickly one by one."""

_OWN_OF: Final = {kind: attrgetter(*own) for kind, own in OWN.items()}
_SHARED_BY: Final = {
    kind: attrgetter(*(f.name for f in fields(kind) if f.name not in {*own, "sources"})) for kind, own in OWN.items()
}
_PLACE: Final = "<own>"
_WRITTEN: Final = f'"{_PLACE}"'.encode()


def canonical_each(entries: Sequence[Entry]) -> Iterator[bytes]:
    """Give the canonical bytes of each entry, as ``canonical`` would."""
    forms: dict[tuple[object, ...], bytes] = {}
    for entry in entries:
        if len(entries) < FEW or not isinstance(entry, Intent | OutcomeRecord):
            yield canonical(entry)
            continue
        # By identity: every one of these is held by an entry, and so stays what it is until all are written.
        key = (type(entry), *map(id, _SHARED_BY[type(entry)](entry)), *map(id, entry.sources))
        form = forms.get(key)
        if form is None:
            form = forms[key] = _form(entry)
        own: tuple[str, ...] = _OWN_OF[type(entry)](entry)
        plain = "".join(own)
        yield form % tuple(map(str.encode, own)) if form and plain.isascii() and plain.isalnum() else canonical(entry)


def _form(entry: Any) -> bytes:
    """Write an entry with places for what is its own; nothing where some other word of it reads like a place."""
    names = OWN[type(entry)]
    written = canonical(replace(entry, **dict.fromkeys(names, _PLACE)))
    if written.count(_WRITTEN) != len(names):
        return b""
    return written.replace(b"%", b"%%").replace(_WRITTEN, b'"%b"')
