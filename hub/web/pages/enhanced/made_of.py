"""What people made of a child's events, as far as whoever asks may read it: decided as of the event it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hub.answer.question import Wanted
from hub.governance.judging import Judgement, judgements, note_of
from hub.web.pages.enhanced.naming import place_of
from hub.web.pages.visit import Visit
from hub.web.pages.words import role_words
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.person import Person
from schema.records import ChronologyEvent

WRITTEN: Final = FieldId("ChronologyEvent.summary")
"""A note is as intrusive as what the source itself wrote of the event: who may read that may read the note."""


@dataclass(frozen=True, slots=True)
class Made:
    """What somebody made of an event; ``note`` is none for whoever may not read it."""

    judgement: Judgement
    who: str
    at: datetime
    note: str | None


async def who_reads(visit: Visit, wanted: Wanted) -> Callable[[ChronologyEvent], bool]:
    """Decide, as of now, of which events whoever asks may read what the source wrote, and so what people noted."""
    room, named = visit.governing, visit.path["person"]
    known = (await room.preparer.known([named])).get(named)
    if known is None:
        return lambda _: False
    standing = await room.preparer.standing(sorted(known.aliases | {named}))
    question = visit.asking.about(visit.who, visit.request_id, (named,), visit.asks.context, wanted)
    decided = room.preparer.decide(question, named, known, standing)

    def reads(event: ChronologyEvent) -> bool:
        source = str(event.provenance.source) if event.provenance else ""
        return source in decided and decided[source].mask.decide(WRITTEN, event.labels).verdict is Verdict.PERMIT

    return reads


async def ids_of(visit: Visit) -> frozenset[str]:
    """Give every id the child an address names goes by."""
    named = visit.path["person"]
    known = (await visit.governing.preparer.known([named])).get(named)
    return known.aliases | {named} if known else frozenset({named})


async def made_of(visit: Visit, person: Person, wanted: Wanted) -> list[Made | None]:
    """Give the newest judgement of every event that was shown, in their order; none of those nobody judged."""
    acting, held = visit.governing.acting, person.chronology() or []
    newest: dict[int, Judgement] = {}
    for one in (await judgements(acting, await ids_of(visit))).found:
        place = place_of((one.source, one.event), held)
        if place is not None:
            newest[place] = one
    made: list[Made | None] = [None] * len(held)
    reads = await who_reads(visit, wanted) if newest else None
    for place, one in newest.items():
        note = await note_of(acting, one.id) if reads and reads(held[place]) else None
        at = datetime.fromtimestamp(one.at, UTC)
        made[place] = Made(one, f"{role_words(one.role)}, {one.organisation}", at, note)
    return made
