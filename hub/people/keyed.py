"""Keyed: every key under which one source's entry is found."""

from connectors.contract import LocalId, Traits
from hub.people.keys import Key, case_keys, keys, mother_key
from hub.people.profile import profile


def entry_keys(source_id: str, local_id: LocalId, traits: Traits) -> frozenset[Key]:
    """Give the keys of an entry: of who it says somebody is, of its number there, and of its mother's."""
    mother = {mother_key(source_id, traits.mother_local_id)} if traits.mother_local_id else set()
    return keys(profile((traits,))) | case_keys((local_id,)) | mother
