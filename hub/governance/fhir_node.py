"""One element of a FHIR resource being read: nothing of it is passed over, and what is wrong is said by its place."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn, TypeVar

from hub.governance.written import Unreadable

E = TypeVar("E", bound=StrEnum)


class Node:
    """An object of a resource, at its place. Never says a value: it may be somebody's."""

    def __init__(self, value: object, place: str, known: Collection[str]) -> None:
        """Take an object that has no other elements than those that can be kept."""
        if not isinstance(value, dict):
            raise Unreadable(place, "it must be an object")
        self._value: dict[str, object] = value
        self.place = place
        for name in value:
            if name not in known:
                raise Unreadable(f"{place}.{name}", "there is no place here for what it says")

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def value(self, name: str) -> object:
        """Give an element as it is, to be read as a resource of its own."""
        return self._value.get(name)

    def refuse(self, name: str, why: str) -> NoReturn:
        """Say that an element is wrong."""
        raise Unreadable(f"{self.place}.{name}", why)

    def text(self, name: str) -> str:
        """Give a text that is there and not empty."""
        value = self._value.get(name)
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, "it must be a text")
        return value

    def exactly(self, name: str, value: str) -> None:
        """Insist on a text."""
        if self.text(name) != value:
            self.refuse(name, f"it must be {value!r}")

    def word(self, name: str, words: type[E]) -> E:
        """Give a word of a closed list."""
        value = self.text(name)
        if value not in list(words):
            self.refuse(name, f"it must be one of {', '.join(words)}")
        return words(value)

    def day(self, name: str) -> date | None:
        """Give a whole date; none where there is none. A month or a year is not one."""
        if name not in self._value:
            return None
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self.refuse(name, "it must be a whole date")

    def moment(self, name: str) -> datetime:
        """Give a moment with its zone."""
        try:
            moment = datetime.fromisoformat(self.text(name))
        except ValueError:
            self.refuse(name, "it must be a date and time")
        if moment.tzinfo is None:
            self.refuse(name, "it must say its time zone")
        return moment

    def inside(self, name: str, *known: str) -> "Node":
        """Give an element that is an object."""
        return Node(self._value.get(name), f"{self.place}.{name}", known)

    def each(self, name: str, *known: str) -> Iterator["Node"]:
        """Give the objects of a list; none where there is no list."""
        listed = self._value.get(name, [])
        if not isinstance(listed, list) or (name in self and not listed):
            self.refuse(name, "it must be a list of at least one")  # an empty one would be read as every one
        for n, value in enumerate(listed):
            yield Node(value, f"{self.place}.{name}[{n}]", known)

    def only(self, name: str, *known: str) -> "Node":
        """Give the one object of a list."""
        found = list(self.each(name, *known))
        if len(found) != 1:
            self.refuse(name, "there must be one")
        return found[0]
