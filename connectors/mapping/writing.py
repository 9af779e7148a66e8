"""A record's own function, written: of one row it reads what one ask needs, line after line, and makes the record.

What is written holds numbered names and the names of the fields a record declares, and nothing else: every path, code
and value of an agency's is handed to it as an object. Each field begins with what an honest value is, a text or a
listed code, and gives everything else to the reader that would have read it alone; so it says what that says.
"""

from collections.abc import Mapping
from typing import Any

from connectors.mapping.reading import Read, Reader
from schema.building import made, numbered

_TEXT = """\
{v} = {found}
if {v}.__class__ is str:
    {v} = {v}.strip()
    if {v} in {v}_nulls:
        {v} = None
elif {v} is not None:
    {v} = {v}_settle({v}, reading)
"""
_CODE = """\
{v} = {found}
if {v} is not None:
    {v} = {v}_listed[{v}] if {v}.__class__ is str and {v} in {v}_listed else {v}_settle({v}, reading)
"""
_OTHER = """\
{v} = {found}
if {v} is not None:
    {v} = {v}_settle({v}, reading)
"""
_READ = "{v} = {v}_read(row, reading)\n"
_UNLESS = "if {tests}:\n    return None\n"


def row_reader(kind: type[Any], first: Mapping[str, Reader], unless: Read | None, then: Mapping[str, Reader]) -> Read:
    """Make the function that makes a record of a row.

    ``first`` are the fields read at once: where all of them are null, and ``unless`` gives nothing either, the row is
    of no record. Without ``unless`` each row is. ``then`` are the fields that are read where there is a record.
    """
    names = numbered((*first, *then))
    handed: dict[str, Any] = {"other": unless}
    written = ["get = row.get\n", *(_lines(names[name], reader, handed) for name, reader in first.items())]
    if unless is not None:
        tests = [*(f"{names[name]} is None" for name in first), "other(row, reading) is None"]
        written.append(_UNLESS.format(tests=" and ".join(tests)))
    written += [_lines(names[name], reader, handed) for name, reader in then.items()]
    return made("row, reading", written, kind, names, handed)


def _lines(v: str, reader: Reader, handed: dict[str, Any]) -> str:
    """Write the lines that read one field, and hand over what they need."""
    value = reader.value
    if value is None:
        handed[f"{v}_read"] = reader.read
        return _READ.format(v=v)
    handed[f"{v}_settle"] = value.settle
    handed[f"{v}_get"] = value.get if value.key is None else value.key
    found = f"{v}_get(row)" if value.key is None else f"get({v}_get)"
    if value.nulls is not None:
        handed[f"{v}_nulls"] = value.nulls
        return _TEXT.format(v=v, found=found)
    if value.listed is not None:
        handed[f"{v}_listed"] = value.listed
        return _CODE.format(v=v, found=found)
    return _OTHER.format(v=v, found=found)
