"""What a query selects, free of GraphQL: names as Python spells them, fragments and aliases already resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Selection:
    """One selected field: ``key`` is its name in the answer, ``name`` the attribute, with arguments and children."""

    key: str
    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    children: tuple["Selection", ...] = ()

    def named(self, name: str) -> Iterator["Selection"]:
        """Give the children of one name: an alias makes several."""
        return (child for child in self.children if child.name == name)
