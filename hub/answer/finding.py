"""Finding a person: the search, seen only through the sources the requester may see, and written down."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from hub.answer.candidates import TOLD_TOO_LITTLE, Seen, answered, looked, only_match, to_tell, told
from hub.answer.ledger_entries import search_of
from hub.answer.looking import Governed, Look, Looking
from hub.answer.mothers import of_mother, spots
from hub.answer.question import Question
from hub.answer.released import result_of
from hub.answer.sources import Sources
from hub.answer.write_down import write_down
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.joined import Watching
from hub.errors import Code, HubError
from hub.governance.reasons import Reasons
from hub.governance.register import Register, WrongPolicyVersion
from hub.governance.telling import Owners
from hub.governance.versions.rulebooks import Rulebooks
from hub.people.criteria import Criteria
from hub.people.index import PersonIndex
from hub.people.turns import Turns
from schema.search import PeopleMatched, PersonSearchInput, SearchAnswer
from schema.sources import SourceAnswer

_TRIES = 3
"""Times what governs may change under a search before its asker is told to come again."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds people in the index on behalf of a requester."""

    index: PersonIndex
    register: Register
    rulebooks: Rulebooks
    ledger: Ledger
    pseudonyms: Pseudonyms
    sources: Sources
    today: Callable[[], date]
    reasons: Reasons
    owners: Owners
    watching: Watching
    looking: Looking = field(init=False)

    def __post_init__(self) -> None:
        """Look by the rooms a search passes through."""
        looking = Looking(self.index, self.register, self.rulebooks, self.sources)
        object.__setattr__(self, "looking", looking)

    async def search(self, question: Question, given: PersonSearchInput) -> SearchAnswer:
        """Search, and write down that it was done before anything is shown; BAD_USER_INPUT says what to add.

        Then everything is decided once more: where it comes to anything else than what was found by, it is searched
        again, so that nobody is found by one version of the rules and shown by another.
        """
        criteria, mother = criteria_of(given), of_mother(given, question.purpose)
        for again in range(_TRIES):
            look = await self._look(question, criteria, mother)
            number = mother.identifier if mother and not criteria.identifier else criteria.identifier
            begun = time.monotonic()
            await self._count(question, criteria, number, look.seen, again=again > 0)
            await self._write_all(question, [(given, look.seen)], time.monotonic() - begun)
            if await self.looking.hold(question, [look]):
                return answered(look.found, look.seen, self.today())
        raise WrongPolicyVersion(look.by.version)

    async def match(self, question: Question, people: Sequence[PersonSearchInput]) -> PeopleMatched:
        """Say of each whether exactly one person is them, by the release rule: whoever is only possible is not told of.

        All is decided once more at the end, as in a search. Together they count as one search, and each who is looked
        for as somebody opened, found or not: else a list of guesses would cost what one does.
        """
        for again in range(_TRIES):
            by = await self.looking.governed(question)
            looks = await self._look_for(question, by, people)
            found = [only_match(look.found, look.seen) if look else () for look in looks]
            counted = _counted((one, seen) for one, look, seen in zip(people, looks, found, strict=True) if look)
            begun = time.monotonic()
            await self.watching.budgets.searched(question, counted, None, again=again > 0, misses=False)
            await self._write_all(question, list(zip(people, found, strict=True)), time.monotonic() - begun)
            if await self.looking.hold(question, [look for look in looks if look]):
                matches = [told(look.found, look.seen) if look else TOLD_TOO_LITTLE for look in looks]
                return PeopleMatched(sources=await self._of_nobody(question, by), people=matches)
        raise WrongPolicyVersion("changing")

    async def _of_nobody(self, question: Question, by: Governed) -> list[SourceAnswer]:
        """Say of each source what is said of it where it holds nothing of anybody: held back from the asker, or not."""
        feeds, now = await self.index.feeds(), question.asked_at
        return [
            result_of(d, None, sight=None, last_sync=feeds.get(s), born=None, ids=None, now=now).answer
            for s, d in by.decided.items()
        ]

    async def _look_for(
        self, question: Question, by: Governed, people: Sequence[PersonSearchInput]
    ) -> list[Look | None]:
        """Search for several; none where too little was given of one, or nothing that could be looked for."""
        turns, looks = Turns(), list[Look | None]()
        for one in people:
            try:
                looks.append(await self.looking.look(by, criteria_of(one)))
            except HubError:
                looks.append(None)
            await turns.give()
        decided = iter(await self.looking.decided_on(question, [look for look in looks if look]))
        return [look and next(decided) for look in looks]

    async def _look(self, question: Question, criteria: Criteria, mother: Criteria | None = None) -> Look:
        """Search by what governs now, and decide on whoever was found."""
        by = await self.looking.governed(question)
        if mother is not None:
            (her,) = await self.looking.decided_on(question, [await self.looking.look(by, mother)])
            known = await self.looking.known(her.seen)
            criteria = replace(criteria, mother=spots((candidate for candidate, _ in her.seen), known))
        (look,) = await self.looking.decided_on(question, [await self.looking.look(by, criteria)])
        return look

    async def _count(
        self,
        question: Question,
        criteria: Criteria,
        number: tuple[str, str] | None,
        seen: Sequence[Seen],
        *,
        again: bool,
    ) -> None:
        """Count the search and whom it shows, or refuse it; leave for the asker's lead what they are to look at."""
        shown = [looked(candidate, decided) for candidate, decided in seen]
        ids = [one.person_id for one in shown]
        await self.watching.budgets.searched(question, ids, number, again=again)
        who, at = question.requester, question.asked_at
        await self.watching.reviews.searched(who, question.request_id, at, criteria, shown)

    async def _write_all(
        self, question: Question, searches: Sequence[tuple[PersonSearchInput, Sequence[Seen]]], waited: float
    ) -> None:
        """Write searches down, each with its reason and with word to the owners of what it shows.

        ``waited`` are the seconds that counting them took.
        """
        written = [
            (search_of(question, _names(given), [candidate.person_id for candidate, _ in seen], self.pseudonyms), seen)
            for given, seen in searches
        ]
        if question.reason is not None:
            await self.reasons.keep((entry.record_id for entry, _ in written), question.reason)
        await self.owners.tell((agency, entry.record_id) for entry, seen in written for agency in to_tell(seen))
        await write_down(self.ledger, (entry for entry, _ in written), waited)


def criteria_of(given: PersonSearchInput) -> Criteria:
    """Give the index's criteria for what was typed; BAD_USER_INPUT where a range has one end only."""
    if (given.born_from is None) != (given.born_to is None):
        raise HubError(Code.BAD_USER_INPUT, "give both bornFrom and bornTo, or neither")
    between = (given.born_from, given.born_to) if given.born_from and given.born_to else None
    return Criteria(
        surname=given.family_name or "",
        given=given.given_name or "",
        date_of_birth=given.date_of_birth,
        born_between=between,
        postcode=given.postcode or "",
        address=given.address or "",
        age=given.age,
        identifier=(given.identifier.system, given.identifier.value) if given.identifier else None,
    )


def _names(given: PersonSearchInput) -> list[str]:
    return [name for name, value in vars(given).items() if value is not None]


def _counted(sought: Iterable[tuple[PersonSearchInput, Sequence[Seen]]]) -> list[str]:
    """Give what those looked for are counted by: their ids, or, of nobody, what tells one but for where they live.

    Somebody is tried with each postcode they had, and is one person all the same.
    """
    by_person: dict[str, list[str]] = {}
    for given, found in sought:
        number = (given.identifier.system.value, given.identifier.value) if given.identifier else ()
        person = repr(("sought", given.given_name, given.family_name, given.date_of_birth, *number))
        by_person.setdefault(person, []).extend(candidate.person_id for candidate, _ in found)
    return [one for person, ids in by_person.items() for one in ids or [person]]
