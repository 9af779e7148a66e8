"""Finding a person: the search, seen only through the sources the requester may see, and written down."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from hub.answer.candidates import (
    BORN,
    DUE,
    FAMILY,
    GIVEN,
    LINES,
    NUMBER,
    POSTCODE,
    SEX,
    TOLD_TOO_LITTLE,
    Seen,
    answered,
    looked,
    only_match,
    to_tell,
    told,
)
from hub.answer.deciding import Decided, decide_all
from hub.answer.ledger_entries import search_of
from hub.answer.mothers import of_mother, spots
from hub.answer.question import Question, Wanted
from hub.answer.released import result_of
from hub.answer.sources import Sources
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.joined import Watching
from hub.errors import Code, HubError
from hub.governance.reasons import Reasons
from hub.governance.register import Register, Standing, WrongPolicyVersion
from hub.governance.telling import Owners
from hub.governance.versions.governing import governing
from hub.governance.versions.rulebooks import Rulebooks
from hub.people.comparable import Comparable
from hub.people.comparable import Seen as Comparing
from hub.people.criteria import Criteria, Invalid, TooLittle
from hub.people.found import Found
from hub.people.index import PersonIndex
from hub.people.weights import Compared
from hub.store.database import patience
from policies.verdicts import Verdict
from schema.labels import Label
from schema.search import PeopleMatched, PersonSearchInput, SearchAnswer
from schema.sources import SourceAnswer

SHOWN = frozenset({GIVEN, FAMILY, BORN, DUE, SEX, POSTCODE, LINES, NUMBER})
"""The governed fields a candidate is shown or found by."""

_COMPARED = {
    Compared.SURNAME: FAMILY,
    Compared.GIVEN: GIVEN,
    Compared.BIRTH: BORN,
    Compared.SEX: SEX,
    Compared.POSTCODE: POSTCODE,
    Compared.ADDRESS: LINES,
    Compared.NHS: NUMBER,
    Compared.UPN: NUMBER,
    Compared.OTHER: NUMBER,
}
"""Whether something agrees tells it: it is compared only where it might be shown."""

_TRIES = 3
"""Times what governs may change under a search before its asker is told to come again."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a search found and by what: what was decided of nobody in particular, and of each who may be shown.

    ``met`` are the protections of those compared.
    """

    version: str
    found: Found
    decided: Mapping[str, Decided]
    met: Collection[frozenset[Label]]
    seen: Sequence[Seen]


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

    async def search(self, question: Question, given: PersonSearchInput) -> SearchAnswer:
        """Search, and write down that it was done before anything is shown; BAD_USER_INPUT says what to add.

        Then everything is decided once more: where it comes to anything else than what was found by, it is searched
        again, so that nobody is found by one version of the rules and shown by another.
        """
        criteria, mother = criteria_of(given), of_mother(given, question.purpose)
        for again in range(_TRIES):
            look = await self._look(question, criteria, mother)
            number = mother.identifier if mother and not criteria.identifier else criteria.identifier
            await self._count(question, criteria, number, look.seen, again=again > 0)
            await self._write(question, given, look.seen)
            if await self._holds(question, look):
                return answered(look.found, look.seen, self.today())
        raise WrongPolicyVersion(look.version)

    async def match(self, question: Question, people: Sequence[PersonSearchInput]) -> PeopleMatched:
        """Say of each whether exactly one person is them, by the release rule: whoever is only possible is not told of.

        All is decided once more at the end, as in a search. Together they count as one search.
        """
        for again in range(_TRIES):
            looks = [await self._look_for(question, one) for one in people]
            found = [only_match(look.found, look.seen) if look else () for look in looks]
            ids = [candidate.person_id for seen in found for candidate, _ in seen]
            await self.watching.budgets.searched(question, ids, None, again=again > 0, misses=False)
            await self._write_all(question, list(zip(people, found, strict=True)))
            if all([look is None or await self._holds(question, look) for look in looks]):
                matches = [told(look.found, look.seen) if look else TOLD_TOO_LITTLE for look in looks]
                return PeopleMatched(sources=await self._of_nobody(question), people=matches)
        raise WrongPolicyVersion("changing")

    async def _of_nobody(self, question: Question) -> list[SourceAnswer]:
        """Say of each source what is said of it where it holds nothing of anybody: held back from the asker, or not."""
        standing, feeds = await governing(self.register, self.rulebooks, ()), await self.index.feeds()
        decided, now = self._decide(question, standing, frozenset()), question.asked_at
        return [
            result_of(d, None, sight=None, last_sync=feeds.get(s), born=None, ids=None, now=now).answer
            for s, d in decided.items()
        ]

    async def _look_for(self, question: Question, given: PersonSearchInput) -> _Look | None:
        """Search for one of several; none where too little was given, or nothing that could be looked for."""
        try:
            return await self._look(question, criteria_of(given), None)
        except HubError:
            return None

    async def _look(self, question: Question, criteria: Criteria, mother: Criteria | None = None) -> _Look:
        """Search by what governs now, and decide on whoever was found."""
        standing = await governing(self.register, self.rulebooks, ())
        decided = self._decide(question, standing, frozenset())
        visible = {s for s, d in decided.items() if FAMILY in d.permitted}
        met = set[frozenset[Label]]()
        comparable = self._comparable(question, standing, met)
        if mother is not None:
            her = await self._look(question, mother)
            async with patience():
                known = await self.index.people([candidate.person_id for candidate, _ in her.seen])
            criteria = replace(criteria, mother=spots((candidate for candidate, _ in her.seen), known))
        async with patience():
            found = await self.index.search(criteria, visible.__contains__, comparable)
        if isinstance(found, TooLittle):
            raise HubError(Code.BAD_USER_INPUT, f"Not enough to search with: {found.add}.")
        if isinstance(found, Invalid):
            raise HubError(Code.BAD_USER_INPUT, f"{found.field}: {found.why}.")
        _, seen = await self._seen(question, found, met)
        return _Look(standing.policy_version, found, decided, met, seen)

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

    async def _write(self, question: Question, given: PersonSearchInput, seen: Sequence[Seen]) -> None:
        await self._write_all(question, [(given, seen)])

    async def _write_all(
        self, question: Question, searches: Sequence[tuple[PersonSearchInput, Sequence[Seen]]]
    ) -> None:
        """Write searches down, each with its reason and with word to the owners of what it shows."""
        written = [
            (search_of(question, _names(given), [candidate.person_id for candidate, _ in seen], self.pseudonyms), seen)
            for given, seen in searches
        ]
        if question.reason is not None:
            await self.reasons.keep((entry.record_id for entry, _ in written), question.reason)
        await self.owners.tell((agency, entry.record_id) for entry, seen in written for agency in to_tell(seen))
        await self.ledger.append(*(entry for entry, _ in written))

    async def _holds(self, question: Question, look: _Look) -> bool:
        """Say whether everything is decided now as it was when it was searched, and again of whoever was found."""
        standing, seen = await self._seen(question, look.found, look.met)
        return seen == look.seen and self._decide(question, standing, frozenset()) == look.decided

    async def _seen(
        self, question: Question, found: Found, met: Collection[frozenset[Label]]
    ) -> tuple[Standing, Sequence[Seen]]:
        """Decide again on each candidate by what is true of them; one whose name may not be shown was never found."""
        ids = [c.person_id for c in found.candidates]
        async with patience():
            known = await self.index.people(ids)
        aliases = {p: known[p].aliases if p in known else frozenset({p}) for p in ids}
        standing = await governing(self.register, self.rulebooks, [i for p in ids for i in (p, *aliases[p])])
        seen: list[Seen] = []
        for candidate in found.candidates:
            flags = known[candidate.person_id].flags if candidate.person_id in known else frozenset(Label)
            protected = self._decide(question, standing, flags)
            decided = self._decide(question, standing, flags, aliases[candidate.person_id])
            compared = tuple(h for h in candidate.held if FAMILY in protected[h.source_id].permitted)
            held = tuple(h for h in compared if FAMILY in decided[h.source_id].permitted)
            if held and (held != compared or flags not in met):
                # What was alike at a source that does not share this person's records is not told of either; nor is
                # what was compared before a protection was known of.
                seen.append((replace(candidate, held=held, score=0.0, evidence=(), notes=(), rule=None), decided))
            elif held:
                seen.append((replace(candidate, held=held), decided))
        return standing, seen

    def _comparable(self, question: Question, standing: Standing, met: set[frozenset[Label]]) -> Comparing:
        """Say what may be compared at a source for a person of certain protections; none where they are not shown.

        ``met`` gathers the protections of those compared.
        """

        @cache
        def decided(labels: frozenset[Label]) -> Mapping[str, Decided]:
            met.add(labels)
            return self._decide(question, standing, labels)

        def comparable(source_id: str, labels: frozenset[Label]) -> Comparable | None:
            here = decided(labels).get(source_id)
            if here is None or FAMILY not in here.permitted:
                return None
            whole = {f for f, fid in _COMPARED.items() if here.mask.decide(fid).verdict is Verdict.PERMIT}
            return Comparable(frozenset(whole), district=here.mask.decide(POSTCODE).verdict is Verdict.MASK)

        return comparable

    def _decide(
        self,
        question: Question,
        standing: Standing,
        flags: frozenset[Label],
        person_ids: frozenset[str] = frozenset(),
    ) -> Mapping[str, Decided]:
        wanted = replace(question, people=(), wanted=Wanted(fields=SHOWN))
        rulebook = self.rulebooks.held(standing.policy_version)
        return decide_all(wanted, person_ids, flags, self.sources, standing, rulebook)


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
