"""A ruling: what the rules say of one asker at one service with these facts, each field with its rules."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from policies.candidates import Candidates, NearRules
from policies.compiled import BIT, CompiledRow, bits_of, fields_of
from policies.conditions import true_bits
from policies.facts import Asker, Facts
from policies.sensitivity import SHIELDS
from policies.verdicts import REFUSED, Decision, strictest
from policies.vocabulary import EXISTENCE
from policies.weighing import weigh
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.services import Service

_NO_LABELS: frozenset[Label] = frozenset()

_KEPT: Final = 256
"""Sets of fields and labels whose showing fields are kept; then all are worked out again."""

_FLAG_BITS = {label: bits_of(SHIELDS[label]) for label in Label}


class Ruling:
    """Decisions for one asker, service and facts. Made once a question, read for every field.

    What may be shown at all is known at once, as bits; the decisions behind it are worked out when asked for.
    """

    def __init__(self, rules: Sequence[CompiledRow] | Candidates, asker: Asker, service: Service, facts: Facts) -> None:
        self._rules = rules if isinstance(rules, Candidates) else Candidates(rules)
        self._asker, self._service, self._facts = asker, service, facts
        self._true = true_bits(asker, facts)
        self._live = self._rules.live(asker, service, self._true)
        self._decided: dict[tuple[FieldId, frozenset[Label]], Decision] = {}
        self._shows: dict[tuple[frozenset[FieldId], frozenset[Label]], frozenset[FieldId]] = {}
        self.permitted: frozenset[FieldId] = fields_of(self._shown())

    def _shown(self) -> int:
        shown = self._released(lambda rule: rule.at_own_label)
        for flag in self._facts.flags:
            at_flag = self._released(lambda rule, flag=flag: rule.covers if flag in rule.labels else 0)  # type: ignore[misc] # a default keeps the loop's flag
            shown &= at_flag | ~_FLAG_BITS[flag]
        return shown if shown & BIT[EXISTENCE] else 0

    def _released(self, reach: Callable[[CompiledRow], int]) -> int:
        allowed = barred = 0
        for rule in self._live:
            if rule.allows:
                allowed |= reach(rule)
            elif rule.bars:
                barred |= reach(rule)
        return allowed & ~barred

    def shown(self, asked: frozenset[FieldId], labels: frozenset[Label] = _NO_LABELS) -> frozenset[FieldId]:
        """Give the fields asked for that show, whole or in part, of a record with these labels: one look-up."""
        known = self._shows.get((asked, labels))
        if known is None:
            if len(self._shows) >= _KEPT:
                self._shows.clear()
            fields = asked & self.permitted
            known = frozenset(f for f in fields if self.decide(f, labels).verdict.shows) if labels else fields
            self._shows[asked, labels] = known
        return known

    @cached_property
    def _near(self) -> list[NearRules]:
        return self._rules.near(self._asker, self._service, self._true)

    @property
    def existence(self) -> Decision:
        """Whether the asker may know that the service knows the child."""
        return self.decide(EXISTENCE)

    def decide(self, field: FieldId, labels: frozenset[Label] = _NO_LABELS) -> Decision:
        """Decide one field of a record with these labels; nothing unknown is ever permitted."""
        known = self._decided.get((field, labels))
        if known is not None:
            return known
        if field not in BIT or not all(isinstance(label, Label) for label in labels):
            return REFUSED
        decision = self._gated(field, labels)
        self._decided[field, labels] = decision
        return decision

    def _gated(self, field: FieldId, labels: frozenset[Label]) -> Decision:
        own = self._labelled(field, labels)
        if field == EXISTENCE:
            return own
        # A record's own labels say whether it may be known to exist; who the person is does not hang on one record.
        gate = self.decide(EXISTENCE, _NO_LABELS if CATALOGUE[field].kind is Kind.IDENTITY else labels)
        if gate.verdict.shows or (own.deny and own.verdict.strictness > gate.verdict.strictness):
            return own
        return gate

    def _labelled(self, field: FieldId, labels: frozenset[Label]) -> Decision:
        bearing = {flag for flag in self._facts.flags if _FLAG_BITS[flag] & BIT[field]}
        every = {CATALOGUE[field].label, *labels, *bearing}
        return strictest([self.at_label(field, label) for label in every])

    def at_label(self, field: FieldId, label: Label) -> Decision:
        """Decide one field at one label alone, without the gate: the cell on which Casbin is the referee."""
        return weigh(field, label, self._live, lambda: self._near, self._facts)
