"""From a root field to a question: inputs checked, purpose stated, then the one path to an answer."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from hub.answer.finding import Finder
from hub.answer.path import Answerer
from hub.answer.question import Question, Wanted
from hub.answer.sources import Sources
from hub.answer.unfolding import Unfolding
from hub.errors import Code, HubError
from hub.identity.requester import Requester
from policies.vocabulary import ROLES
from schema.me import Me
from schema.person import Person
from schema.request import RequestContext
from schema.search import PeopleMatched, PersonSearchInput, SearchAnswer
from schema.sources import Source

PERSON_ID = re.compile(r"[0-9a-f-]{1,64}")
MOST_PEOPLE = 100
"""People one root field may ask about."""
MOST_MATCHED = 300
"""Entries of whom another hub looks for: a hundred children, each with two former postcodes."""
LONGEST_REASON = 500
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/ ._-]{0,63}")


class Asking:
    """Turns root fields into questions."""

    def __init__(
        self,
        answerer: Answerer,
        finder: Finder,
        sources: Sources,
        *,
        deadline: float,
        clock: Callable[[], datetime],
    ) -> None:
        """Join what root fields call; ``deadline`` is in seconds for one question."""
        self._answerer = answerer
        self._finder = finder
        self._sources = sources
        self._deadline = deadline
        self._clock = clock

    async def person(
        self, requester: Requester, request_id: str, person_id: str, context: RequestContext, wanted: Wanted
    ) -> Person | None:
        """Answer about one person."""
        return (await self.people(requester, request_id, (person_id,), context, wanted))[0]

    async def people(
        self,
        requester: Requester,
        request_id: str,
        ids: Sequence[str],
        context: RequestContext,
        wanted: Wanted,
        sources: Sequence[str] | None = None,
    ) -> list[Person | None]:
        """Answer about several people, in the order and as often as they are named; each source is asked once."""
        (answered,) = await self.answers([(self.about(requester, request_id, ids, context, wanted, sources), ids)])
        if isinstance(answered, HubError):
            raise answered
        return answered

    def about(
        self,
        requester: Requester,
        request_id: str,
        ids: Sequence[str],
        context: RequestContext,
        wanted: Wanted,
        sources: Sequence[str] | None = None,
    ) -> Question:
        """Make the question about people, of these sources only; BAD_USER_INPUT or LIMIT says what is wrong with it."""
        if sources is not None:
            wanted = wanted.only(frozenset(sources))
        if len(ids) > MOST_PEOPLE:
            raise HubError(Code.LIMIT, f"more than {MOST_PEOPLE} people in one question: ask about fewer at a time")
        if not all(PERSON_ID.fullmatch(one) for one in ids):
            raise HubError(Code.BAD_USER_INPUT, "id is not an id the hub gave: search for the person first")
        return self._question(requester, request_id, tuple(dict.fromkeys(ids)), context, wanted)

    async def answers(self, asked: Sequence[tuple[Question, Sequence[str]]]) -> list[list[Person | None] | HubError]:
        """Answer questions, each for its people as they were named, all released at one moment; or say why not."""
        found = await self._answerer.answer(*(question for question, _ in asked))
        answered: list[list[Person | None] | HubError] = []
        for (question, ids), people in zip(asked, found, strict=True):
            if isinstance(people, HubError):
                answered.append(people)
            else:
                by_id = dict(zip(question.people, people, strict=True))
                answered.append([by_id[one] for one in ids])
        return answered

    async def unfold(self, question: Question) -> Unfolding:
        """Begin a question whose answer is released part by part; HubError says why it is not answered."""
        return await self._answerer.unfold(question)

    async def search(
        self, requester: Requester, request_id: str, given: PersonSearchInput, context: RequestContext
    ) -> SearchAnswer:
        """Find a person."""
        return await self._finder.search(self._question(requester, request_id, (), context, Wanted()), given)

    async def match(
        self,
        requester: Requester,
        request_id: str,
        people: Sequence[PersonSearchInput],
        context: RequestContext,
        sources: Sequence[str] | None = None,
    ) -> PeopleMatched:
        """Say of each of several people whether exactly one person here is them, to another hub alone.

        With ``sources`` it is found out by what these hold, and nothing of it depends on what any other does.
        """
        if requester.relayed is None:
            raise HubError(Code.FORBIDDEN, "Only another authority's hub asks so: use searchPeople.")
        if len(people) > MOST_MATCHED:
            raise HubError(Code.LIMIT, f"more than {MOST_MATCHED} entries in one question: ask of fewer at a time")
        wanted = Wanted(sources=None if sources is None else frozenset(sources))
        return await self._finder.match(self._question(requester, request_id, (), context, wanted), people)

    def note(self, requester: Requester) -> str | None:
        """Say, in a code, that the requester nears a limit; none where they do not."""
        return self._answerer.note(requester)

    def now(self) -> datetime:
        """Give the time by which questions are asked."""
        return self._clock()

    def me(self, requester: Requester) -> Me:
        """Describe the requester."""
        return Me(
            name=requester.name,
            role=requester.role,
            role_means=ROLES[requester.role].means,
            organisation=requester.organisation,
        )

    def sources(self) -> list[Source]:
        """Describe every connected source."""
        return [s.described() for s in self._sources]

    def _question(
        self,
        requester: Requester,
        request_id: str,
        people: tuple[str, ...],
        context: RequestContext,
        wanted: Wanted,
    ) -> Question:
        return stated(requester, request_id, people, context, wanted, self._clock(), self._deadline)


def stated(
    requester: Requester,
    request_id: str,
    people: tuple[str, ...],
    context: RequestContext,
    wanted: Wanted,
    at: datetime,
    deadline: float,
) -> Question:
    """Make a question that says why it is asked; BAD_USER_INPUT says what is wrong with what was said."""
    reference = (context.reference or "").strip() or None
    if reference and not REFERENCE.fullmatch(reference):
        raise HubError(
            Code.BAD_USER_INPUT, "context.reference must be up to 64 letters, digits, spaces and any of / . _ -"
        )
    if context.purpose.needs_reference and not reference:
        raise HubError(
            Code.BAD_USER_INPUT,
            f"purpose {context.purpose.value} needs context.reference: the referral or case you ask for",
        )
    relayed = requester.relayed
    unsigned = bool(context.reason) or context.i_work_with_this_child
    if relayed is not None and (unsigned or (context.purpose, reference) != (relayed.purpose, relayed.reference)):
        raise HubError(Code.BAD_USER_INPUT, "context is not what the asking hub signed")
    reason = (context.reason or "").strip() or None
    if reason and len(reason) > LONGEST_REASON:
        raise HubError(Code.BAD_USER_INPUT, f"context.reason must be at most {LONGEST_REASON} characters")
    if context.i_work_with_this_child and not reason:
        raise HubError(Code.BAD_USER_INPUT, "context.iWorkWithThisChild needs context.reason: say why you ask")
    return Question(
        request_id,
        requester,
        context.purpose,
        reference,
        people,
        wanted,
        at,
        min(deadline, relayed.seconds) if relayed else deadline,
        reason,
        context.i_work_with_this_child,
    )
