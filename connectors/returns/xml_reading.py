"""XML from an agency, read with suspicion: no document type, no entities, a cap on bytes, depth and elements.

An element with elements inside is an object of them by local name (a list where one repeats); any other is its text.
Attributes mean nothing in the returns read here. What is wrong is said by file and line, never by value.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias
from xml.parsers import expat

from connectors.errors import SourceBroken

Node: TypeAlias = "str | dict[str, Any]"

_DEPTH = 24
_ELEMENTS = 5_000_000


@dataclass(slots=True)
class _Open:
    """An element being read."""

    name: str
    children: dict[str, Any] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)

    def closed(self) -> Node:
        return self.children or "".join(self.text).strip()


class _Builder:
    """Builds the tree of one document, refusing what no return holds."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open = [_Open("")]
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, content: bytes) -> dict[str, Any]:
        try:
            self._parser.Parse(content, True)
        except (expat.ExpatError, LookupError, ValueError):
            pass
        else:
            return self._open[0].children
        raise self._wrong("not-xml")

    def _wrong(self, code: str) -> SourceBroken:
        return SourceBroken(code, f"{self._file}: row {self._parser.CurrentLineNumber}")

    def _doctype(self, *_: object) -> None:
        raise self._wrong("document-type")

    def _start(self, name: str, _attributes: object) -> None:
        self._count += 1
        if len(self._open) > _DEPTH:
            raise self._wrong("too-deep")
        if self._count > _ELEMENTS:
            raise self._wrong("too-many-elements")
        self._open.append(_Open(name.rpartition(":")[2]))

    def _end(self, _name: str) -> None:
        ended = self._open.pop()
        siblings, node = self._open[-1].children, ended.closed()
        if ended.name not in siblings:
            siblings[ended.name] = node
        elif isinstance(siblings[ended.name], list):
            siblings[ended.name].append(node)
        else:
            siblings[ended.name] = [siblings[ended.name], node]

    def _text(self, text: str) -> None:
        self._open[-1].text.append(text)


def read_xml(content: bytes, file: str) -> dict[str, Any]:
    """Read a document; SourceBroken with file and line where it is not one that is safe to believe."""
    return _Builder(file).read(content)


def listed(value: Any) -> list[Any]:
    """Give what one element, several, or none became as a list."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def child_of(node: Any, *names: str) -> Any:
    """Walk down by name; none where there is no such element, or several where one is due."""
    for name in names:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def below(parents: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Make a row of every element at a path below rows: ``_up`` is the row it is in, ``_person`` whom it is about."""
    rows: list[dict[str, Any]] = []
    for parent in parents:
        found: list[Any] = [parent]
        for name in names:
            found = [item for node in found for item in listed(child_of(node, name))]
        for number, item in enumerate(found, 1):
            held = item if isinstance(item, dict) else {"value": item}
            identity = f"{parent['_id']}/{names[-1]}-{number}" if parent["_id"] else f"{names[-1]}-{number}"
            rows.append({**held, "_up": parent, "_person": parent["_person"], "_id": identity})
    return rows
