"""Asking through another authority's hub: everybody is looked for in one question, its sources asked in the next."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from connectors.contract import Ask, LocalId
from connectors.errors import SourceRefused
from connectors.neighbour import AskedFor, Looked, Neighbour, PartAsk, Said, Sought
from hub.answer.errands import Batch, Found, Key, check_reply, placed_at, put_together, source_of
from schema.fields import FieldId
from schema.outcomes import Outcome

UNSURE: Final = frozenset({Outcome.UNAVAILABLE, Outcome.TIMED_OUT, Outcome.UNIDENTIFIED, Outcome.STALE})
"""What the other hub may say of a source of its own that is just as unsure here."""

HELD_BACK: Final = frozenset({Outcome.NONE_HELD, Outcome.NOT_COVERED, Outcome.WITHHELD, Outcome.BROKERED})
"""What it may say of one that gave no records; it stays what it is, and is no answer cut short."""

There = dict[tuple[str, frozenset[FieldId]], dict[Key, tuple[LocalId, ...]]]
"""Whom to ask about, by the other hub's source and the fields that may be asked there."""


async def ask_through(batch: Batch[Key], clock: Callable[[], datetime], asked_for: AskedFor | None) -> dict[Key, Found]:
    """Run errands to sources that are asked through one hub."""
    hub = source_of(batch).connector
    if not isinstance(hub, Neighbour) or asked_for is None:
        raise SourceRefused("nobody-asks")
    asked_for = asked_for.known_at(hub.hub)
    there, found, of_anybody = await _located(batch, hub, clock, asked_for)
    today = clock().date()
    asks = [
        PartAsk(theirs, Ask(tuple(dict.fromkeys(i for ids in by.values() for i in ids)), fields, today))
        for (theirs, fields), by in there.items()
    ]
    replies = await hub.ask_all(asks, asked_for) if asks else ()
    for one, answered, by in zip(asks, replies, there.values(), strict=True):
        nothing_said = of_anybody.get(one.theirs)
        check_reply(answered.reply, one.ask, source_of(batch).config.limits.records)
        told: set[LocalId] = set()
        for key, ids in by.items():
            whole = put_together([(answered.reply, ids)], told, clock())
            said = [answered.said[i] for i in ids if i in answered.said]
            found[key] = _with_word(whole, said) if said or whole.records else _missing(whole, nothing_said)
    return found


async def _located(
    batch: Batch[Key], hub: Neighbour, clock: Callable[[], datetime], asked_for: AskedFor
) -> tuple[There[Key], dict[Key, Found], Mapping[str, Said]]:
    """Find everybody, each once; give whom to ask about, what is said of those who were not found, and of anybody."""
    sought = _sought(batch)
    people = tuple(dict.fromkeys(sought.values()))
    looked = await hub.locate_all(people, asked_for) if people else Looked(())
    where = dict(zip(people, looked.located, strict=True))
    there: There[Key] = {}
    found: dict[Key, Found] = {}
    for key, errand in batch.items():
        ids, missing = errand.local_ids, None
        if errand.person_id in sought and errand.traits is not None:
            ids, missing = placed_at(where[sought[errand.person_id]], errand, clock)
        if missing is not None:
            found[key] = _missing(missing, looked.said.get(str(errand.source.theirs)))
        else:
            there.setdefault((str(errand.source.theirs), errand.fields), {})[key] = ids
    return there, found, looked.said


def _sought(batch: Batch[Key]) -> dict[str, Sought]:
    """Give who is to be looked for, each at the sources that will be asked about them and at no other.

    Whom the other hub knows elsewhere is nobody's business here, and it must not show in how sure it is of somebody.
    """
    tracing = [errand for errand in batch.values() if errand.traits is not None]
    theirs: dict[str, set[str]] = {}
    for errand in tracing:
        theirs.setdefault(errand.person_id, set()).add(str(errand.source.theirs))
    return {e.person_id: Sought(e.traits, frozenset(theirs[e.person_id])) for e in tracing if e.traits is not None}


def _missing(found: Found, word: Said | None) -> Found:
    """Say of somebody who was not found what the other hub says of a source whoever is asked about.

    The same is said of somebody it found and tells nothing of here: else it would tell that it knows them elsewhere.
    What it holds back from the asker altogether it did not look into; what it does not know of, nobody did.
    """
    if word is None:
        return found
    held_back = word.outcome in {Outcome.WITHHELD, Outcome.BROKERED}
    if found.outcome is not Outcome.NONE_HELD and not held_back:
        return found
    return _with_word(found._replace(outcome=Outcome.NONE_HELD, complete=True), [word])


def _with_word(found: Found, said: Sequence[Said]) -> Found:
    """Put beside what was found what the other hub says of it; what it could not say is as unknown here.

    Where it says nothing, somebody is nobody by its rules: that reads like a source that holds nothing.
    """
    if len(said) != 1:
        return found
    (word,) = said
    unsure = word.outcome in UNSURE
    outcome, code = (word.outcome, "said") if unsure else (found.outcome, found.code)
    complete = found.complete and (word.complete or word.outcome in HELD_BACK)
    return found._replace(outcome=outcome, code=code, as_of=word.as_of, complete=complete, said=word)
