"""Parts: one source's fields, divided by what is true of them, where that is not the same for all.

An agreement names the fields it is about, and consent the kinds of data; so the facts of one question at one source
may differ from field to field. Most often they do not, and there is one part.

The part that existence is in comes first: the ledger tells the facts of that one, and that there were others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from connectors.source import SourceConfig
from hub.answer.question import EXISTENCE, Question
from hub.governance.agreements import Division
from hub.governance.register import Standing
from policies.decide import decide
from policies.facts import AgreementState, Asker, ConsentState, Facts, NotToShare
from policies.rulebook import Rulebook
from policies.service_mask import ServiceMask
from policies.verdicts import REFUSED, Decision
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.services import Service

Part = tuple[frozenset[FieldId], Facts]
"""Some of the governed fields, and what is true of them."""

_ALL = frozenset(CATALOGUE)
_IN_ORDER = (EXISTENCE, *sorted(_ALL - {EXISTENCE}))
_NO_LABELS: frozenset[Label] = frozenset()


def parts_of(
    source: SourceConfig, person_ids: frozenset[str], facts: Facts, question: Question, standing: Standing
) -> tuple[Part, ...]:
    """Divide the governed fields of a source by the agreement, the consent and the decisions not to share on each.

    Parts come in the order of their first fields, existence before all others, so that one question has one order.
    """
    today, agency = standing.today, question.requester.organisation
    service, purpose = source.service, question.purpose
    agreements: Division = ((facts.agreement, _ALL),)
    if not facts.own:
        agreements = standing.agreements.divided(source.agency, agency, purpose, service, today)
    consents = standing.consent_by_kind(person_ids, service, purpose, agency, today)
    unshared = standing.not_shared(person_ids, source.agency, service, today)
    if len(agreements) == 1 and not unshared and len(set(consents.values())) == 1:
        (state, _), consent = agreements[0], consents[Kind.EXISTENCE]
        same = facts.agreement is state and facts.consent is consent
        return ((_ALL, facts if same else replace(facts, agreement=state, consent=consent)),)
    agreed = {field: state for state, fields in agreements for field in fields}
    found: dict[Facts, set[FieldId]] = {}
    for field in _IN_ORDER:
        found.setdefault(_of_kind(facts, agreed[field], CATALOGUE[field].kind, consents, unshared), set()).add(field)
    return tuple((frozenset(fields), its) for its, fields in found.items())


def _of_kind(
    facts: Facts, state: AgreementState, kind: Kind, consents: Mapping[Kind, ConsentState], unshared: frozenset[Kind]
) -> Facts:
    barred = NotToShare.DECIDED if kind in unshared else facts.not_to_share
    return replace(facts, agreement=state, consent=consents[kind], not_to_share=barred)


@dataclass(frozen=True, slots=True)
class DividedMask(ServiceMask):
    """The decisions of one question at one source whose fields are in several parts, each decided by its own facts.

    Existence stays the gate: where its own part does not let it be known, nothing of any part is shown.
    """

    masks: tuple[tuple[frozenset[FieldId], ServiceMask], ...] = ()

    @property
    def existence(self) -> Decision:
        """Whether the asker may know that the service knows the child."""
        return self._mask(EXISTENCE).existence

    @property
    def permitted(self) -> frozenset[FieldId]:
        """The fields to ask the source for."""
        return _permitted(self)

    def decide(self, field: FieldId, labels: frozenset[Label] = _NO_LABELS) -> Decision:
        """Decide one field by its own part, behind the gate of existence."""
        if field not in CATALOGUE:
            return REFUSED
        own = self._mask(field).decide(field, labels)
        about = _NO_LABELS if CATALOGUE[field].kind is Kind.IDENTITY else labels
        gate = self._mask(EXISTENCE).decide(EXISTENCE, about)
        if gate.verdict.shows or (own.deny and own.verdict.strictness > gate.verdict.strictness):
            return own
        return gate if field in self.asked or field == EXISTENCE else REFUSED

    def _mask(self, field: FieldId) -> ServiceMask:
        return next((mask for fields, mask in self.masks if field in fields), NOTHING)


def divided(
    service: Service, asker: Asker, parts: Sequence[Part], asked: frozenset[FieldId], rulebook: Rulebook
) -> DividedMask:
    """Decide each part by its own facts."""
    masks = decide(asker, {str(n): (service, facts) for n, (_, facts) in enumerate(parts)}, asked, rulebook)
    return DividedMask(asked, None, None, tuple((fields, masks[str(n)]) for n, (fields, _) in enumerate(parts)))


NOTHING = ServiceMask(frozenset(), None)
"""What is decided of a field that is in no part: nothing."""


@lru_cache(maxsize=1024)
def _permitted(mask: DividedMask) -> frozenset[FieldId]:
    if not mask.existence.verdict.shows:
        return frozenset()
    return frozenset().union(*(fields & part.permitted for fields, part in mask.masks))
