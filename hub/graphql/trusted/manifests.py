"""Manifests of a client's documents, as its own tools write them when it is built.

Two forms: Apollo's (``apollo-persisted-query-manifest``, version 1) and the map from id to text that Relay's compiler
and GraphQL Code Generator write (``persisted-documents.json``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from hub.graphql.reading import LONGEST_ID

APOLLO: Final = "apollo-persisted-query-manifest"
MOST: Final = 1_000
"""Documents in a manifest."""
ID: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.:/+=-]{{0,{LONGEST_ID - 1}}}")


class NoManifest(ValueError):
    """What was read is no manifest; the message says what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a manifest lists it."""

    id: str
    text: str = field(repr=False)


def read_manifest(content: bytes) -> list[Listed]:
    """Give the documents of a manifest, in its order."""
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise NoManifest("it is not JSON in UTF-8") from None
    if not isinstance(read, dict) or not read:
        raise NoManifest("it must be an object with documents in it")
    pairs = _apollo(read) if "operations" in read or "format" in read else list(read.items())
    if len(pairs) > MOST:
        raise NoManifest(f"it lists more than {MOST} documents: register fewer at a time")
    return [_listed(place, *pair) for place, pair in enumerate(pairs, 1)]


def _apollo(read: Mapping[str, object]) -> list[tuple[object, object]]:
    operations = read.get("operations")
    if read.get("format") != APOLLO or read.get("version") != 1 or not isinstance(operations, list):
        raise NoManifest(f'Apollo\'s manifest has "format": "{APOLLO}", "version": 1 and a list of "operations"')
    if not all(isinstance(one, dict) for one in operations):
        raise NoManifest("each of the operations must be an object")
    return [(one.get("id"), one.get("body")) for one in operations]


def _listed(place: int, name: object, text: object) -> Listed:
    if not isinstance(name, str) or not ID.fullmatch(name):
        raise NoManifest(f"document {place} has no id of up to {LONGEST_ID} letters, digits and any of _ . : / + = -")
    if not isinstance(text, str) or not text.strip():
        raise NoManifest(f"document {place} has no text")
    return Listed(name, text)
