"""Looking for somebody: the index searched through the sources the asker may see, and who was found decided on again.

What governs is read once for all that are looked for together, and so is what is known of whoever was found.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from hub.answer.candidates import BORN, DUE, FAMILY, GIVEN, LINES, NUMBER, POSTCODE, SEX, Seen
from hub.answer.deciding import Decided, decide_all
from hub.answer.question import Question, Wanted
from hub.answer.sources import Sources
from hub.errors import Code, HubError
from hub.governance.register import Register, Standing
from hub.governance.versions.governing import governing
from hub.governance.versions.rulebooks import Rulebooks
from hub.people.comparable import Comparable
from hub.people.comparable import Seen as Seeing
from hub.people.criteria import Criteria, Invalid, TooLittle
from hub.people.found import Candidate, Found
from hub.people.index import PersonIndex
from hub.people.known import KnownPerson
from hub.people.weights import Compared
from hub.store.database import patience
from policies.verdicts import Verdict
from schema.labels import Label

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


@dataclass(frozen=True, slots=True)
class Governed:
    """By what a search is made: what was decided of nobody in particular, and what of whom may be compared where."""

    version: str
    decided: Mapping[str, Decided]
    comparable: Seeing


@dataclass(frozen=True, slots=True)
class Look:
    """Whom a search found and by what; ``met`` are the protections of those compared, ``seen`` who may be shown."""

    by: Governed
    found: Found
    met: Collection[frozenset[Label]]
    seen: Sequence[Seen] = ()


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks into the index for a requester."""

    index: PersonIndex
    register: Register
    rulebooks: Rulebooks
    sources: Sources

    async def governed(self, question: Question) -> Governed:
        """Read what governs now."""
        standing = await governing(self.register, self.rulebooks, ())

        @cache
        def of_flagged(labels: frozenset[Label]) -> Mapping[str, Decided]:
            return self._decide(question, standing, labels)

        @cache
        def comparable(source_id: str, labels: frozenset[Label]) -> Comparable | None:
            return _comparable(of_flagged(labels).get(source_id))

        return Governed(standing.policy_version, of_flagged(frozenset()), comparable)

    async def look(self, by: Governed, criteria: Criteria) -> Look:
        """Search; BAD_USER_INPUT says what to add."""
        met = set[frozenset[Label]]()
        visible = {s for s, d in by.decided.items() if FAMILY in d.permitted}

        def comparable(source_id: str, labels: frozenset[Label]) -> Comparable | None:
            met.add(labels)
            return by.comparable(source_id, labels)

        async with patience():
            found = await self.index.search(criteria, visible.__contains__, comparable)
        if isinstance(found, TooLittle):
            raise HubError(Code.BAD_USER_INPUT, f"Not enough to search with: {found.add}.")
        if isinstance(found, Invalid):
            raise HubError(Code.BAD_USER_INPUT, f"{found.field}: {found.why}.")
        return Look(by, found, met)

    async def decided_on(self, question: Question, looks: Sequence[Look]) -> list[Look]:
        """Decide on whoever searches found, by what is true of them now; nobody is asked about twice."""
        _, seen = await self._seen(question, looks)
        return [replace(look, seen=its) for look, its in zip(looks, seen, strict=True)]

    async def hold(self, question: Question, looks: Sequence[Look]) -> bool:
        """Say whether everything is decided now as it was when it was searched, and again of whoever was found."""
        standing, seen = await self._seen(question, looks)
        decided = self._decide(question, standing, frozenset())
        return seen == [look.seen for look in looks] and all(look.by.decided == decided for look in looks)

    async def known(self, seen: Sequence[Seen]) -> Mapping[str, KnownPerson]:
        """Give what is known of whoever may be shown."""
        async with patience():
            return await self.index.people([candidate.person_id for candidate, _ in seen])

    async def _seen(self, question: Question, looks: Sequence[Look]) -> tuple[Standing, list[Sequence[Seen]]]:
        ids = list(dict.fromkeys(c.person_id for look in looks for c in look.found.candidates))
        async with patience():
            known = await self.index.people(ids)
        aliases = {p: known[p].aliases if p in known else frozenset({p}) for p in ids}
        standing = await governing(self.register, self.rulebooks, [i for p in ids for i in (p, *aliases[p])])

        @cache
        def of_one(person_id: str) -> tuple[frozenset[Label], Mapping[str, Decided], Mapping[str, Decided]]:
            flags = known[person_id].flags if person_id in known else frozenset(Label)
            protected = self._decide(question, standing, flags)
            return flags, protected, self._decide(question, standing, flags, aliases[person_id])

        return standing, [
            [one for c in look.found.candidates if (one := _seen_now(c, look.met, *of_one(c.person_id)))]
            for look in looks
        ]

    def _decide(
        self,
        question: Question,
        standing: Standing,
        flags: frozenset[Label],
        person_ids: frozenset[str] = frozenset(),
    ) -> Mapping[str, Decided]:
        wanted = replace(question, people=(), wanted=Wanted(fields=SHOWN, sources=question.wanted.sources))
        rulebook = self.rulebooks.held(standing.policy_version)
        return decide_all(wanted, person_ids, flags, self.sources, standing, rulebook)


def _comparable(here: Decided | None) -> Comparable | None:
    """Say what may be compared at a source; none where nobody of such protections may be found there."""
    if here is None or FAMILY not in here.permitted:
        return None
    whole = {f for f, fid in _COMPARED.items() if here.mask.decide(fid).verdict is Verdict.PERMIT}
    return Comparable(frozenset(whole), district=here.mask.decide(POSTCODE).verdict is Verdict.MASK)


def _seen_now(
    candidate: Candidate,
    met: Collection[frozenset[Label]],
    flags: frozenset[Label],
    protected: Mapping[str, Decided],
    decided: Mapping[str, Decided],
) -> Seen | None:
    """Decide on a candidate by what is true of them; one whose name may not be shown was never found."""
    compared = tuple(h for h in candidate.held if FAMILY in protected[h.source_id].permitted)
    held = tuple(h for h in compared if FAMILY in decided[h.source_id].permitted)
    if held and (held != compared or flags not in met):
        # What was alike at a source that does not share this person's records is not told of either; nor is
        # what was compared before a protection was known of.
        return replace(candidate, held=held, score=0.0, evidence=(), notes=(), rule=None), decided
    return (replace(candidate, held=held), decided) if held else None
