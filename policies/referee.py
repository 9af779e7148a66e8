"""The referee: the same rules asked of Casbin itself. Slow and plain; the compiled form must always agree with it.

Built once from a finished set of rules and thrown away: it is never reloaded, never shared, never on the path of
a question, and its log, which would hold every request refused, is off.
"""

import contextlib
import logging
from collections.abc import Iterable
from importlib.resources import files
from threading import Lock
from typing import Final

import casbin

from policies.conditions import true_conditions
from policies.facts import Asker, Facts
from policies.rows import RuleRow
from policies.vocabulary import ANY
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label, Tier
from schema.services import Service

_ONE_AT_A_TIME: Final = Lock()
"""Casbin parses its matcher at each call, and on Python 3.11 two parses at once break each other."""

_TRIES: Final = 3
"""A parse may still be broken by one that is not ours: to format a traceback is to parse, and collecting garbage may
do that in the middle. It ends in SystemError, never in another answer, and is tried again."""

_CEILINGS: Final = {tier.name: tier.value for tier in Tier}


def _among(asked: str, cell: str) -> bool:
    return cell == ANY or str(asked) in cell.split(" ")


def _names_field(asked: str, cell: str) -> bool:
    return cell == ANY or any(word in (asked, f"{asked.partition('.')[0]}.*") for word in cell.split(" "))


def _reaches(asked: str, cell: str) -> bool:
    tier = Label[asked].tier.value
    return cell == ANY or any(word == asked or _CEILINGS.get(word, -1) >= tier for word in cell.split(" "))


def _all_hold(true: str, cell: str) -> bool:
    return set(cell.split(" ")) <= set(true.split(" "))


class Referee:
    """Casbin's own answer on one cell: the whole value, a part of it, or nothing."""

    def __init__(self, rows: Iterable[RuleRow]) -> None:
        model = casbin.Enforcer.new_model(text=files(__package__).joinpath("model.conf").read_text("utf-8"))
        self._enforcer = casbin.Enforcer(model, enable_log=False)
        logging.getLogger("casbin.enforcer").disabled = True
        for name, function in (
            ("among", _among),
            ("names_field", _names_field),
            ("reaches", _reaches),
            ("all_hold", _all_hold),
        ):
            self._enforcer.add_function(name, function)
        policies = [self._policy(row) for row in rows]
        if not policies or not self._enforcer.add_policies(policies):
            # Casbin takes no policy at all for leave to do anything.
            raise ValueError("the referee has no rules")

    @staticmethod
    def _policy(row: RuleRow) -> list[str]:
        cells = row.cells()
        names = ("id", "role", "agency", "purpose", "service", "kind", "field", "sensitivity")
        return [*(cells[name] for name in names), " ".join(row.conditions), row.forms, cells["effect"]]

    def shows(self, asker: Asker, service: Service, facts: Facts, field: FieldId, label: Label) -> str:
        """Say whether the field may be shown at this label: ``full``, ``masked`` or ``nothing``."""
        who = (asker.role, asker.agency, asker.purpose.value, service.value)
        what = (CATALOGUE[field].kind.value, field, label.value)
        true = " ".join(sorted(true_conditions(asker, facts)))
        with _ONE_AT_A_TIME:
            return next((form for form in ("full", "masked") if self._enforce(*who, *what, true, form)), "nothing")

    def _enforce(self, *request: str) -> bool:
        for _ in range(1, _TRIES):
            with contextlib.suppress(SystemError):
                return bool(self._enforcer.enforce(*request))
        return bool(self._enforcer.enforce(*request))
