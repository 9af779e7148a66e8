"""What of an answer leaves in which part: told in the words of the incremental delivery draft of GraphQL.

An initial part with ``pending``, later ones with ``incremental`` and ``completed``, each pending part by an id
(graphql-spec, pull request 1110). Put together they are the whole answer, items of streamed lists in the order in which
sources came.

A list is begun only with something in it: an empty list says that none is held, and whether it is to be null instead
is known when the last source has answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from hub.answer.unfolding import Shown
from hub.errors import Code, HubError
from hub.graphql.arriving.layout import ALWAYS, FIRST, NEVER_NULL, Layout, Piece
from schema.person import Person

MOST_PENDING: Final = 200
"""Parts outstanding at once in one answer: more are not begun, and the answer comes whole."""

NO_LONGER: Final = "What may be shown to you changed while this answer was on its way. Ask again."

Payload = dict[str, Any]


class _Ready(Enum):
    """Whether a field may leave now, and if so whether more of it will follow."""

    NOT = 0
    WHOLE = 1
    BEGUN = 2


@dataclass(slots=True)
class _Stream:
    """A list that has begun: what it is called, and of which sources its items have left."""

    id: str
    piece: Piece
    sent: frozenset[str]


@dataclass(slots=True)
class _Person:
    """What of one person has left, and what is outstanding."""

    place: int
    path: list[str | int]
    sent: set[str] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    pending: dict[int, str] = field(default_factory=dict)
    streams: dict[str, _Stream] = field(default_factory=dict)


@dataclass(slots=True)
class _Part:
    """One part while it is put together; ``used`` are the sources of which something leaves, by place."""

    pending: list[Payload] = field(default_factory=list)
    incremental: list[Payload] = field(default_factory=list)
    completed: list[Payload] = field(default_factory=list)
    used: dict[int, set[str]] = field(default_factory=dict)

    def lists(self) -> Payload:
        """Give the lists that hold anything; of a fragment whose fields all came with another there is nothing."""
        incremental = [one for one in self.incremental if one.get("items") or one.get("data")]
        named = {"pending": self.pending, "incremental": incremental, "completed": self.completed}
        return {name: held for name, held in named.items() if held}


class Delivery:
    """The parts of one answer, in order. ``places`` are the people asked about, as they were named."""

    def __init__(self, layout: Layout, places: Sequence[int]) -> None:
        """Begin with nothing told."""
        self._layout = layout
        self._people = [
            _Person(place, [layout.key, n] if layout.many else [layout.key]) for n, place in enumerate(places)
        ]
        self._ids = 0
        self._begun = False
        self._outstanding: dict[str, list[str | int]] = {}
        self.over = False
        self.payload: Payload = {}

    def choose(self, shown: Sequence[Shown]) -> Sequence[frozenset[str]] | None:
        """Put the next part together as ``payload``; give of which sources it tells. None where there is nothing."""
        part, whole = _Part(), all(one.whole for one in shown)
        if self._begun:
            for state in self._people:
                self._more(state, shown[state.place], part)
            told = part.lists()
            if not (told or whole):
                return None
            self.payload = {**told, "hasNext": not whole}
        else:
            if not all(self._ready(FIRST, state, shown[state.place]) for state in self._people):
                return None
            people = [self._begin(state, shown[state.place], part) for state in self._people]
            self.payload = {"data": {self._layout.key: people if self._layout.many else people[0]}}
            if not whole:
                self.payload |= {"pending": part.pending, "hasNext": True}
            self._begun = True
        self.over = whole
        return [frozenset(part.used.get(place, ())) for place in range(len(shown))]

    def take(self) -> Payload:
        """Give the part to be sent: what it announces is outstanding from now on."""
        self._outstanding |= {one["id"]: one["path"] for one in self.payload.get("pending", ())}
        for one in self.payload.get("completed", ()):
            self._outstanding.pop(one["id"], None)
        return self.payload

    def failed(self, error: HubError) -> Payload:
        """Give a last part that says of everything outstanding why it does not come; a part not sent never was."""
        completed = [_not_coming(name, path, error) for name, path in self._outstanding.items()]
        self.over = True
        return {"completed": completed, "hasNext": False} if completed else {"hasNext": False}

    def _given_up(self, state: _Person, error: HubError) -> Iterable[Payload]:
        """Give up what is outstanding of one person."""
        yield from [_not_coming(name, state.path, error) for name in state.pending.values()]
        yield from [_not_coming(s.id, [*state.path, key], error) for key, s in state.streams.items()]
        state.pending.clear()
        state.streams.clear()

    def _begin(self, state: _Person, one: Shown, part: _Part) -> Payload | None:
        person = _of_all(one)
        if person is None:
            return None
        data: Payload = {}
        self._fill(FIRST, data, state, one, person, part)
        self._follow({FIRST: data}, state, one, person, part)
        return data

    def _more(self, state: _Person, one: Shown, part: _Part) -> None:
        if not (state.pending or state.streams):
            return
        person = _of_all(one)
        if person is None:
            part.completed += self._given_up(state, HubError(Code.FORBIDDEN, NO_LONGER))
            return
        for stream in list(state.streams.values()):
            self._stream(stream, state, one, part)
        self._follow({}, state, one, person, part)

    def _stream(self, stream: _Stream, state: _Person, one: Shown, part: _Part) -> None:
        """Tell what sources that came since have for a list."""
        new = frozenset(one.results) - stream.sent
        some = one.person(new)
        items = stream.piece.project(some)[stream.piece.key] if some is not None and new else None
        stream.sent |= new
        if items:
            part.incremental.append({"id": stream.id, "items": items})
            part.used.setdefault(state.place, set()).update(new & _about(stream.piece, one))
        if one.whole or _all_came(stream.piece, one):
            part.completed.append({"id": stream.id})
            del state.streams[stream.piece.key]

    def _follow(self, into: dict[int, Payload], state: _Person, one: Shown, person: Person, part: _Part) -> None:
        """Tell of fragments that may come by now, those ready with their parent in it; announce those that may not."""
        for group, its in enumerate(self._layout.groups):
            if group in state.done or its.within not in state.done:
                continue
            if not self._ready(group, state, one):
                if group not in state.pending:
                    state.pending[group] = self._announce(state.path, its.label, part)
                continue
            name = state.pending.pop(group, None)
            data = into[its.within] if name is None else {}
            into[group] = data
            self._fill(group, data, state, one, person, part)
            if name is not None:
                part.incremental.append({"id": name, "data": data})
                part.completed.append({"id": name})

    def _fill(self, group: int, data: Payload, state: _Person, one: Shown, person: Person, part: _Part) -> None:
        """Put the fields of a group that have not left yet into its data."""
        for piece in self._left(group, state):
            data |= piece.project(person)
            state.sent.add(piece.key)
            if piece.name not in ALWAYS:
                part.used.setdefault(state.place, set()).update(_about(piece, one))
            if _ready(piece, one) is _Ready.BEGUN:
                name = self._announce([*state.path, piece.key], piece.label, part)
                state.streams[piece.key] = _Stream(name, piece, frozenset(one.results))
        state.done.add(group)

    def _left(self, group: int, state: _Person) -> list[Piece]:
        return [p for p in self._layout.pieces if group in p.groups and p.key not in state.sent]

    def _ready(self, group: int, state: _Person, one: Shown) -> bool:
        return one.nobody or all(_ready(piece, one) is not _Ready.NOT for piece in self._left(group, state))

    def _announce(self, path: list[str | int], label: str | None, part: _Part) -> str:
        name, self._ids = str(self._ids), self._ids + 1
        part.pending.append({"id": name, "path": path} | ({} if label is None else {"label": label}))
        return name


def _not_coming(name: str, path: list[str | int], error: HubError) -> Payload:
    """Say of a part why it does not come: a code and words, and no value."""
    return {"id": name, "errors": [{"message": str(error), "path": path, "extensions": error.extensions}]}


def _of_all(one: Shown) -> Person | None:
    return one.person(frozenset(one.results))


def _about(piece: Piece, one: Shown) -> frozenset[str]:
    """Give the sources a field tells of, of those that may be told of by now."""
    if piece.services is None:
        return frozenset(one.results)
    return frozenset(s for s in one.results if one.decided[s].source.config.service in piece.services)


def _all_came(piece: Piece, one: Shown) -> bool:
    return piece.services is not None and piece.services.isdisjoint(one.waiting)


def _ready(piece: Piece, one: Shown) -> _Ready:
    """Say whether a field of somebody may leave now: just as it will be in the end, or begun with what is there."""
    if one.whole or piece.name in ALWAYS:
        return _Ready.WHOLE
    all_came = _all_came(piece, one)
    if not all_came and piece.streamed is None:
        return _Ready.NOT
    person = _of_all(one)
    value = None if person is None else piece.project(person)[piece.key]
    if all_came and value:
        return _Ready.WHOLE
    if piece.streamed is not None and (piece.name in NEVER_NULL or (value and len(value) >= piece.streamed)):
        return _Ready.BEGUN
    return _Ready.NOT
