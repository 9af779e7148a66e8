"""Decisions about named people: asked as the question itself is, so that they tell no more than its answer does.

The decision is written in the ledger before anything is looked up; then the field is asked for by the one path to an
answer, with the person's real facts, and what that answer shows is what is decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.answer.question import Question, Wanted, with_kinds
from hub.audit.entries import Event, new_record_id
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.authzen.asked import OfPerson
from hub.authzen.seen import seen
from hub.authzen.told import Told
from hub.authzen.wrong import Wrong
from hub.errors import HubError
from hub.graphql.asking import Asking
from hub.identity.requester import Requester
from schema.person import Person

ASKED = "decision-asked"
"""The ledger's word for it: under the same request stands what was decided, and nobody was shown a value."""

_Alike = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Decides about named people."""

    asking: Asking
    ledger: Ledger
    pseudonyms: Pseudonyms
    clock: Callable[[], datetime]

    async def told(self, asked: Sequence[OfPerson], requester: Requester, request_id: str) -> list[Told | Wrong]:
        """Decide for whoever holds the token, together what is alike but for the field."""
        answers: dict[int, Told | Wrong] = {}
        alike: dict[_Alike, list[int]] = {}
        for place, one in enumerate(asked):
            try:
                self._known(one)
                self._question([one], requester, request_id)
            except Wrong as wrong:
                answers[place] = wrong
            else:
                alike.setdefault(_key(one), []).append(place)
        groups = [[asked[place] for place in places] for places in alike.values()]
        people = await self._people([self._question(group, requester, request_id) for group in groups])
        for places, person in zip(alike.values(), people, strict=True):
            answers |= {place: seen(person, asked[place]) for place in places}
        return [answers[place] for place in range(len(asked))]

    async def _people(self, questions: Sequence[Question]) -> list[Person | None]:
        if not questions:
            return []
        await self.ledger.append(*(self._event(question) for question in questions))
        people: list[Person | None] = []
        for answered in await self.asking.answers([(q, q.people) for q in questions]):
            if isinstance(answered, HubError):
                raise answered
            people += answered
        return people

    def _known(self, asked: OfPerson) -> None:
        source, service = asked.resource.source, asked.resource.service
        if source is not None and (source, service) not in {(s.id, s.service) for s in self.asking.sources()}:
            raise Wrong("resource.properties.source is not a source of this service.")

    def _question(self, asked: Sequence[OfPerson], requester: Requester, request_id: str) -> Question:
        first = asked[0]
        wanted = Wanted(
            fields=with_kinds(one.resource.field for one in asked), services=frozenset({first.resource.service})
        )
        try:
            return self.asking.about(requester, request_id, (first.person,), first.context, wanted)
        except HubError as error:
            raise Wrong(str(error)) from None

    def _event(self, question: Question) -> Event:
        who, (person,) = question.requester, question.people
        return Event(
            new_record_id(),
            question.request_id,
            self.clock(),
            ASKED,
            actor=self.pseudonyms.actor(who.subject),
            role=who.role,
            organisation=who.organisation,
            subject=self.pseudonyms.subject(person),
            facts={"purpose": question.purpose.value, "service": ".".join(sorted(question.wanted.services or ()))},
        )


def _key(asked: OfPerson) -> _Alike:
    return (asked.person, asked.resource.service, asked.purpose, asked.reference, asked.reason, asked.declared)
