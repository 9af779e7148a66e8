"""Supposing: what would be decided of one child if one thing were otherwise. Nobody is asked and nothing changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from hub.answer.deciding import Decisions
from hub.answer.question import Question, Wanted
from hub.governance.break_glass import GlassReason, Grant
from hub.governance.consent import Consent
from hub.governance.second_person import SecondPerson
from hub.governance.standing import Standing
from hub.graphql.governing.room import Governing
from hub.identity.requester import Requester
from policies.vocabulary import Role
from schema.fields import CATALOGUE, FieldId
from schema.purposes import Purpose
from schema.services import Service


def with_access(standing: Standing, person_id: str, worker: Requester, agencies: Iterable[str]) -> Standing:
    """Give what governs as if a worker had emergency access to a person's records at some agencies."""
    who = (worker.subject, worker.role, worker.organisation)
    supposed = Grant("", person_id, *who, frozenset(agencies), GlassReason.IMMEDIATE_DANGER, standing.now + 1)
    return replace(standing, grants=(*standing.grants, supposed))


async def would_show(
    room: Governing, question: Question, source_id: str, field: FieldId, *, access: bool = False, agreed: bool = False
) -> bool:
    """Say whether a question about one person would be shown a field at a source, were one thing otherwise.

    ``access`` is emergency access to that source's agency, ``agreed`` a second person's agreement. Of records that
    carry labels of their own less may be shown: that is decided when they come.
    """
    (person_id,) = question.people
    known = (await room.preparer.known([person_id])).get(person_id)
    if known is None:
        return False
    worker, standing = question.requester, await room.preparer.standing(sorted(known.aliases | {person_id}))
    if access:
        agency = room.preparer.sources[source_id].config.agency
        standing = with_access(standing, person_id, worker, (agency,))
    if agreed:
        second = SecondPerson(person_id, worker.subject, worker.organisation)
        standing = replace(standing, agreed=(*standing.agreed, second))
    return field in room.preparer.decide(question, person_id, known, standing)[source_id].permitted


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change opens, or closes, to one role at some organisations: fields of one service, for one purpose."""

    role: Role
    organisations: frozenset[str]
    purpose: Purpose
    service: Service
    opened: frozenset[FieldId]
    closed: frozenset[FieldId]


def consent_effects(
    room: Governing, standing: Standing, ids: frozenset[str], after: Iterable[Consent], roles: Iterable[Role]
) -> tuple[Effect, ...]:
    """Give exactly what else would be shown of one person, to whom, if these were all their consents.

    By the rules that count, for every role given, every organisation with a source, and every purpose that a consent
    speaks of which is not in both; asked with a case reference. A record that carries a label, and a person who is
    protected, are decided on besides, and nothing of that is told here.
    """
    after = tuple(after)
    new_standing = replace(standing, consents=after)
    purposes = {p for one in {*standing.consents} ^ {*after} for p in one.purposes}
    found: dict[tuple[Role, Purpose, Service, frozenset[FieldId], frozenset[FieldId]], set[str]] = {}
    organisations = {s.config.agency for s in room.preparer.sources}
    for role, organisation, purpose in product(roles, sorted(organisations), sorted(purposes)):
        asker = Requester("supposed", "", role.value, organisation, "supposed")
        question = Question("", asker, purpose, "supposed", tuple(ids), _EVERYTHING, standing.at, 0.0)
        old, new = (_shown(room, question, ids, one) for one in (standing, new_standing))
        for service in old:
            opened, closed = new[service] - old[service], old[service] - new[service]
            if opened or closed:
                found.setdefault((role, purpose, service, opened, closed), set()).add(organisation)
    return tuple(Effect(r, frozenset(who), p, s, o, c) for (r, p, s, o, c), who in found.items())


def _shown(
    room: Governing, question: Question, ids: frozenset[str], standing: Standing
) -> Mapping[Service, frozenset[FieldId]]:
    rulebook = room.preparer.rulebooks.held(standing.policy_version)
    shown: dict[Service, frozenset[FieldId]] = {}
    decisions = Decisions(question, room.preparer.sources, standing, rulebook)
    for source, _, mask in decisions.masks(ids, frozenset()):
        service = source.config.service
        shown[service] = shown.get(service, frozenset()) | mask.permitted
    return shown


_EVERYTHING: Final = Wanted(fields=frozenset(CATALOGUE))
