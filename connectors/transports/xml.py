"""XML from an agency, read with suspicion: no document type and so no entities, a cap on depth and on elements.

An element becomes what JSON would have said, so that one mapping engine reads both: with elements inside, an object of
them by local name, a list where one repeats; without, its text. An attribute is a key of its own, ``@name``, and the
text beside attributes or elements is ``#text``. Values are texts: XML does not say what is a number.
"""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from connectors.errors import SourceBroken
from connectors.transports.guarded import Json

ELEMENTS = 1_000_000
"""The most elements a document may have; its bytes are capped before."""


@dataclass(slots=True)
class _Open:
    """An element being read."""

    children: dict[str, Json]
    text: list[str] = field(default_factory=list)

    def closed(self) -> Json:
        said = "".join(self.text).strip()
        if not self.children:
            return said or None
        return {**self.children, "#text": said} if said else self.children


class _Builder:
    """Builds the tree of one document, refusing what no answer needs."""

    def __init__(self, depth: int, place: str, elements: int) -> None:
        self._depth = depth
        self._most = elements
        self._place = place
        self._open = [_Open({})]
        self._count = 0
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, content: bytes) -> dict[str, Json]:
        try:
            self._parser.Parse(content, True)
        except (expat.ExpatError, LookupError, ValueError):
            pass
        else:
            return self._open[0].children
        # Raised here, not in the handler: nothing of the parser's error is kept.
        raise self._wrong("not-xml")

    def _wrong(self, code: str) -> SourceBroken:
        return SourceBroken(code, f"{self._place}row {self._parser.CurrentLineNumber}")

    def _doctype(self, *_: object) -> None:
        raise self._wrong("document-type")

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > self._depth:
            raise self._wrong("too-deep")
        if self._count > self._most:
            raise self._wrong("too-many-elements")
        self._open.append(_Open({f"@{_local(name)}": value for name, value in attributes.items()}))

    def _end(self, name: str) -> None:
        node, siblings, local = self._open.pop().closed(), self._open[-1].children, _local(name)
        if local not in siblings:
            siblings[local] = node
            return
        before = siblings[local]
        if isinstance(before, list):
            before.append(node)
        else:
            siblings[local] = [before, node]

    def _text(self, text: str) -> None:
        self._open[-1].text.append(text)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def read_xml(content: bytes, depth: int, place: str = "", elements: int = ELEMENTS) -> dict[str, Json]:
    """Give the document as an object of its root element; SourceBroken, with the row, where it is not safe."""
    return _Builder(depth, place, elements).read(content)


def listed(value: Any) -> list[Any]:
    """Give what one element, several, or none became as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
