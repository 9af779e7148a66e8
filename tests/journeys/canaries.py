"""Canaries: every telling value of everybody's records, read from the agencies' own data; none may ever get out.

Telling are names, numbers of people, postcodes, addresses, phones, e-mails and anything written in words. Codes are
not, nor is what the source files publish of a service (its name, its owner, its desk), nor what the rules say.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl

from hub.demo.staff import PERSONAS
from hub.demo.truth import Truth

NAMED = re.compile(r"name|given|family|last|first|known_as", re.IGNORECASE)
TELLING = re.compile(r"@|\d{8}|\b[A-Z]{1,2}\d{1,2} ?\d[A-Z]{2}\b|^(pat|stu)-|^CC/\d|^HP\d|^YJ\d|\S \S")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?")
PLAIN = re.compile(rb"[\x20-\x7e]{7,}")
SEEN = re.compile(r'"(timestamp|request_id)": "[^"]*"')
STAMP = re.compile(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")
COMMENTS = re.compile(r'"COMMENTS":"(.*)"}', re.DOTALL)
SHORTEST = 5
IN_BYTES = 7
"""In a file of sealed bytes, fewer letters could come about by chance."""


def canaries(systems: Path, published: str, truth: Truth) -> frozenset[str]:
    """Gather the canaries of every system's own data, and from the truth the names and birthdays of all."""
    held = {
        v.strip() for file in sorted(systems.rglob("*")) if file.is_file() for k, v in _values(file) if _tells(k, v)
    }
    people = [(p.given, p.surname, p.born.isoformat() if p.born else "") for p in truth.people.values()]
    found = held | {value for person in people for value in person}
    known = published.casefold() + " ".join(p.name for p in PERSONAS.values()).casefold()
    days = {truth.today.isoformat()}
    return frozenset(v for v in found - days if len(v) >= SHORTEST and v.casefold() not in known)


def _tells(key: str, value: str) -> bool:
    if len(value.strip()) < SHORTEST or MOMENT.fullmatch(value.strip()) or "://" in value:
        return False
    return bool(NAMED.search(key) or TELLING.search(value))


def _values(file: Path) -> Iterable[tuple[str, str]]:
    match file.suffix:
        case ".json":
            return _within("", json.loads(file.read_text("utf-8")))
        case ".csv":
            with file.open(encoding="utf-8-sig", newline="") as text:
                return [(k or "", v) for row in csv.DictReader(text) for k, v in row.items() if isinstance(v, str)]
        case ".xlsx":
            rows = [row for sheet in openpyxl.load_workbook(file).worksheets for row in sheet.values]
            return [("", value) for row in rows[1:] for value in row if isinstance(value, str)]
        case _:
            raise ValueError(f"what is in {file.name}?")


def _within(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from _within(inner_key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(key, inner)
    elif isinstance(value, str) and value.startswith("{"):
        yield from _within(key, _object(value))
    elif isinstance(value, str):
        yield key, value


def _object(text: str) -> Any:
    """Read an object kept as text in a column; of one that is not quite JSON, the words its worker wrote."""
    try:
        return json.loads(text)
    except ValueError:
        return COMMENTS.findall(text)


def found_in(text: str, canaries: frozenset[str]) -> set[str]:
    """Say which canaries a text holds, in whatever case and however JSON writes them."""
    plain = "\n".join({SEEN.sub("", line) for line in text.casefold().splitlines()})
    return {c for c in canaries if c.casefold() in plain or json.dumps(c)[1:-1].casefold() in plain}


def found_in_bytes(content: bytes, canaries: frozenset[str]) -> set[str]:
    """Say which canaries a file holds, in capitals or small letters.

    A day with a time of day behind it is a moment and no birthday: how far each source's feed was read is kept.
    """
    small = STAMP.sub(b"", content).lower()
    plain = b"\n".join(PLAIN.findall(small))
    return {c for c in canaries if len(c) >= IN_BYTES and c.encode().lower() in (plain if _plain(c) else small)}


def _plain(canary: str) -> bool:
    return canary.isascii() and canary.isprintable()
