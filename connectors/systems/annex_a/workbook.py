"""A workbook's sheets as rows of cells, capped in bytes packed and unpacked; only sheets named like a list are read."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from connectors.errors import SourceBroken
from connectors.returns.reading import ReturnConnection, content_of

Sheet = Sequence[Sequence[Any]]

_LIST = re.compile(r"\blist[\s_-]*0*(\d{1,2})(?!\d)", re.IGNORECASE)
_UNPACKED = 20
"""A workbook may unpack to so many times the bytes allowed; beyond that it is a bomb."""


def sheets_of(path: Path, connection: ReturnConnection) -> Mapping[int, Sheet]:
    """Read the sheets by their list's number; SourceBroken where it is no workbook or has a list twice."""
    content = content_of(path, connection.max_bytes)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(f.file_size for f in packed.infolist())
        if unpacked <= connection.max_bytes * _UNPACKED:
            return _sheets(CalamineWorkbook.from_filelike(io.BytesIO(content)), path.name)
        code = "too-large"
    except (CalamineError, PasswordError, XmlError, ZipError, zipfile.BadZipFile, OSError, ValueError):
        code = "not-a-spreadsheet"
    raise SourceBroken(code, path.name)


def _sheets(book: CalamineWorkbook, file: str) -> Mapping[int, Sheet]:
    found: dict[int, Sheet] = {}
    for name in book.sheet_names:
        said = _LIST.search(name)
        if said is None:
            continue
        number = int(said[1])
        if number in found:
            raise SourceBroken("sheet-twice", f"{file}: List {number}")
        found[number] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return found
