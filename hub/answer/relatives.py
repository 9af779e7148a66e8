"""Relatives: whom the answers of sources name, decided on, and prepared like anybody else where that was asked.

Whoever the asker may not know of is not counted, not opened, not written down and takes nobody's place: what is read
of the hub's own tables is read alike whether somebody is named or nobody is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connectors.contract import LocalId
from hub.answer.asked import Asked, Prepared
from hub.answer.kin import Kin, Place, Sight, kin_of, naming
from hub.answer.question import Question
from hub.people.known import NOBODY, KnownPerson
from hub.people.protection import HIDES_ADDRESS
from hub.store.database import patience
from schema.labels import Label
from schema.records import Relationship

if TYPE_CHECKING:
    from hub.answer.prepare import Preparer
    from hub.governance.standing import Standing

MOST_RELATIVES: Final = 20
"""People named beside one person that are followed; more are named without being opened."""

NOBODY_AT_ALL: Final = "0" * 32
"""An id nobody has: read of where nobody is named, so that it takes as long."""


async def beside(preparer: "Preparer", prepared: Prepared) -> Prepared:
    """Find who is named beside the people asked about, decide on them, and open them too where that was asked."""
    question = naming(prepared.question)
    if question is None:
        return prepared
    named = dict.fromkeys(place for place, _ in _named(prepared))
    async with patience():
        found = await preparer.index.by_locals((s, LocalId(local)) for s, local in named or (NOBODY,))
    places: dict[Place, str] = {place: found[place] for place in named if place in found}  # type: ignore[index] # a LocalId is a str
    known = await preparer.known(set(places.values()) or {NOBODY_AT_ALL})
    standing = await preparer.standing([*places.values(), *(i for k in known.values() for i in k.aliases)])
    kin = kin_now(preparer, prepared, places, known, standing)
    apart = frozenset[frozenset[str]]()
    if prepared.question.wanted.family:
        async with patience():
            apart = await preparer.index.said_apart(kin.opened() or (NOBODY_AT_ALL,))
    prepared = replace(prepared, named=places, kin=kin, apart=apart)
    return await _opened(preparer, prepared, kin)


def kin_now(
    preparer: "Preparer",
    prepared: Prepared,
    places: Mapping[Place, str],
    known: Mapping[str, KnownPerson],
    standing: "Standing",
) -> Kin:
    """Decide on those named by what is known and what governs at this moment."""
    question = naming(prepared.question)
    assert question is not None  # noqa: S101 -- only where relationships were asked for is anybody named
    by = preparer.decisions(question, standing)
    return kin_of(places, known, lambda person_id, person: preparer.told(by, person_id, person))


async def _opened(preparer: "Preparer", prepared: Prepared, kin: Kin) -> Prepared:
    wanted, shown = prepared.question.wanted.relatives, set(_shown(preparer, prepared, kin))
    ids = tuple(person_id for person_id in kin.opened() if person_id in shown)[:MOST_RELATIVES]
    if wanted is None or not ids or not (ids := await preparer.budgets.fitting(prepared.question, ids)):
        return prepared  # whoever does not fit is named without being opened
    nested = replace(
        prepared.question,
        people=ids,
        wanted=wanted,
        asked_at=preparer.clock(),
        deadline=preparer.left(prepared.question),
        declared=False,  # that they work with one child is said of nobody else
        shielded=_shielded(prepared, kin.places, {asked.person_id: asked.known for asked in prepared.asked}),
    )
    return replace(prepared, beside=await preparer.prepare(nested))


def _named(prepared: Prepared) -> Iterator[tuple[Place, Asked]]:
    """Give everybody whom a permitted relationship names, in the order they are told, with the person asked about."""
    for number, asked in enumerate(prepared.asked):
        for source_id in asked.decided:
            found = prepared.found.get((number, source_id))
            for record in found.records if found else ():
                if isinstance(record, Relationship) and isinstance(record.local_id, str):
                    yield (source_id, record.local_id), asked


def _shown(preparer: "Preparer", prepared: Prepared, kin: Kin) -> Iterator[str | None]:
    """Give whom a relationship leads to that the asker will be shown: what hides a relationship hides its person."""
    for number, asked in enumerate(prepared.asked):
        sight = sight_of(preparer, prepared.question, asked.person_id, asked.known, prepared.standing, kin)
        for source_id, decided in asked.decided.items():
            found = prepared.found.get((number, source_id))
            left = sight.named(found, source_id).records if found else ()
            yield from (sight.opens(r, source_id, decided.mask) for r in left if isinstance(r, Relationship))


def sight_of(
    preparer: "Preparer",
    question: Question,
    person_id: str,
    known: KnownPerson | None,
    standing: "Standing",
    kin: Kin,
) -> Sight:
    """Say what may be told of kin beside a person: where somebody whose address is confidential lives is not."""
    about = naming(question)
    if about is None or known is None:
        return Sight(kin, frozenset({person_id}), {})
    own = preparer.decide(about, person_id, known, standing) if known.flags & HIDES_ADDRESS else {}
    return Sight(kin, known.aliases | {person_id}, own)


def shielded_now(prepared: Prepared, beside: Prepared, known: Mapping[str, KnownPerson]) -> Prepared:
    """Give the relatives of an answer, shielded by what protects the child at this moment too."""
    places = prepared.kin.places if prepared.kin else {}
    now, before = _shielded(prepared, places, known), beside.question.shielded
    both = {one: beside.question.shield_of(one) | now.get(one, frozenset()) for one in {*now, *before}}
    return replace(beside, question=replace(beside.question, shielded=both))


def _shielded(
    prepared: Prepared, places: Mapping[Place, str], known: Mapping[str, KnownPerson | None]
) -> Mapping[str, frozenset[Label]]:
    """Let no relative's address tell where a child is whose own is confidential."""
    shielded: dict[str, frozenset[Label]] = {}
    for place, asked in _named(prepared):
        child = known.get(asked.person_id)
        hides = child.flags & HIDES_ADDRESS if child else frozenset[Label]()
        if hides and place in places:
            person_id = places[place]
            shielded[person_id] = shielded.get(person_id, frozenset()) | hides
    return shielded
