"""The consents of one child that a worker may read, and the rooms' ways to change them, simulated first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from hub.answer.agreed import shown_if_agreed
from hub.answer.prepare import seen_somewhere
from hub.answer.question import EXISTENCE, Wanted
from hub.errors import Code, HubError
from hub.governance.acting import CannotBeDone
from hub.governance.authority import RECORDS_CONSENT
from hub.governance.consent import Consent
from hub.governance.consenting import consents_of
from hub.governance.givers import GiverRelationship
from hub.governance.standing import Standing
from hub.graphql.governing.people import of_own_agency
from hub.graphql.governing.person_records import concerns
from hub.graphql.governing.supposing import consent_effects
from hub.web.navigation import OFFICERS, WORKERS
from hub.web.pages.agencies import agency_names
from hub.web.pages.child import HEAD
from hub.web.pages.consent.effects import Effects, effects_in_words
from hub.web.pages.visit import NoSuchPage, Visit
from hub.web.pages.words import KINDS, PURPOSES, plainly
from policies.facts import ConsentState
from schema.reasons import Reason
from schema.services import SERVICES

SAID: Final = {
    ConsentState.GIVEN: ("now", "✓", "Yes"),
    ConsentState.REFUSED: ("withheld", "✕", "No"),
    ConsentState.WITHDRAWN: ("withheld", "✕", "Taken back"),
}


NOT_FOR_YOU: Final = (
    "What was said about sharing is for those who may see something of the child for the purpose they ask for. If your"
    " purpose is another, change it at the head of this page."
)
_SEES: Final = Wanted(HEAD.fields | {EXISTENCE})
_CONSENT: Final = frozenset({Reason.CONSENT_NOT_GIVEN, Reason.CONSENT_REFUSED, Reason.CONSENT_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Spoken:
    """One record in words; ``newest`` where the giver has said nothing since."""

    consent: Consent
    who: str
    shown: dict[str, str]
    services: str
    kinds: str
    recipients: str
    purposes: str
    newest: bool
    over: bool


def records_consent(visit: Visit) -> bool:
    """Say whether the visitor's role writes down what families say."""
    return visit.who.role in {role.value for role in RECORDS_CONSENT}


async def ids_of(visit: Visit) -> frozenset[str]:
    """Give every id the child goes by, to whoever may see something of them now, or would if the family agreed.

    An officer keeps the record of children whom a source of their own agency knows. To anybody else an address is no
    right: what a family said is about the child as much as what a service holds.
    """
    room, named = visit.governing, visit.path["person"]
    if visit.who.role in OFFICERS:
        try:
            return await of_own_agency(room, named, visit.who)
        except CannotBeDone:
            raise NoSuchPage from None
    question = visit.asking.about(visit.who, visit.request_id, (named,), visit.asks.context, _SEES)
    known = (await room.preparer.known([named])).get(named)
    ids = known.aliases | {named} if known else frozenset({named})
    standing = await room.preparer.standing(sorted(ids))
    rulebook = room.preparer.rulebooks.held(standing.policy_version)
    agreed = shown_if_agreed(question, room.preparer.sources, standing, rulebook, ids)
    if known is not None:
        decided = room.preparer.decide(question, named, known, standing)
        rests = any(decided[s].existence.reason in _CONSENT for s in known.at & agreed if s in decided)
        if rests or seen_somewhere(known, decided):
            return ids
    if agreed:
        raise NoSuchPage  # of nobody, and of one of whom nothing may be seen, alike
    raise HubError(Code.FORBIDDEN, NOT_FOR_YOU)


async def heard(visit: Visit, ids: frozenset[str]) -> list[Consent]:
    """Give what was said that concerns the visitor's organisation, newest first."""
    told = await consents_of(visit.governing.acting.database, ids)
    return [c for c in reversed(told) if concerns(c, visit.governing, visit.who)]


async def effects_of(visit: Visit, ids: frozenset[str], changed: Consent) -> Effects:
    """Say what a consent opens and closes once it is recorded, by the rules in force now."""
    room = visit.governing
    standing = await room.preparer.standing(sorted(ids))
    after = after_it(standing, changed)
    found = await room.look(consent_effects, room, standing, ids, after, sorted(WORKERS, key=lambda role: role.value))
    return effects_in_words(found, agency_names(room.preparer.sources))


def after_it(standing: Standing, changed: Consent) -> tuple[Consent, ...]:
    """Give all consents once another is recorded: it is the newest word."""
    newest = max((c.sequence for c in standing.consents), default=0) + 1
    return (*standing.consents, replace(changed, sequence=newest))


def in_words(told: Iterable[Consent], visit: Visit) -> list[Spoken]:
    """Say records in words, newest first."""
    names = agency_names(visit.governing.preparer.sources)
    spoken, later = [], set[str]()
    today = visit.governing.today
    for c in told:
        tone, sign, words = SAID[c.state]
        over = c.state is ConsentState.GIVEN and c.expires is not None and c.expires < today
        if over:
            tone, sign, words = "past", "○", "Yes, and it has run out"
        spoken.append(
            Spoken(
                c,
                _who(c),
                {"tone": tone, "sign": sign, "words": words},
                _all_or(
                    [SERVICES[s].label for s in sorted(c.services, key=lambda s: SERVICES[s].order)], "every service"
                ),
                _all_or([KINDS[k].lower() for k in KINDS if k in c.kinds], "every kind of data"),
                _all_or([names.get(a, a) for a in sorted(c.recipients)], "every organisation"),
                ", ".join(PURPOSES[p] for p in PURPOSES if p in c.purposes),
                c.giver not in later,
                over,
            )
        )
        later.add(c.giver)
    return spoken


def _who(said: Consent) -> str:
    """Say who somebody is to the child; the word they are told apart by only where it says more."""
    if said.relationship is GiverRelationship.NOT_STATED:
        return said.giver
    plain = plainly(said.relationship)
    return plain if said.giver == said.relationship.value.lower().replace("_", "-") else f"{plain} ({said.giver})"


def _all_or(named: list[str], everything: str) -> str:
    return ", ".join(named) or everything
