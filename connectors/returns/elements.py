"""Elements of a return's XML made into rows: walking down by name, and one row of every element at a path."""

from typing import Any

from connectors.transports import xml

_DEPTH = 24
_ELEMENTS = 5_000_000


def read_return(content: bytes, file: str) -> dict[str, Any]:
    """Read a return's document; SourceBroken with file and row where it is not one that is safe to believe."""
    return dict(xml.read_xml(content, _DEPTH, f"{file}: ", _ELEMENTS))


def listed(value: Any) -> list[Any]:
    """Give what one element, several, or none became as a list; an empty element is none."""
    return [item for item in xml.listed(value) if item != ""]


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
