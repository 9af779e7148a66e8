"""Suggestions: which events may have been significant for the child, by rules that anybody can read on the page.

A suggestion is a question to a person, never a finding: somebody confirms or dismisses it, with a note of why. No
child is given a number.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from hub.governance.judging import Significance
from schema.records import ChronologyEvent, EventKind, Impact

_WORDS: Final = ("bereave", "death of", "died", "violence", "assault", "abuse", "overdose", "suicid", "self-harm")
"""Words that are looked for in what a source wrote, however they go on."""

_TELLING: Final = re.compile("|".join(_WORDS), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its letter, what it takes an event for, and when, in words and in code."""

    letter: str
    takes_for: Significance
    when: str
    applies: Callable[[ChronologyEvent], bool]


def _of(*kinds: EventKind) -> Callable[[ChronologyEvent], bool]:
    return lambda event: event.kind in kinds


RULES: Final = (
    Rule(
        "A",
        Significance.TRAUMATIC,
        "the child became looked after, or a placement began or changed",
        _of(EventKind.LOOKED_AFTER_START, EventKind.PLACEMENT),
    ),
    Rule("B", Significance.TRAUMATIC, "a missing episode", _of(EventKind.MISSING)),
    Rule("C", Significance.TRAUMATIC, "a police incident or notice", _of(EventKind.POLICE_INCIDENT)),
    Rule("D", Significance.TRAUMATIC, "a homelessness duty", _of(EventKind.HOMELESSNESS)),
    Rule(
        "E",
        Significance.TRAUMATIC,
        f"what the source wrote has one of the words: {', '.join(_WORDS)}",
        lambda event: any(text and _TELLING.search(text) for text in (event.title, event.summary)),
    ),
    Rule(
        "F",
        Significance.SIGNIFICANT,
        "a referral, a section 47 enquiry, a conference, or the start of a child protection or child in need plan",
        _of(
            EventKind.REFERRAL,
            EventKind.SECTION_47,
            EventKind.CONFERENCE,
            EventKind.CHILD_PROTECTION_START,
            EventKind.CHILD_IN_NEED_START,
        ),
    ),
    Rule(
        "G",
        Significance.SIGNIFICANT,
        "a suspension or exclusion, time out of education, or a youth justice outcome",
        _of(EventKind.EXCLUSION, EventKind.NOT_IN_EDUCATION, EventKind.YOUTH_JUSTICE),
    ),
    Rule("H", Significance.SIGNIFICANT, "the source says it was harmful", lambda e: e.impact is Impact.NEGATIVE),
    Rule("I", Significance.NEED, "the source names a need", lambda e: bool(e.needs)),
    Rule(
        "J",
        Significance.STRENGTH,
        "the source names a strength, or says it was good for the child",
        lambda e: bool(e.strengths) or e.impact is Impact.POSITIVE,
    ),
)
"""Every rule, the gravest first: an event is taken for what the first that applies says."""


def suggested(event: ChronologyEvent) -> tuple[Rule, ...]:
    """Give the rules that apply to an event, the gravest first."""
    return tuple(rule for rule in RULES if rule.applies(event))


def told(of: Iterable[str] | None) -> tuple[str, ...]:
    """Give the words of a list that may be missing, each once."""
    return tuple(dict.fromkeys(one.strip() for one in of or () if one and one.strip()))
