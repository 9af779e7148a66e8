"""Reading what another hub answered: records by source, and its word on each source. Nothing of it is believed unread.

A word no list has, a value of another type or a record of a source that was not asked is SourceBroken, naming a place.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar

from connectors.contract import Held
from connectors.errors import SourceBroken
from connectors.neighbour import Gap, Said
from connectors.shapes import Object, inner, objects
from connectors.systems.hub.words import LISTS, PATHS, SHAPES, Shape
from connectors.transports.guarded import Json
from schema.fields import FieldId
from schema.outcomes import Outcome
from schema.reasons import Reason
from schema.sources import Coverage, TeamContact

E = TypeVar("E", bound=Enum)

LONGEST_WORD = 200
"""Characters of a team's name, number or address that is shown though it is no part of a record."""

_DECISION = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


def records_of(person: Object, theirs: frozenset[str]) -> Mapping[str, list[Held]]:
    """Give the records of a person by the source each is from; SourceBroken for one of a source not asked."""
    found: dict[str, list[Held]] = {source: [] for source in theirs}
    for part, (record, _) in LISTS.items():
        for item in objects(person, part):
            source = inner(item, "provenance").get("source")
            if not isinstance(source, str) or source not in found:
                raise SourceBroken("wrong-source", part)
            found[source].append(_record(item, SHAPES[record]))
    return found


def _record(item: Object, shape: Shape) -> Any:
    record = shape.make()
    given = item.get("id")
    record.id = given if isinstance(given, str) else ""
    for word in shape.words:
        raw = item.get(word.spelt)
        if raw is not None:
            setattr(record, word.name, _value(raw, word.kind, word.id))
    for part in shape.inner:
        if item.get(part.spelt) is None:
            continue
        made = SHAPES[part.record]
        if part.many:
            setattr(record, part.name, [_record(one, made) for one in objects(item, part.spelt)])
        else:
            setattr(record, part.name, _record(inner(item, part.spelt), made))
    return record


def _value(raw: Json, kind: Any, place: str) -> Any:
    if kind is list:
        if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
            return raw
    elif kind is date:
        return _day(raw, place)
    elif issubclass(kind, Enum):
        return _member(raw, kind, place)
    elif type(raw) is kind:
        return raw
    raise SourceBroken("wrong-type", place)


def _day(raw: Json, place: str) -> date:
    try:
        return date.fromisoformat(raw if isinstance(raw, str) else "")
    except ValueError:
        pass
    raise SourceBroken("wrong-type", place)


def _member(raw: Json, kind: type[E], place: str) -> E:
    if not isinstance(raw, str) or raw not in kind.__members__:
        raise SourceBroken("wrong-type", place)
    return kind[raw]


def said_of(person: Object, hub: str) -> Mapping[str, Said]:
    """Give what the other hub says of each of its sources."""
    gaps: dict[str, dict[FieldId, Gap]] = {}
    for item in objects(person, "withheld"):
        path = item.get("path")
        if isinstance(path, str) and path in PATHS:
            gaps.setdefault(str(item.get("source")), {})[PATHS[path]] = _gap(item)
    return dict(_said(item, hub, gaps) for item in objects(person, "sources"))


def _said(item: Object, hub: str, gaps: Mapping[str, Mapping[FieldId, Gap]]) -> tuple[str, Said]:
    source, reason = str(item.get("source")), item.get("reason")
    said = Said(
        hub,
        _member(item.get("outcome"), Outcome, "sources.outcome"),
        None if reason is None else _member(reason, Reason, "sources.reason"),
        _moment(item.get("asOf")),
        item.get("complete") is True,
        _coverage(item),
        _contact(item),
        gaps.get(source, {}),
    )
    return source, said


def _gap(item: Object) -> Gap:
    decision = item.get("decisionId")
    known = isinstance(decision, str) and _DECISION.fullmatch(decision)
    code = _member(item.get("code"), Reason, "withheld.code")
    return Gap(code, item.get("masked") is True, item.get("ring") is not None, str(decision) if known else "")


def _coverage(item: Object) -> Coverage | None:
    given = inner(item, "coverage")
    if not given:
        return None
    start, end = (None if given.get(k) is None else _day(given[k], f"coverage.{k}") for k in ("start", "end"))
    youngest, oldest = (_age(given.get(k)) for k in ("youngest", "oldest"))
    return Coverage(start=start, end=end, area=_short(given.get("area")), youngest=youngest, oldest=oldest)


def _age(raw: Json) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _contact(item: Object) -> TeamContact | None:
    given = inner(item, "contact")
    team = _short(given.get("team"))
    phone, email, hours = (_short(given.get(name)) for name in ("phone", "email", "hours"))
    return TeamContact(team=team, phone=phone, email=email, hours=hours) if team else None


def _short(raw: Json) -> str | None:
    """Give a line of text that is no longer than such lines are; none for anything else."""
    return raw if isinstance(raw, str) and 0 < len(raw) <= LONGEST_WORD and raw.isprintable() else None


def _moment(raw: Json) -> datetime | None:
    try:
        found = datetime.fromisoformat(raw if isinstance(raw, str) else "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def oldest_of(moments: Iterable[datetime | None]) -> datetime | None:
    """Give the oldest of several moments; none where one is not known."""
    listed = list(moments)
    known = [m for m in listed if m is not None]
    return min(known) if known and len(known) == len(listed) else None
