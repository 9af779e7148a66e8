"""Equivalent names: short forms, spellings and the same name in another language, as data anyone may add to.

Sound alone fails for Welsh, Irish, Arabic and Slavic names written by English ears, so the pairs are listed. A
name may belong to several groups: Sam is Samuel and Samantha, but Samuel is not Samantha.
"""

import json
from importlib.resources import files


def _read() -> dict[str, frozenset[str]]:
    groups: list[list[str]] = json.loads(files("hub.people").joinpath("equivalents.json").read_text("utf-8"))
    roots: dict[str, set[str]] = {}
    for group in groups:
        for name in group:
            roots.setdefault(name, set()).add(group[0])
    return {name: frozenset(of) for name, of in roots.items()}


_ROOTS = _read()
MANY = frozenset({"muhammad"})
"""Roots so common as a first name that only the names after it tell two children apart."""


def roots(word: str) -> frozenset[str]:
    """Give the roots a given name may stand for; itself where it is in no group."""
    return _ROOTS.get(word) or frozenset({word})


def equivalent(one: str, other: str) -> bool:
    """Say whether two given names can be forms of one name."""
    return not roots(one).isdisjoint(roots(other))
