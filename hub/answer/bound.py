"""What a partner's system is bound to: purposes, sources and agreements. Beyond them nothing is asked or shown.

It narrows what the rules permit and never widens it; emergency access does not open it, since that changes a fact
about a worker and not what was agreed with the system they use. It says nothing of any person.
"""

from dataclasses import dataclass, replace

from connectors.source import SourceConfig
from hub.answer.question import Question
from hub.governance.standing import Standing
from hub.identity.requester import Requester
from policies.facts import AgreementState
from policies.service_mask import ServiceMask
from policies.verdicts import Decision, Verdict
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.reasons import Reason

NO_MASK = ServiceMask(frozenset(), None)
NOT_FOR_THIS_SYSTEM = Decision(Verdict.WITHHOLD, reason=Reason.NOT_FOR_THIS_SYSTEM)
_NO_LABELS: frozenset[Label] = frozenset()
COVERED = frozenset({AgreementState.IN_FORCE, AgreementState.PAST_REVIEW})


@dataclass(frozen=True, slots=True)
class Barred(ServiceMask):
    """The decisions at a source that the asker's system may not ask about: every one of them the same."""

    @property
    def existence(self) -> Decision:
        """Nothing may be known, not even whether the service knows the child."""
        return NOT_FOR_THIS_SYSTEM

    def decide(self, field: FieldId, labels: frozenset[Label] = _NO_LABELS) -> Decision:  # noqa: ARG002 -- a mask's own
        """Withhold it, whatever it is."""
        return NOT_FOR_THIS_SYSTEM


LABELLED = Decision(Verdict.WITHHOLD, reason=Reason.PROTECTED)


@dataclass(frozen=True, slots=True)
class PassedOn(ServiceMask):
    """The decisions of a question that another hub brings: a record that is labelled is not passed on.

    Labels stay here: the other hub could not protect by its own rules what it does not know to be protected.
    """

    inner: ServiceMask = NO_MASK

    @classmethod
    def of(cls, mask: ServiceMask) -> "PassedOn":
        """Pass on what a mask lets be shown."""
        return cls(mask.asked, mask.ruling, mask.fault, mask)

    @property
    def existence(self) -> Decision:
        """Give what was decided of existence."""
        return self.inner.existence

    @property
    def permitted(self) -> frozenset[FieldId]:
        """Give the fields to ask the source for."""
        return self.inner.permitted

    def decide(self, field: FieldId, labels: frozenset[Label] = _NO_LABELS) -> Decision:
        """Decide one field; of a labelled record what would be shown is withheld, and what is not told of stays so."""
        own = self.inner.decide(field, labels)
        return LABELLED if own.verdict.shows and any(one.tier for one in labels) else own


def standing_within(who: Requester, standing: Standing) -> Standing:
    """Give what governs a question: to a bound asker there are no agreements but those they are bound to."""
    bound = who.bound
    return standing if bound is None else replace(standing, agreements=standing.agreements.only(bound.agreements))


def bars(question: Question, source: SourceConfig, within: Standing) -> bool:
    """Say whether the asker's system may not ask a source for this purpose; ``within`` is what governs it."""
    return barred(question.requester, question.purpose, source, within)


def barred(who: Requester, purpose: Purpose, source: SourceConfig, within: Standing) -> bool:
    """Say the same of an asker and a purpose, whatever is asked."""
    bound = who.bound
    if bound is None:
        return False
    if purpose not in bound.purposes or source.id not in bound.sources:
        return True
    if source.agency == who.organisation:
        return False
    return within.agreements.state(source.agency, who.organisation, purpose, within.today) not in COVERED


def fields_within(who: Requester, purpose: Purpose, source: SourceConfig, within: Standing) -> frozenset[FieldId]:
    """Give the fields of a source that the asker's system is bound to for a purpose: all, or those agreed on."""
    if barred(who, purpose, source, within):
        return frozenset()
    if who.bound is None or source.agency == who.organisation:
        return frozenset(CATALOGUE)
    its = within.agreements.divided(source.agency, who.organisation, purpose, source.service, within.today)
    return frozenset().union(*(fields for state, fields in its if state in COVERED))
