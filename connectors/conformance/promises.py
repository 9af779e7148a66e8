"""What every connector promises: one small function each, giving where it is broken, or none where it holds."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from connectors.conformance.examples import Examples
from connectors.conformance.listening import listening
from connectors.conformance.places import HIDING, WHERE, hidden_places, places
from connectors.conformance.trying import (
    FULL_BATCH,
    ODD_IDS,
    SETTLING,
    NotTried,
    PartlyTried,
    counted,
    fetch,
    message,
    needs_people,
    odd_traits,
    over,
    traits_of,
    words,
)
from connectors.conformance.walking import all_given, misfits, telling_values
from connectors.contract import Ask, Connector, LocalId, Matched, Traits
from connectors.errors import SourceBroken, SourceMisconfigured, SourceRefused, SourceUnavailable
from schema.fields import FieldId
from schema.records import IdentifierSystem

Promise: TypeAlias = Callable[[Connector, Examples], Awaitable[str | None]]

THE_FOUR = (SourceUnavailable, SourceRefused, SourceBroken, SourceMisconfigured)


async def gives_only_what_was_asked(connector: Connector, examples: Examples) -> str | None:
    """Give no field, and nobody, that was not asked for."""
    needs_people(examples)
    for field in sorted(connector.capabilities.fields):
        reply = await fetch(connector, examples, examples.people, (field,))
        more = {one.field for one in all_given(reply)} - {field}
        if more:
            return f"asked for {field}, gave {min(more)} too"
    for person in examples.people:
        reply = await fetch(connector, examples, (person,))
        if set(reply.records) - {person}:
            return "gave somebody nobody asked about"
    return None


async def says_nothing_of_a_stranger(connector: Connector, examples: Examples) -> str | None:
    """Hold nothing about a person the source does not know, and find nobody for them."""
    reply = await fetch(connector, examples, (examples.stranger,))
    if any(reply.records.values()) or set(reply.records) - {examples.stranger}:
        return "fetch gave records"
    if examples.stranger_traits and isinstance(await connector.locate(examples.stranger_traits), Matched):
        return "locate found somebody"
    return None


async def answers_nothing_when_asked_nothing(connector: Connector, examples: Examples) -> str | None:
    """Give no record where no field, or nobody, was asked for."""
    needs_people(examples)
    reply = await fetch(connector, examples, examples.people, ())
    if any(reply.records.values()):
        return "gave records though no field was asked for"
    reply = await fetch(connector, examples, ())
    return "gave people though nobody was asked about" if reply.records else None


async def every_answer_fits_its_type(connector: Connector, examples: Examples) -> str | None:
    """Give values of exactly the type the schema declares."""
    needs_people(examples)
    reply = await fetch(connector, examples, examples.people)
    return min(misfits(reply), default=None)


async def every_declared_field_is_answered(connector: Connector, examples: Examples) -> str | None:
    """Declare only fields that the examples between them have."""
    needs_people(examples)
    reply = await fetch(connector, examples, examples.people)
    missing = sorted(connector.capabilities.fields - {one.field for one in all_given(reply)})
    if missing and not examples.whole:
        raise PartlyTried(f"nobody among the examples has {', '.join(missing)}")
    return missing[0] if missing else None


async def raises_only_the_four_errors(connector: Connector, examples: Examples) -> str | None:
    """Meet odd ids, odd traits and unknown fields with an answer or with one of the four errors."""
    unknown = frozenset({FieldId("Nothing.at_all")})
    asks = [Ask((LocalId(odd),), connector.capabilities.fields, examples.today) for odd in ODD_IDS]
    asks.append(Ask(examples.people, unknown, examples.today))
    questions: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        (f"fetch {n}", partial(connector.fetch, ask)) for n, ask in enumerate(asks)
    ]
    questions += [(f"locate {n}", partial(connector.locate, t)) for n, t in enumerate(odd_traits())]
    questions.append(("health", connector.health))
    for name, question in questions:
        try:
            await question()
        except THE_FOUR:
            continue
        except Exception as error:  # noqa: BLE001 -- any other exception is what is looked for
            return f"{name} raised {type(error).__name__}"
    return None


async def writes_no_value_anywhere(connector: Connector, examples: Examples) -> str | None:
    """Put no value of a record, and no trait, into a log, an output or an error's message."""
    needs_people(examples)
    with listening() as heard:
        reply = await fetch(connector, examples, examples.people)
        for traits in traits_of(examples):
            await connector.locate(traits)
        for odd in ODD_IDS:
            heard.stream.write(
                await message(connector, Ask((LocalId(odd),), connector.capabilities.fields, examples.today))
            )
    values = telling_values([reply]) | {v for traits in traits_of(examples) for v in words(traits)}
    return "a value was written" if any(heard.says(value) for value in values) else None


async def cancels_cleanly(connector: Connector, examples: Examples) -> str | None:
    """Stop when cancelled, leave nothing running, answer the next question, and answer within the deadline."""
    needs_people(examples)
    ask = Ask(examples.people, connector.capabilities.fields, examples.today)
    before = asyncio.all_tasks()
    for steps in (1, 2, 5, 20):
        task = asyncio.ensure_future(connector.fetch(ask))
        for _ in range(steps):
            await asyncio.sleep(0)
        if over(task) or not task.cancel():
            continue
        await asyncio.wait((task,), timeout=examples.deadline)
        if not over(task) or not task.cancelled():
            return "went on though cancelled"
    for _ in range(SETTLING):
        await asyncio.sleep(0)
    if asyncio.all_tasks() - before:
        return "left a task running"
    try:
        await asyncio.wait_for(connector.fetch(ask), examples.deadline)
    except TimeoutError:
        return "did not answer within the deadline"
    return None


async def does_not_guess_an_ambiguous_person(connector: Connector, examples: Examples) -> str | None:
    """Match nobody where more than one could be meant."""
    if examples.ambiguous is None:
        raise NotTried("no ambiguous traits among the examples")
    return "locate matched" if isinstance(await connector.locate(examples.ambiguous), Matched) else None


async def finds_whom_it_is_given(connector: Connector, examples: Examples) -> str | None:
    """Find exactly the person whose traits are given."""
    tried = [k for k in examples.known if k.traits is not None]
    if not tried:
        raise NotTried("no known person has traits among the examples")
    for known in tried:
        found = await connector.locate(known.traits or Traits())
        if found != Matched(known.local_id):
            return f"locate gave {type(found).__name__}"
    return None


async def pages_to_the_end(connector: Connector, examples: Examples) -> str | None:
    """Give the last of a full batch what it is given alone, and everybody in the feed once; or say it is cut short."""
    needs_people(examples)
    size = max(1, min(connector.capabilities.batch_size, FULL_BATCH))
    known = examples.known[0].local_id
    alone = await fetch(connector, examples, (known,))
    others = tuple(LocalId(f"{examples.stranger}{n}") for n in range(size - 1))
    batch = await fetch(connector, examples, (*others, known))
    if batch.complete and counted(batch, known) != counted(alone, known):
        return "the last of a full batch was given less than when asked alone"
    return await _feed_is_whole(connector, examples) if connector.capabilities.feeds_index else None


async def _feed_is_whole(connector: Connector, examples: Examples) -> str | None:
    fed: set[LocalId] = set()
    async for identity in connector.identities(None):
        if identity.local_id in fed:
            return "the feed gave somebody twice"
        fed.add(identity.local_id)
    return None if fed >= set(examples.people) else "the feed ended before somebody known"


async def tells_none_held_from_could_not_look(connector: Connector, examples: Examples) -> str | None:
    """Say nothing is held only after looking: whoever is known has an entry, and a system out of reach is an error."""
    needs_people(examples)
    reply = await fetch(connector, examples, examples.people)
    if set(examples.people) - set(reply.records):
        return "somebody known has no entry"
    if examples.unreachable is None:
        raise PartlyTried("no connector without its system among the examples")
    return await _admits_it_could_not_look(examples.unreachable, examples)


async def _admits_it_could_not_look(connector: Connector, examples: Examples) -> str | None:
    asked = frozenset(connector.capabilities.fields)
    traits = next(iter(traits_of(examples)), Traits(identifiers=((IdentifierSystem.NHS_NUMBER, "9990000018"),)))
    questions: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("fetch", partial(connector.fetch, Ask(examples.people, asked, examples.today))),
        ("locate", partial(connector.locate, traits)),
    ]
    if connector.capabilities.feeds_index:
        questions.append(("the feed", partial(_feed_is_whole, connector, examples)))
    for name, question in questions:
        try:
            await question()
        except THE_FOUR:
            continue
        return f"{name} answered though the system was out of reach"
    return "health was well though the system was out of reach" if (await connector.health()).ok else None


async def feeds_no_confidential_address(connector: Connector, examples: Examples) -> str | None:
    """Give the index no address that the records call confidential, or say with it that the person is to be hidden."""
    needs_people(examples)
    asked = connector.capabilities.fields & WHERE
    if not connector.capabilities.feeds_index or not asked:
        return None
    reply = await fetch(connector, examples, examples.people, sorted(asked))
    hidden = {person: hidden_places(records) for person, records in reply.records.items()}
    async for identity in connector.identities(None):
        if not identity.labels & HIDING and places(identity.traits) & hidden.get(identity.local_id, frozenset()):
            return "the feed gave a confidential address"
    if not any(hidden.values()):
        raise PartlyTried("nobody among the examples has a confidential address")
    return None


PROMISES: dict[str, Promise] = {
    promise.__name__: promise
    for promise in (
        gives_only_what_was_asked,
        says_nothing_of_a_stranger,
        answers_nothing_when_asked_nothing,
        every_answer_fits_its_type,
        every_declared_field_is_answered,
        raises_only_the_four_errors,
        writes_no_value_anywhere,
        cancels_cleanly,
        does_not_guess_an_ambiguous_person,
        finds_whom_it_is_given,
        pages_to_the_end,
        tells_none_held_from_could_not_look,
        feeds_no_confidential_address,
    )
}
"""Every promise by its name."""
