"""Saying what is wrong with a mapping: the file, the block, the key, and the nearest right name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from connectors.errors import SourceMisconfigured


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a source's file; ``tabular`` says that paths there are column names."""

    file: str
    block: str
    tabular: bool
    resource: str = ""
    nulls: frozenset[str] = frozenset()
    key: str = ""

    def at(self, key: str) -> "Where":
        """Name a key below this place."""
        inner = f"{self.key}.{key}" if self.key else key
        return Where(self.file, self.block, self.tabular, self.resource, self.nulls, inner)

    def wrong(self, what: str) -> SourceMisconfigured:
        """Make the refusal for this place."""
        where = f"{self.block} {self.key}".strip()
        return SourceMisconfigured("mapping", f"{self.file}: {where}: {what}")

    def no_such(self, kind: str, name: object, known: Iterable[str]) -> SourceMisconfigured:
        """Make the refusal of a name that is not one of those known."""
        names = sorted(known)
        near = get_close_matches(str(name), names, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(names)}"
        return self.wrong(f"no {kind} {name!r}; {hint}")

    def only(self, table: Mapping[str, Any], known: Iterable[str], kind: str = "key") -> None:
        """Refuse a table with a key that means nothing here."""
        allowed = set(known)
        for name in table:
            if name not in allowed:
                raise self.no_such(kind, name, allowed)

    def table(self, value: object) -> Mapping[str, Any]:
        """Insist on a table."""
        if not isinstance(value, Mapping):
            raise self.wrong("must be a table")
        return value

    def tables(self, value: object) -> tuple[Mapping[str, Any], ...]:
        """Insist on a table or a list of tables."""
        listed = value if isinstance(value, list | tuple) else (value,)
        return tuple(self.table(v) for v in listed)

    def text(self, value: object) -> str:
        """Insist on a text that says something."""
        if not isinstance(value, str) or not value:
            raise self.wrong("must be a text")
        return value

    def texts(self, value: object) -> tuple[str, ...]:
        """Insist on a text or a list of texts."""
        listed = value if isinstance(value, list | tuple) else (value,)
        return tuple(self.text(v) for v in listed)
