"""A mask: what was decided of one source, for exactly the fields that were asked for."""

from dataclasses import dataclass

from policies.ruling import Ruling
from policies.verdicts import REFUSED, Decision, Fault, refused_by
from policies.vocabulary import EXISTENCE
from schema.fields import FieldId
from schema.labels import Label

_NO_LABELS: frozenset[Label] = frozenset()


@dataclass(frozen=True, slots=True)
class ServiceMask:
    """The decisions of one question at one source. Without a ruling everything is refused, and ``fault`` says why."""

    asked: frozenset[FieldId]
    ruling: Ruling | None
    fault: Fault | None = None

    @property
    def existence(self) -> Decision:
        """Whether the asker may know that the service knows the child, asked for or not."""
        return self._decided(EXISTENCE, _NO_LABELS)

    @property
    def permitted(self) -> frozenset[FieldId]:
        """The fields to ask the source for: asked, and permitted or masked, and existence permitted."""
        return self.asked & self.ruling.permitted if self.ruling is not None else frozenset()

    def shown(self, labels: frozenset[Label] = _NO_LABELS) -> frozenset[FieldId]:
        """Give the fields asked for that show, whole or in part, of a record with these labels; none if in doubt."""
        try:
            return self.ruling.shown(self.asked, labels) if self.ruling is not None else frozenset()
        except Exception:  # noqa: BLE001 -- whatever goes wrong in deciding is a refusal
            return frozenset()

    def decide(self, field: FieldId, labels: frozenset[Label] = _NO_LABELS) -> Decision:
        """Decide one field of a record that carries these labels; a field that was not asked for is refused.

        Existence may always be decided: it is the gate for every other field.
        """
        return self._decided(field, labels) if field in self.asked or field == EXISTENCE else REFUSED

    def _decided(self, field: FieldId, labels: frozenset[Label]) -> Decision:
        if self.ruling is None:
            return refused_by(self.fault or Fault.BROKEN)
        try:
            return self.ruling.decide(field, labels)
        except Exception:  # noqa: BLE001 -- whatever goes wrong in deciding is a refusal, marked so that it is alarmed
            return refused_by(Fault.BROKEN)
