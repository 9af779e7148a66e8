"""Rules drawn by a seeded chance from every closed list, half of them so that they meet questions and one another."""

from random import Random

from policies.compiled import FIELDS
from policies.conditions import ALWAYS, BREAK_GLASS, CONDITIONS
from policies.rows import RuleRow
from policies.validation import RulebookError, read_row
from policies.vocabulary import MASKABLE, Duty, Mask, OnDeny, Role
from schema.fields import CATALOGUE
from schema.kinds import Kind
from schema.labels import Label, Tier
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.services import Service

AGENCIES = ("county-council", "county-nhs", "high-school", "county-police")
_RECORDS = sorted({f"{held.record}.*" for held in CATALOGUE.values()})


def _words(chance: Random, words: list[str], any_word: float = 0.5) -> str:
    if chance.random() < any_word:
        return "*"
    return " ".join(sorted(chance.sample(words, chance.choice((1, 1, 2, 3)))))


def _when(chance: Random) -> str:
    if chance.random() < 0.6:
        return ALWAYS
    return " ".join(sorted(chance.sample(sorted(set(CONDITIONS) - {ALWAYS}), chance.choice((1, 1, 2)))))


def _cells(chance: Random, name: str) -> dict[str, str]:
    deny = chance.random() < 0.35
    cells = {
        "id": name,
        "role": _words(chance, [r.value for r in Role], 0.4),
        "agency": _words(chance, list(AGENCIES), 0.7),
        "purpose": _words(chance, [p.value for p in Purpose]),
        "service": _words(chance, [s.value for s in Service]),
        "kind": _words(chance, [k.value for k in Kind], 0.6),
        "field": _words(chance, [*FIELDS, *_RECORDS], 0.7),
        "sensitivity": _words(chance, [*(t.name for t in Tier), *Label], 0.5 if deny else 0.0),
        "when": _when(chance),
        "effect": "deny" if deny else "allow",
        "on_deny": chance.choice([o.value for o in OnDeny]) if deny else "",
        "obligation": "",
        "duties": "" if deny or chance.random() < 0.7 else _words(chance, [d.value for d in Duty], 0.0),
        "reason": chance.choice([r.value for r in Reason]) if deny else "",
        "why": "A drawn rule.",
    }
    if not deny and chance.random() < 0.1:
        cells |= {"role": chance.choice(list(Role)).value, "sensitivity": "SENSITIVE", "when": BREAK_GLASS}
        cells["duties"] = "log-reason notify-owner"
    if cells["on_deny"] == "mask" or (not deny and chance.random() < 0.25):
        mask = chance.choice(list(Mask))
        cells |= {"kind": "*", "field": chance.choice(sorted(MASKABLE[mask])), "obligation": mask.value}
        cells["reason"] = cells["reason"] or Reason.PROTECTED.value
    return cells


def row(chance: Random, name: str) -> RuleRow:
    """Draw one rule; cells that make no rule are drawn again."""
    while True:
        try:
            return read_row(_cells(chance, name))
        except RulebookError:
            continue


def rows(chance: Random, count: int) -> list[RuleRow]:
    """Draw some rules."""
    return [row(chance, f"drawn-{n}") for n in range(count)]
