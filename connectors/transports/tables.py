"""Tables in files: CSV in the encodings agencies write, spreadsheets, Parquet, XML. Rows as mappings of columns.

What is wrong is said by file, row and column: the places, never the values.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound, XmlError, ZipError

from connectors.errors import SourceBroken, SourceUnavailable
from connectors.transports.xml import listed, read_xml

_PIECE = 64 * 1024
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DEPTH = 32
_PER_ROW = 50
"""An XML drop may have so many elements for each row allowed."""
_UNPACKED = 20
"""What unpacks to more than the bytes allowed, and to more than so many times its own size, is a bomb."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most bytes and rows a file may have."""

    bytes: int = 64 * 1024 * 1024
    rows: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a file: where its header is and which of its columns are wanted."""

    path: Path
    sheet: str | None
    header: int
    delimiter: str
    encoding: str | None
    columns: frozenset[str]
    records: str | None = None

    def wrong(self, code: str, where: str = "") -> SourceBroken:
        """Make the refusal of this file."""
        return SourceBroken(code, f"{self.path.name}{': ' if where else ''}{where}")


def read_table(table: Table, bounds: Bounds, content: bytes | None = None) -> Iterator[dict[str, Any]]:
    """Read a table's rows; SourceBroken at the first row that is not one, SourceUnavailable where it cannot be read."""
    if content is None:
        content = _content(table, bounds)
    match table.path.suffix.lower():
        case ".csv" | ".txt":
            return _rows(table, _csv(table, content), bounds)
        case ".parquet":
            return _parquet(table, content, bounds)
        case ".xml":
            return _xml(table, content, bounds)
        case _:
            return _rows(table, _sheet(table, content, bounds), bounds)


def _content(table: Table, bounds: Bounds) -> bytes:
    try:
        if table.path.stat().st_size > bounds.bytes:
            raise table.wrong("too-large")
        return table.path.read_bytes()
    except OSError as error:
        raise SourceUnavailable("unreadable-file", f"{table.path.name}: {type(error).__name__}") from None


def _rows(table: Table, lines: Iterator[tuple[int, Sequence[Any]]], bounds: Bounds) -> Iterator[dict[str, Any]]:
    header: list[str] | None = None
    places: list[tuple[int, str]] = []
    for count, (number, cells) in enumerate(lines):
        if header is None:
            if number >= table.header:
                header = _header(table, cells)
                places = [(header.index(name), name) for name in sorted(table.columns)]
            continue
        if count > bounds.rows + table.header:
            raise table.wrong("too-many-rows")
        if all(cell in {"", None} for cell in cells):
            continue
        if len(cells) != len(header):
            _refuse_ragged(table, number, cells, header)
        yield {name: cells[place] for place, name in places}
    if header is None:
        raise table.wrong("no-header", f"row {table.header}")


def _header(table: Table, cells: Sequence[Any]) -> list[str]:
    """Check the header: headings drift by blanks and no-break spaces, which do not count; a missing one does."""
    header = [" ".join(str(cell).split()) if cell is not None else "" for cell in cells]
    while header and not header[-1]:
        header.pop()
    for name in sorted(table.columns):
        if header.count(name) != 1:
            raise table.wrong("missing-column" if name not in header else "column-twice", f"column {name!r}")
    return header


def _refuse_ragged(table: Table, number: int, cells: Sequence[Any], header: list[str]) -> None:
    if len(cells) < len(header):
        raise table.wrong("short-row", f"row {number}: column {header[len(cells)]!r} is not there")
    if any(cell not in {"", None} for cell in cells[len(header) :]):
        raise table.wrong("long-row", f"row {number}: more than its {len(header)} columns")


def _csv(table: Table, content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = io.TextIOWrapper(io.BytesIO(content), _encoding(table, content), newline="")
    first = text.readline().removeprefix("\ufeff")
    reader = csv.reader(chain((first,) if first else (), text), delimiter=table.delimiter, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise table.wrong("not-csv", f"row {start}") from None
        yield start, cells
        start = reader.line_num + 1


def _encoding(table: Table, content: bytes) -> str:
    """Say how a text is encoded: all of it is decoded, a piece at a time, and none of it kept."""
    encodings = [table.encoding] if table.encoding else ["utf-8-sig", "cp1252"]
    if not table.encoding and content[:2] in _UTF16:
        encodings = ["utf-16"]
    for encoding in encodings:
        row = _undecodable(table, content, encoding)
        if row is None:
            return encoding
    raise table.wrong("not-text", f"row {row}")


def _undecodable(table: Table, content: bytes, encoding: str) -> int | None:
    """Give the row a text cannot be decoded from; none where all of it can. A text with a null in it is none."""
    decoder, row = codecs.getincrementaldecoder(encoding)(), 1
    for at in range(0, len(content) + 1, _PIECE):
        try:
            text = decoder.decode(content[at : at + _PIECE], final=at + _PIECE > len(content))
        except UnicodeDecodeError as error:
            return row + error.object.count(b"\n", 0, error.start)
        if "\0" in text:
            raise table.wrong("not-text", f"row {row + text.count(chr(10), 0, text.index(chr(0)))}")
        row += text.count("\n")
    return None


def _most_unpacked(content: bytes, bounds: Bounds) -> int:
    return max(bounds.bytes, min(len(content), bounds.bytes) * _UNPACKED)


def _sheet(table: Table, content: bytes, bounds: Bounds) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(f.file_size for f in packed.infolist()) > _most_unpacked(content, bounds):
                    raise table.wrong("too-large")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_name(table.sheet) if table.sheet else book.get_sheet_by_index(0)
    except WorksheetNotFound:
        raise table.wrong("missing-sheet", f"sheet {table.sheet!r}") from None
    except (CalamineError, PasswordError, XmlError, ZipError, zipfile.BadZipFile, OSError, ValueError):
        raise table.wrong("not-a-spreadsheet") from None
    # Rows come from the first column that holds anything, and from the first row.
    blank = [""] * (sheet.start[1] if sheet.start else 0)
    return ((number, [*blank, *cells]) for number, cells in enumerate(sheet.iter_rows(), 1))


def _parquet(table: Table, content: bytes, bounds: Bounds) -> Iterator[dict[str, Any]]:
    """Read the wanted columns of a Parquet file; what it unpacks to is known before it is unpacked."""
    from pyarrow import ArrowException, BufferReader
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(BufferReader(content))
        held = file.metadata
        if held.num_rows > bounds.rows:
            raise table.wrong("too-many-rows")
        if sum(held.row_group(n).total_byte_size for n in range(held.num_row_groups)) > _most_unpacked(content, bounds):
            raise table.wrong("too-large")
        _header(table, file.schema_arrow.names)
        for batch in file.iter_batches(1_000, columns=sorted(table.columns)):
            yield from batch.to_pylist()
    except (ArrowException, OSError, ValueError, OverflowError):
        pass
    else:
        return
    raise table.wrong("not-parquet")


def _xml(table: Table, content: bytes, bounds: Bounds) -> Iterator[dict[str, Any]]:
    """Make a row of every element at ``records``: a column is an element in it, ``a.b`` deeper, ``@c`` an attribute.

    An element left out of a row is null, as XML has it; a drop without the elements down to its rows is no drop.
    """
    node: Any = read_xml(content, _DEPTH, f"{table.path.name}: ", bounds.rows * _PER_ROW)
    for name in (table.records or "").split("."):
        if isinstance(node, dict) and name not in node and not all(key.startswith("@") for key in node):
            raise table.wrong("missing-element", f"{name!r}")
        node = node.get(name) if isinstance(node, dict) else None
    rows = listed(node)
    if len(rows) > bounds.rows:
        raise table.wrong("too-many-rows")
    for row in rows:
        yield {name: _inside(row, name) for name in table.columns}


def _inside(row: Any, name: str) -> Any:
    for step in name.split("."):
        row = row.get(step) if isinstance(row, dict) else None
    return row.get("#text") if isinstance(row, dict) else row
