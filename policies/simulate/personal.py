"""Personal: what in a rule looks like one person. A rule is about a role and an agency; nothing may name anybody."""

import re
from collections.abc import Iterator
from typing import Final

from policies.rows import RuleRow

_LOOKS_LIKE: Final = {
    "an NHS number": re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b"),
    "a unique pupil number": re.compile(r"\b[A-Z]\d{11}[\dA-Z]\b"),
    "a national insurance number": re.compile(r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"),
    "an e-mail address": re.compile(r"\S@\S+\.\w"),
    "a telephone number": re.compile(r"(?<![\d-])(?:\+44|0)[\d ]{9,12}\b"),
    "a date of birth": re.compile(r"\b\d{1,2}[/.]\d{1,2}[/.](?:\d{2}){1,2}\b"),
    "somebody's name": re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Master|Dr)\.? [A-Z][a-z]"),
}
"""Shapes of what points at one person. What was found is never repeated: only what it looks like."""


def names_a_person(row: RuleRow) -> Iterator[str]:
    """Say where a rule holds what looks like one person, and what it looks like."""
    texts = {"id": row.id, "agency": " ".join(row.agency), "why": row.why}
    for place, text in texts.items():
        for what, shape in _LOOKS_LIKE.items():
            if shape.search(text):
                yield f"{place} holds what looks like {what}"
