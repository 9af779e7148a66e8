"""What else to give where too little was typed to search with: tried out on the index's own rule, in words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any, Final

from hub.answer.finding import criteria_of
from hub.people.criteria import TooLittle, question
from schema.search import PersonSearchInput

_ADD: Final[Mapping[str, tuple[str, str, str, object]]] = {
    "day": ("date_of_birth", "the date of birth", "a date of birth", date(2012, 5, 17)),
    "family": ("family_name", "the family name", "a family name", "Aldersley"),
    "given": ("given_name", "the given name", "a given name", "Amelia"),
    "age": ("age", "the age", "an age", 9),
    "postcode": ("postcode", "a postcode", "a postcode", "BK1 1AA"),
    "address": ("address", "the first line of the address", "an address", "1 Mill Lane"),
}
"""Fields of the form: the criterion each gives, how it is asked for, how it is named, and one to try the rule with."""

MOST: Final = 6
"""Other ways that are named."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What else would be enough: the field to begin with, what is said beside it, and other ways."""

    field: str
    says: str
    others: tuple[str, ...]


def lacking(asked: PersonSearchInput, today: date) -> Lacking | None:
    """Say what to add, in fields of the form; none where it is enough, or where adding would not help."""
    if not _little(asked, today):
        return None
    ways = [way for many in (1, 2, 3) for way in combinations(_ADD, many) if not _little(_with(asked, way), today)]
    shortest = [way for way in ways if not any(set(other) < set(way) for other in ways)]
    if not shortest:
        return None
    singles = [way[0] for way in shortest if len(way) == 1]
    first = (singles[0],) if singles else shortest[0]
    add = _joined([_ADD[name][1] for name in singles or first], "or" if singles else "and")
    has = [words for name, _, words, _ in _ADD.values() if getattr(asked, name) not in (None, "")]
    why = f": {_joined(has, 'and')} alone {'fits' if len(has) == 1 else 'fit'} too many children" if has else ""
    rest = [way for way in shortest if len(way) > 1 and way != first]
    others = tuple(_joined([_ADD[name][1] for name in way], "and") for way in rest[:MOST])
    return Lacking(first[0], f"Add {add}{why}", others if has else ())


def _little(asked: PersonSearchInput, today: date) -> bool:
    return isinstance(question(criteria_of(asked), today), TooLittle)


def _with(asked: PersonSearchInput, way: Iterable[str]) -> PersonSearchInput:
    tried: Mapping[str, Any] = {_ADD[name][0]: _ADD[name][3] for name in way}
    return replace(asked, **tried)


def _joined(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
