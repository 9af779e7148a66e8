"""Closed lists whose members carry their plain-English meaning into the schema."""

from enum import StrEnum
from typing import Self, TypeVar

import strawberry


class Word(StrEnum):
    """A word of a closed list. It hashes as the text it equals, and at that text's speed: words are keys everywhere."""

    __hash__ = str.__hash__


class Described(Word):
    """A closed list: each member is written ``NAME = "NAME", "what it means"``."""

    means: str

    def __new__(cls, value: str, means: str) -> Self:
        """Keep the meaning beside the value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.means = means
        return member


E_ = TypeVar("E_", bound=type[Described])


def closed_list(cls: E_) -> E_:
    """Publish a closed list in the GraphQL schema with each member's meaning."""
    strawberry.enum(cls, description=(cls.__doc__ or "").strip().splitlines()[0])
    for value in cls.__strawberry_definition__.values:  # type: ignore[attr-defined] # set by strawberry.enum
        value.description = cls[value.name].means
    return cls
