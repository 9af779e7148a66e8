"""A rulebook: one immutable, validated, proved version of the rules. It refuses to exist if anything in it is wrong."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from threading import Lock
from typing import Final, final

from policies.candidates import Candidates
from policies.compiled import compile_row
from policies.conditions import TELLING
from policies.examples import Example, faults_of
from policies.facts import Asker, Facts
from policies.parity import prove
from policies.rows import RuleRow
from policies.ruling import Ruling
from policies.validation import RulebookError, read_row
from policies.vocabulary import labels_reached
from schema.services import Service

MOST_RULES: Final = 5_000
"""How many rules one version may have: a hundred agreements of fifty. More are refused before they are read."""

_KEPT: Final = 2048
"""How many rulings are kept: askers, services and facts seen lately. A ruling holds rules and no value of a record."""


@final
class Rulebook:
    """One version of the rules.

    ``rows`` are in order of id and ``version`` is a short digest of them, so the same rules in any order are the
    same version. ``telling`` are the ids of those that apply only because of a flag or label too telling for the
    ledger: to name one is to tell it.

    Making one validates every row, proves the compiled form against Casbin and runs the examples;
    RulebookError lists what is wrong. Nothing can change it afterwards.
    """

    __slots__ = ("_fresh", "_kept", "_rules", "rows", "telling", "version")

    rows: tuple[RuleRow, ...]
    version: str
    telling: frozenset[str]
    _rules: Candidates
    _kept: dict[tuple[Asker, Service, Facts], Ruling]
    _fresh: Lock

    def __init__(self, rows: Iterable[RuleRow], examples: Iterable[Example] = ()) -> None:
        checked = _checked(tuple(islice(rows, MOST_RULES + 1)))
        digest = hashlib.sha256(json.dumps([row.cells() for row in checked], sort_keys=True).encode()).hexdigest()
        rules = Candidates(compile_row(row) for row in checked)
        telling = frozenset(row.id for row in checked if _tells(row))
        parts: dict[str, object] = {"rows": checked, "version": digest[:12], "telling": telling}
        parts |= {"_rules": rules, "_kept": {}, "_fresh": Lock()}
        for name, part in parts.items():
            object.__setattr__(self, name, part)
        prove(self.rows, rules, self.version)
        faults = faults_of((e, self.ruling(e.asker, e.service, e.facts)) for e in examples)
        if faults:
            raise RulebookError(faults)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a rulebook never changes; make another."""
        message = f"a rulebook never changes; make another to change {name}"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return f"Rulebook({self.version}, {len(self.rows)} rules)"

    def row(self, rule: str) -> RuleRow:
        """Give one rule by its id; KeyError where there is none."""
        return next((r for r in self.rows if r.id == rule), None) or _missing(rule)

    def ruling(self, asker: Asker, service: Service, facts: Facts) -> Ruling:
        """Give what this asker may see of this service with these facts, kept for the next time it is asked."""
        key = (asker, service, facts)
        kept = self._kept
        ruling = kept.get(key)
        if ruling is None:
            ruling = Ruling(self._rules, asker, service, facts)
            with self._fresh:
                if len(kept) >= _KEPT:
                    del kept[next(iter(kept))]
                kept[key] = ruling
        return ruling

    def lately(self) -> list[tuple[tuple[Asker, Service, Facts], Ruling]]:
        """Give the rulings kept, each with what it was asked: for those who look at decisions again."""
        with self._fresh:
            return list(self._kept.items())


def _tells(row: RuleRow) -> bool:
    return all(label.kept_back for label in labels_reached(row.sensitivity)) or not TELLING.isdisjoint(row.when)


def _missing(rule: str) -> RuleRow:
    raise KeyError(rule)


def _checked(rows: tuple[RuleRow, ...]) -> tuple[RuleRow, ...]:
    """Read every row again from its cells, so that one made by hand is held to the same lists."""
    if not rows:
        # Casbin takes an empty policy for leave to do anything; here it is no rulebook.
        raise RulebookError(["there is not one rule"])
    if len(rows) > MOST_RULES:
        raise RulebookError([f"there are more than {MOST_RULES:,} rules: a version may not have so many"])
    faults = [f"rule id {rule!r} is used {n} times" for rule, n in Counter(r.id for r in rows).items() if n > 1]
    checked: list[RuleRow] = []
    for row in rows:
        try:
            checked.append(read_row(row.cells()))
        except RulebookError as error:
            faults += [f"rule {row.id!r}: {fault}" for fault in error.faults]
    if faults:
        raise RulebookError(faults)
    return tuple(sorted(checked, key=lambda row: row.id))
