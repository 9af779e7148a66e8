"""The connector to another authority's hub: many of its sources about many people in few questions, each signed."""

import re
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.contract import Ask, Capabilities, Health, Held, Identity, LocalId, Located, Reply, TooLittle, Traits
from connectors.errors import SourceBroken, SourceError
from connectors.neighbour import AskedFor, Looked, Part, PartAsk, PartReply, Said, Sought
from connectors.shapes import Object, inner, objects
from connectors.systems.hub.asserting import Asserting
from connectors.systems.hub.looking import DOCUMENT, came_to, entries_of, packed
from connectors.systems.hub.reading import oldest_of, records_of, said_of
from connectors.systems.hub.settings import HubConnection
from connectors.systems.hub.writing import ROOTS, cost, document
from connectors.together import together
from connectors.transports.client import Client
from connectors.transports.graphql import run
from connectors.transports.guarded import Json
from schema.fields import FieldId
from schema.outcomes import Outcome

_ID = re.compile(r"[0-9a-f-]{1,64}")
"""A person's id as hubs give them: any other is nobody there, and is not sent."""

UNKNOWN = frozenset({Outcome.UNAVAILABLE, Outcome.TIMED_OUT, Outcome.UNIDENTIFIED, Outcome.STALE})


@dataclass(frozen=True, slots=True)
class _Root:
    """One root field: these people, of these sources, these fields."""

    people: tuple[LocalId, ...]
    fields: frozenset[FieldId]
    sources: frozenset[str]

    @property
    def cost(self) -> int:
        return len(self.people) * cost(self.fields)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one root field was answered, by person and source."""

    root: _Root
    records: Mapping[LocalId, Mapping[str, list[Held]]]
    said: Mapping[LocalId, Mapping[str, Said]]


class HubConnector:
    """Another authority's hub."""

    def __init__(
        self, name: str, client: Client, connection: HubConnection, asserting: Asserting, parts: tuple[Part, ...]
    ) -> None:
        """Join what asks it."""
        self._name = name
        self._client = client
        self._connection = connection
        self._asserting = asserting
        self.parts = parts
        self.hub = connection.hub
        self._capabilities = Capabilities(fields=connection.fields, batch_size=connection.people_most)
        self._trial = secrets.token_hex(16)

    @property
    def capabilities(self) -> Capabilities:
        """Say what it may be asked for."""
        return self._capabilities

    async def locate(self, traits: Traits) -> Located:
        """Find one person, as the file's trial user."""
        everywhere = frozenset(part.theirs for part in self.parts)
        return (await self.locate_all((Sought(traits, everywhere),), self._as_trial())).located[0]

    async def fetch(self, ask: Ask) -> Reply:
        """Answer for a batch of people from all of its sources together, as the file's trial user."""
        replies = await self.ask_all([PartAsk(p.theirs, ask) for p in self.parts], self._as_trial())
        records: dict[LocalId, tuple[Held, ...]] = {}
        for one in replies:
            for person, held in one.reply.records.items():
                records[person] = (*records.get(person, ()), *held)
        said = [said for one in replies for said in one.said.values()]
        complete = all(one.reply.complete for one in replies) and not any(s.outcome in UNKNOWN for s in said)
        return Reply(records, oldest_of(s.as_of for s in said), complete)

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Feed no index: nobody is told of who is not asked about."""
        del since
        nobody: tuple[Identity, ...] = ()
        for identity in nobody:
            yield identity

    async def health(self) -> Health:
        """Ask which sources it has; one that the file names and it has not is said."""
        try:
            data = await self._ask("{ sources { id } }", {}, self._as_trial())
            there = {source.get("id") for source in objects(data, "sources")}
        except SourceError as error:
            return Health(ok=False, code=error.code)
        return Health(ok=True) if {p.theirs for p in self.parts} <= there else Health(ok=False, code="no-such-source")

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def locate_all(self, people: Sequence[Sought], asked_for: AskedFor) -> Looked:
        """Find people: those sought at the same sources in one question, as long as they are few enough."""
        places: dict[frozenset[str], list[int]] = {}
        for place, one in enumerate(people):
            places.setdefault(one.theirs, []).append(place)
        looked = await together(
            self._looked([people[place].traits for place in there], theirs, asked_for)
            for theirs, there in places.items()
        )
        located: dict[int, Located] = {}
        said: dict[str, Said] = {}
        for there, one_look in zip(places.values(), looked, strict=True):
            located |= dict(zip(there, one_look.located, strict=True))
            said |= one_look.said
        return Looked([located[place] for place in range(len(people))], said)

    async def _looked(self, people: Sequence[Traits], theirs: frozenset[str], asked_for: AskedFor) -> Looked:
        """Find people by what some of its sources hold."""
        entries = [entries_of(traits) for traits in people]
        flat = [entry for listed in entries for entry in listed]
        found = await together(self._matched(part, theirs, asked_for) for part in packed(flat))
        answers = iter([answer for one in found for answer in objects(one, "people")])
        located = [came_to([next(answers) for _ in listed]) if listed else TooLittle() for listed in entries]
        return Looked(located, said_of(found[0], self._name) if found else {})

    async def _matched(self, entries: list[Json], theirs: frozenset[str], asked_for: AskedFor) -> Object:
        given: dict[str, Json] = {"people": entries, "sources": list[Json](sorted(theirs))}
        data = await self._ask(DOCUMENT, given | {"context": _context(asked_for)}, asked_for)
        found = inner(data, "found")
        if len(objects(found, "people")) != len(entries):
            raise SourceBroken("not-as-many")
        return found

    async def ask_all(self, asks: Sequence[PartAsk], asked_for: AskedFor) -> Sequence[PartReply]:
        """Ask several of its sources: those asked the same go in one root field, and few root fields in a question."""
        packed = list(_packed(self._roots(asks), self._connection.cost_most))
        answers = [a for answered in await together(self._answers(p, asked_for) for p in packed) for a in answered]
        return [self._reply_of(one, answers) for one in asks]

    def _fields(self, ask: Ask) -> frozenset[FieldId]:
        return ask.fields & self._capabilities.fields

    def _roots(self, asks: Sequence[PartAsk]) -> Iterator[_Root]:
        groups: dict[tuple[tuple[LocalId, ...], frozenset[FieldId]], set[str]] = {}
        for one in asks:
            people = tuple(person for person in one.ask.people if _ID.fullmatch(person))
            if people and (fields := self._fields(one.ask)):
                groups.setdefault((people, fields), set()).add(one.theirs)
        for (people, fields), sources in groups.items():
            most = max(1, min(self._connection.people_most, self._connection.cost_most // cost(fields)))
            for at in range(0, len(people), most):
                yield _Root(people[at : at + most], fields, frozenset(sources))

    async def _answers(self, roots: Sequence[_Root], asked_for: AskedFor) -> list[_Answer]:
        variables: dict[str, Json] = {"context": _context(asked_for)}
        for n, root in enumerate(roots):
            variables |= {f"i{n}": list[Json](root.people), f"s{n}": list[Json](sorted(root.sources))}
        data = await self._ask(document(tuple(root.fields for root in roots)), variables, asked_for)
        return [self._answer(root, data.get(f"g{n}")) for n, root in enumerate(roots)]

    def _answer(self, root: _Root, answered: Json) -> _Answer:
        if not isinstance(answered, list) or len(answered) != len(root.people):
            raise SourceBroken("not-as-many")
        records: dict[LocalId, Mapping[str, list[Held]]] = {}
        said: dict[LocalId, Mapping[str, Said]] = {}
        for person_id, person in zip(root.people, answered, strict=True):
            if person is None:
                continue
            if not isinstance(person, dict) or person.get("id") != person_id:
                raise SourceBroken("wrong-person")
            records[person_id] = records_of(person, root.sources)
            said[person_id] = said_of(person, self._name)
        return _Answer(root, records, said)

    def _reply_of(self, asked: PartAsk, answers: Sequence[_Answer]) -> PartReply:
        """Give one source's part of the answers; a source the other hub did not name is one it could not ask."""
        records: dict[LocalId, tuple[Held, ...]] = {}
        said: dict[LocalId, Said] = {}
        people, fields = frozenset(asked.ask.people), self._fields(asked.ask)
        for answer in answers:
            if asked.theirs not in answer.root.sources or answer.root.fields != fields:
                continue
            for person, by_source in answer.records.items():
                if person in people:
                    records[person] = tuple(by_source[asked.theirs])
                    word = answer.said[person].get(asked.theirs)
                    said[person] = word or Said(self._name, Outcome.UNAVAILABLE, complete=False)
        return PartReply(Reply(records), said)

    async def _ask(self, text: str, variables: Mapping[str, Json], asked_for: AskedFor) -> Object:
        return await run(self._client, text, variables, self._asserting.headers(asked_for))

    def _as_trial(self) -> AskedFor:
        trial, until = self._connection.trial, time.monotonic() + self._client.limits.deadline
        who = (self._trial, trial.role, trial.organisation, trial.purpose, trial.reference)
        return AskedFor(*who, secrets.token_hex(16), until=until)


def _context(asked_for: AskedFor) -> Json:
    return {"purpose": asked_for.purpose.value, "reference": asked_for.reference}


def _packed(roots: Iterable[_Root], most: int) -> Iterator[list[_Root]]:
    """Put root fields in as few questions as hold them."""
    packed: list[_Root] = []
    for root in roots:
        if packed and (len(packed) >= ROOTS or sum(r.cost for r in packed) + root.cost > most):
            yield packed
            packed = []
        packed.append(root)
    if packed:
        yield packed
