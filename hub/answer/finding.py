"""Finding a person: the search, seen only through the sources the requester may see, and written down."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from hub.answer.deciding import Decided, decide_all
from hub.answer.ledger_entries import search_of
from hub.answer.mothers import of_mother, spots
from hub.answer.question import Question, Wanted
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
from hub.people.found import Candidate, Found, Held, Result
from hub.people.index import PersonIndex
from hub.people.weights import Compared
from hub.reviews.watching import Shown
from hub.store.database import patience
from policies.masks import apply_mask
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.labels import Label
from schema.person import age_on, most_held
from schema.records import Sex
from schema.search import MatchEvidence, PersonCandidate, PersonSearchInput, SearchAnswer, SearchOutcome

GIVEN, FAMILY = FieldId("PersonName.given"), FieldId("PersonName.family")
BORN, DUE, SEX = FieldId("Birth.date_of_birth"), FieldId("Birth.expected_date_of_birth"), FieldId("Birth.sex")
POSTCODE, LINES = FieldId("Address.postcode"), FieldId("Address.lines")
NUMBER = FieldId("Identifier.value")
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

_OUTCOMES = {
    Result.MATCH: (SearchOutcome.MATCH, "One person satisfies the release rule. Check that it is the right one."),
    Result.POSSIBLE: (SearchOutcome.POSSIBLE, "Nobody is certain: compare the evidence and choose, or give more."),
    Result.TOO_MANY: (
        SearchOutcome.TOO_MANY,
        "Too many could be meant: add a given name, postcode or identifier.",
    ),
    Result.NO_MATCH: (
        SearchOutcome.NO_MATCH,
        "Nobody you may see was found by what was searched. That does not mean that no service knows the child.",
    ),
}


_TRIES = 3
"""Times what governs may change under a search before its asker is told to come again."""

_Seen = tuple[Candidate, Mapping[str, Decided]]
"""Somebody found who may be shown, and what was decided of them at each source."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a search found and by what: what was decided of nobody in particular, and of each who may be shown.

    ``met`` are the protections of those compared.
    """

    version: str
    found: Found
    decided: Mapping[str, Decided]
    met: Collection[frozenset[Label]]
    seen: Sequence[_Seen]


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
                return self._answer(look.found, look.seen)
        raise WrongPolicyVersion(look.version)

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
        seen: Sequence[_Seen],
        *,
        again: bool,
    ) -> None:
        """Count the search and whom it shows, or refuse it; leave for the asker's lead what they are to look at."""
        shown = [_looked(candidate, decided) for candidate, decided in seen]
        ids = [one.person_id for one in shown]
        await self.watching.budgets.searched(question, ids, number, again=again)
        who, at = question.requester, question.asked_at
        await self.watching.reviews.searched(who, question.request_id, at, criteria, shown)

    async def _write(self, question: Question, given: PersonSearchInput, seen: Sequence[_Seen]) -> None:
        entry = search_of(question, _names(given), [candidate.person_id for candidate, _ in seen], self.pseudonyms)
        if question.reason is not None:
            await self.reasons.keep((entry.record_id,), question.reason)
        await self.owners.tell((agency, entry.record_id) for agency in _to_tell(seen))
        await self.ledger.append(entry)

    async def _holds(self, question: Question, look: _Look) -> bool:
        """Say whether everything is decided now as it was when it was searched, and again of whoever was found."""
        standing, seen = await self._seen(question, look.found, look.met)
        return seen == look.seen and self._decide(question, standing, frozenset()) == look.decided

    async def _seen(
        self, question: Question, found: Found, met: Collection[frozenset[Label]]
    ) -> tuple[Standing, Sequence[_Seen]]:
        """Decide again on each candidate by what is true of them; one whose name may not be shown was never found."""
        ids = [c.person_id for c in found.candidates]
        async with patience():
            known = await self.index.people(ids)
        aliases = {p: known[p].aliases if p in known else frozenset({p}) for p in ids}
        standing = await governing(self.register, self.rulebooks, [i for p in ids for i in (p, *aliases[p])])
        seen: list[_Seen] = []
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

    def _answer(self, found: Found, seen: Sequence[_Seen]) -> SearchAnswer:
        outcome, explanation = _OUTCOMES[_result(found, [candidate for candidate, _ in seen])]
        return SearchAnswer(
            outcome=outcome,
            searched=list(found.searched),
            explanation=explanation,
            candidates=[self._candidate(c, decided, found.rule_version) for c, decided in seen],
        )

    def _candidate(self, candidate: Candidate, decided: Mapping[str, Decided], version: str) -> PersonCandidate:
        held = [(h, decided[h.source_id]) for h in candidate.held]
        born = most_held(_shown(d, BORN, h.traits.date_of_birth) for h, d in held)
        sex = most_held(_shown(d, SEX, h.traits.sex) for h, d in held)
        year_alone = any(d.mask.decide(BORN).verdict is Verdict.MASK for _, d in held)
        return PersonCandidate(
            id=candidate.person_id,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
            names=_distinct(name for h, d in held for name in _names_of(h, d)),
            date_of_birth=born if isinstance(born, date) else None,
            expected_date_of_birth=most_held(_day(_shown(d, DUE, h.traits.expected_date_of_birth)) for h, d in held),
            age=age_on(born, self.today()) if isinstance(born, date) and not year_alone else None,
            sex=Sex[sex] if isinstance(sex, str) and sex in Sex.__members__ else None,
            postcodes=_distinct(
                str(code) for h, d in held for p in h.traits.postcodes if (code := _shown(d, POSTCODE, p))
            ),
            services=sorted({h.service for h, _ in held}),
            score=candidate.score,
            evidence=[
                MatchEvidence(field=e.field, agreement=str(e.agreement), bits=e.bits) for e in candidate.evidence
            ],
            rule=f"{candidate.rule} {version}" if candidate.rule else None,
            notes=[str(n) for n in candidate.notes],
        )


def _looked(candidate: Candidate, decided: Mapping[str, Decided]) -> Shown:
    """Give what of a candidate was shown that might be the asker's own."""
    held = [(h.traits, decided[h.source_id]) for h in candidate.held]
    surnames = {str(name) for t, d in held for n in t.names if (name := _shown(d, FAMILY, n.family))}
    postcodes = {str(code) for t, d in held for p in t.postcodes if (code := _shown(d, POSTCODE, p))}
    return Shown(candidate.person_id, frozenset(surnames), frozenset(postcodes))


def _to_tell(seen: Iterable[_Seen]) -> Iterable[str]:
    """Give the agencies to which a rule owes word that records of theirs are shown."""
    for candidate, decided in seen:
        for here in (decided[held.source_id] for held in candidate.held):
            if here.told and not here.facts.own:
                yield here.source.config.agency


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


def _result(found: Found, seen: Sequence[Candidate]) -> Result:
    """Say what the search came to, as if whoever may not be shown were not there."""
    if not found.candidates:
        return found.result
    if not seen:
        return Result.NO_MATCH
    first = found.candidates[0]
    return found.result if (seen[0].person_id, seen[0].rule) == (first.person_id, first.rule) else Result.POSSIBLE


def _names(given: PersonSearchInput) -> list[str]:
    return [name for name, value in vars(given).items() if value is not None]


def _shown(decided: Decided, fid: FieldId, value: object) -> object:
    """Give a value as far as it may be shown."""
    if value is None:
        return None
    decision = decided.mask.decide(fid)
    if decision.verdict is Verdict.PERMIT:
        return value
    return apply_mask(decision.mask, value) if decision.verdict is Verdict.MASK and decision.mask else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _names_of(held: Held, decided: Decided) -> Iterable[str]:
    for name in held.traits.names:
        parts = (_shown(decided, GIVEN, name.given), _shown(decided, FAMILY, name.family))
        if whole := " ".join(str(p) for p in parts if p):
            yield whole


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
