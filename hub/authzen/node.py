"""Nodes: a JSON value and the place it stands at, read by closed lists. What is wrong is named by its place alone.

Members that nobody declared are passed over (section 10.1.1 of the specification); null is as good as absent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from hub.authzen.wrong import Wrong

LONGEST: Final = 512
"""Characters of any text but a reason, which the question itself bounds."""

_FEW: Final = 24
"""Words of a list that are spelled out to whoever used another."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Node:
    """A value somewhere in a request."""

    value: object = field(repr=False)
    place: str

    def _members(self) -> Mapping[str, object]:
        if not isinstance(self.value, dict):
            raise Wrong(f"{self.place or 'The body'} must be an object.")
        return self.value

    def get(self, name: str) -> "Node | None":
        """Give a member, or none where it is absent or null."""
        value = self._members().get(name)
        return None if value is None else Node(value, f"{self.place}.{name}" if self.place else name)

    def need(self, name: str) -> "Node":
        """Give a member that must be there."""
        found = self.get(name)
        if found is None:
            raise Wrong(f"{self.place}.{name} is missing." if self.place else f"{name} is missing.")
        return found

    def whole(self) -> "Node":
        """Give the same, if it is an object."""
        self._members()
        return self

    def without(self, name: str) -> Mapping[str, object]:
        """Give every member but one."""
        return {key: value for key, value in self._members().items() if key != name}

    def names(self, known: Mapping[str, T], of: str) -> Iterator[tuple[T, "Node"]]:
        """Give each member of an object whose names are words of a closed list, as what the word stands for."""
        for name, value in self._members().items():
            if name not in known:
                raise Wrong(f"{self.place} has a name that is not {of}{_among(known)}.")
            if value is not None:
                yield known[name], Node(value, f"{self.place}.{name}")

    def items(self) -> list["Node"]:
        """Give the items of a list."""
        if not isinstance(self.value, list):
            raise Wrong(f"{self.place} must be an array.")
        return [Node(value, f"{self.place}[{n}]") for n, value in enumerate(self.value)]

    def text(self, longest: int = LONGEST) -> str:
        """Give text that is neither empty nor long."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise Wrong(f"{self.place} must be text.")
        if len(self.value) > longest:
            raise Wrong(f"{self.place} must be at most {longest} characters.")
        return self.value

    def yes_no(self) -> bool:
        """Give true or false."""
        if not isinstance(self.value, bool):
            raise Wrong(f"{self.place} must be true or false.")
        return self.value

    def count(self) -> int:
        """Give a whole number from 0."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise Wrong(f"{self.place} must be a whole number from 0.")
        return self.value

    def word(self, known: Mapping[str, T]) -> T:
        """Give what a word of a closed list stands for."""
        text = self.text()
        if text not in known:
            raise Wrong(f"{self.place} is not a word of its list{_among(known)}.")
        return known[text]


def _among(known: Mapping[str, object]) -> str:
    return f": {', '.join(sorted(known))}" if len(known) <= _FEW else ""
