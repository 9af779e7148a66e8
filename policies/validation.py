"""Validation: every cell of a row against its closed list, before a rule can exist.

Casbin takes ``Deny`` for no rule at all and a missing effect for an allow; here a wrong word is refused,
with the nearest right one.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from policies.conditions import ALWAYS, BREAK_GLASS, CONDITIONS, NO_BREAK_GLASS
from policies.rows import COLUMNS, LISTS, RuleRow
from policies.sensitivity import HARD
from policies.vocabulary import (
    AGENCY,
    ANY,
    FIELD_WORDS,
    MASKABLE,
    ROLES,
    SENSITIVITY_WORDS,
    SERVICE_WORDS,
    Duty,
    Effect,
    Mask,
    OnDeny,
    fields_named,
    labels_reached,
)
from schema.fields import CATALOGUE
from schema.kinds import Kind
from schema.labels import Tier
from schema.purposes import Purpose
from schema.reasons import Reason

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")

MOST_FAULTS: Final = 200
"""Faults that are told: whoever mends as many looks again."""

_LONGEST_GUESSED: Final = 60

LONGEST_CELL: Final = 2_000
"""No list of our words is longer, and nobody reads a reason that is."""

_ON_DENY: Final = {o.value: o for o in OnDeny}
_MASKS: Final = {m.value: m for m in Mask}
_DUTIES: Final = {d.value: d for d in Duty}
_REASONS: Final = {r.value: r for r in Reason}

_WORDS: Final[Mapping[str, Collection[str]]] = {
    "role": ROLES,
    "purpose": [p.value for p in Purpose],
    "service": SERVICE_WORDS,
    "kind": [k.value for k in Kind],
    "field": FIELD_WORDS,
    "sensitivity": SENSITIVITY_WORDS,
    "when": CONDITIONS,
    "effect": [e.value for e in Effect],
    "on_deny": _ON_DENY,
    "obligation": _MASKS,
    "duties": _DUTIES,
    "reason": _REASONS,
}


class RulebookError(ValueError):
    """The rules are not fit to be used; ``faults`` lists everything wrong with them, place by place."""

    def __init__(self, faults: Collection[str]) -> None:
        told = tuple(faults)
        self.faults = told if len(told) <= MOST_FAULTS else (*told[:MOST_FAULTS], "and more like these")
        super().__init__("\n".join(("the rulebook is refused:", *self.faults)))


def nearest(word: str, words: Collection[str]) -> str:
    """Say which word was probably meant, or which there are."""
    spelling = {w.lower(): str(w) for w in words} if len(word) <= _LONGEST_GUESSED else {}
    close = get_close_matches(word.lower(), spelling, n=1)
    return f"did you mean {spelling[close[0]]!r}?" if close else f"it must be one of: {', '.join(sorted(words))}"


def _known(column: str, word: str) -> Iterator[str]:
    if word not in _WORDS[column]:
        yield f"{column}: {word[:_LONGEST_GUESSED]!r} is not a word it may use; {nearest(word, _WORDS[column])}"


def _agency(_: str, word: str) -> Iterator[str]:
    if not AGENCY.fullmatch(word):
        yield f"agency: {word!r} is not an agency's id; use {ANY!r} or ids such as 'county-council'"


def _list_faults(column: str, cell: str) -> Iterator[str]:
    words = cell.split(" ")
    alone = ALWAYS if column == "when" else ANY
    if "" in words:
        yield f"{column}: it is empty or has a stray space; write {alone!r} if you mean all"
        return
    if len(set(words)) < len(words):
        yield f"{column}: a word is there twice"
    if alone in words and len(words) > 1:
        yield f"{column}: {alone!r} must stand alone"
    check: Callable[[str, str], Iterator[str]] = _agency if column == "agency" else _known
    for word in words:
        if word != ANY or column in {"when", "duties"}:
            yield from check(column, word)


def _cell_faults(cells: Mapping[str, str]) -> Iterator[str]:
    if long := [column for column in COLUMNS if len(cells[column]) > LONGEST_CELL]:
        yield from (f"{column}: the cell has more than {LONGEST_CELL} characters" for column in long)
        return
    if not cells["why"].isprintable():
        yield "why: it holds a character that cannot be printed"
    if not _ID.fullmatch(cells["id"]):
        yield f"id: {cells['id']!r} must be letters, digits and hyphens"
    for column in LISTS:
        yield from _list_faults(column, cells[column])
    yield from _known("effect", cells["effect"])
    for column in ("on_deny", "obligation", "reason"):
        if cells[column]:
            yield from _known(column, cells[column])
    if cells["duties"]:
        yield from _list_faults("duties", cells["duties"])
    if not cells["why"].strip():
        yield "why: say in English what the rule is for"


def _effect_faults(row: RuleRow) -> Iterator[str]:
    if row.effect is Effect.ALLOW:
        if row.on_deny:
            yield "on_deny: an allow has none"
        if any(label.tier is Tier.SEALED for label in labels_reached(row.sensitivity)):
            yield "sensitivity: an allow can never reach what the law seals; state a lower ceiling or name labels"
        if bool(row.reason) != bool(row.obligation):
            yield "reason: an allow has one exactly when it has an obligation, to say why only a part is shown"
        return
    if row.duties:
        yield "duties: a deny has none"
    if not row.on_deny:
        yield "on_deny: a deny must say what it leaves"
    if not row.reason:
        yield "reason: a deny must say why"
    if (row.on_deny is OnDeny.MASK) != bool(row.obligation):
        yield "obligation: a deny has one exactly when on_deny is 'mask'"


def _emergency_faults(row: RuleRow) -> Iterator[str]:
    reached = labels_reached(row.sensitivity)
    if row.effect is Effect.DENY:
        if BREAK_GLASS in row.when:
            yield f"when: {BREAK_GLASS!r} opens; a deny that yields to it says {NO_BREAK_GLASS!r}"
        if NO_BREAK_GLASS in row.when and (named := HARD & set(row.sensitivity)):
            yield f"when: no emergency opens {', '.join(sorted(named))}; such a deny cannot say {NO_BREAK_GLASS!r}"
        return
    if NO_BREAK_GLASS in row.when:
        yield f"when: {NO_BREAK_GLASS!r} is for denies: an emergency never takes away"
    if BREAK_GLASS not in row.when:
        return
    if ANY in row.role:
        yield "role: say which roles an emergency access entitles"
    if HARD & reached:
        yield f"sensitivity: no emergency opens {', '.join(sorted(HARD & reached))}; name the labels it does open"
    if missing := sorted({Duty.LOG_REASON, Duty.NOTIFY_OWNER} - set(row.duties)):
        yield f"duties: an emergency access also has {' and '.join(missing)}"


def _reach_faults(row: RuleRow) -> Iterator[str]:
    covered = [f for f in fields_named(row.field) if ANY in row.kind or CATALOGUE[f].kind in row.kind]
    if not covered:
        yield "field: no such field is of this kind, so the rule would apply to nothing"
    if row.obligation and not set(covered) <= MASKABLE[row.obligation]:
        fits = ", ".join(sorted(MASKABLE[row.obligation]))
        yield f"obligation: {row.obligation.value!r} fits only {fits}"


def read_row(cells: Mapping[str, str]) -> RuleRow:
    """Make a rule of a table's cells; RulebookError lists every fault of every cell."""
    faults = [f"{c}: the column is missing" for c in COLUMNS if not isinstance(cells.get(c), str)]
    faults += [f"{c}: there is no such column; {nearest(str(c), COLUMNS)}" for c in cells if c not in COLUMNS]
    faults = faults or list(_cell_faults(cells))
    if faults:
        raise RulebookError(faults)
    row = _typed(cells)
    faults = [*_effect_faults(row), *_emergency_faults(row), *_reach_faults(row)]
    if faults:
        raise RulebookError(faults)
    return row


def _typed(cells: Mapping[str, str]) -> RuleRow:
    lists = {column: tuple(sorted(cells[column].split(" "))) for column in LISTS}
    return RuleRow(
        id=cells["id"],
        **lists,
        effect=Effect(cells["effect"]),
        on_deny=_ON_DENY.get(cells["on_deny"]),
        obligation=_MASKS.get(cells["obligation"]),
        duties=tuple(_DUTIES[word] for word in sorted(cells["duties"].split())),
        reason=_REASONS.get(cells["reason"]),
        why=cells["why"],
    )
