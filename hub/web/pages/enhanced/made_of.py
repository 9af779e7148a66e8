"""What people made of a child's events, as far as whoever asks may read it: decided as of the event it is about."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hub.answer.question import Wanted
from hub.governance.judging import Judgement, judgements, note_of
from hub.web.pages.visit import Visit
from hub.web.pages.words import role_words
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.person import Person
from schema.records import ChronologyEvent

WRITTEN: Final = FieldId("ChronologyEvent.summary")
"""A note is as intrusive as what the source itself wrote of the event: who may read that may read the note."""

Key = tuple[str, str]
"""An event: its source and its opaque id."""


@dataclass(frozen=True, slots=True)
class Made:
    """What somebody made of an event; ``note`` is none for whoever may not read it."""

    judgement: Judgement
    who: str
    at: datetime
    note: str | None


def key_of(event: ChronologyEvent) -> Key | None:
    """Give what an event is known by; none for one of a source that is not named."""
    return (str(event.provenance.source), str(event.id)) if event.provenance and event.id else None


def told_apart(events: Sequence[ChronologyEvent]) -> frozenset[Key]:
    """Give the events that nothing else is taken for: a source that gives several one id has none to judge."""
    counted = Counter(key_of(e) for e in events)
    return frozenset(key for key, number in counted.items() if key is not None and number == 1)


async def made_of(visit: Visit, person: Person, wanted: Wanted) -> Mapping[Key, Made]:
    """Give the newest judgement of every event that was shown."""
    room, named = visit.governing, visit.path["person"]
    known = (await room.preparer.known([named])).get(named)
    if known is None:
        return {}
    ids = known.aliases | {named}
    found = (await judgements(room.acting, ids)).found
    events = {key: e for e in person.chronology() or () if (key := key_of(e)) in told_apart(person.chronology() or ())}
    newest = {(j.source, j.event): j for j in found if (j.source, j.event) in events}
    if not newest:
        return {}
    standing = await room.preparer.standing(sorted(ids))
    question = visit.asking.about(visit.who, visit.request_id, (named,), visit.asks.context, wanted)
    decided = room.preparer.decide(question, named, known, standing)
    made = {}
    for key, one in newest.items():
        labels = events[key].labels
        readable = key[0] in decided and decided[key[0]].mask.decide(WRITTEN, labels).verdict is Verdict.PERMIT
        note = await note_of(room.acting, one.id) if readable else None
        at = datetime.fromtimestamp(one.at, UTC)
        made[key] = Made(one, f"{role_words(one.role)}, {one.organisation}", at, note)
    return made
