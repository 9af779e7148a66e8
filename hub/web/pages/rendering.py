"""From a template to HTML: all that comes from elsewhere is escaped, and a name that is not given is an error."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.web.pages.words import CHILD_TABS

LONDON: Final = ZoneInfo("Europe/London")


def day(value: date | None) -> str:
    """Write a day as people say it."""
    return f"{value.day} {value:%B %Y}" if value else "not recorded"


def moment(value: datetime | None) -> str:
    """Write a moment in the time of London."""
    if value is None:
        return "not known"
    here = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(LONDON)
    return f"{day(here.date())} at {here:%H:%M}"


def clock(value: datetime) -> str:
    """Write a moment of today in the time of London."""
    return f"{value.astimezone(LONDON):%H:%M}"


_NUMBER: Final = re.compile(r"\+?[0-9][0-9 ().\u2010-\u2013-]*")
_EXTENSION: Final = re.compile(r"[\s,;:]*(?:ext(?:ension|n)?|x)[\s.:]*([0-9]{1,7})\b", re.IGNORECASE)
_SHORTEST: Final = 3
"""Digits of the shortest number there is, such as 999."""


def telephone(value: str) -> str:
    """Give a number as a ``tel:`` address has it (RFC 3966): digits, a plus before them, an extension after.

    Agencies write more than one number into a field: the first is rung, and never two run together. Where there is
    none it is empty.
    """
    for found in _NUMBER.finditer(value.replace("(0)", " ") if "+" in value else value):
        digits = "".join(c for c in found[0] if c in "0123456789")
        if len(digits) >= _SHORTEST:
            more = _EXTENSION.match(found.string, found.end())
            return f"{'+' if found[0].startswith('+') else ''}{digits}{f';ext={more[1]}' if more else ''}"
    return ""


def mail(value: str) -> str:
    """Give an address as a ``mailto:`` address has it (RFC 6068): its ``@`` stays, and it can say nothing besides."""
    return quote(value.strip(), safe="@!$'*+")


_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(str(files(__package__)))),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {"day": day, "moment": moment, "clock": clock, "telephone": telephone, "mail": mail}

_ENVIRONMENT.globals |= {"child_tabs": CHILD_TABS}

SHEET: Final = "".join((files(__package__) / name).read_text("utf-8") for name in ("pages.css", "children.css"))


SCRIPT: Final = (files(__package__) / "pages.js").read_text("utf-8")


def stylesheet(colour: str) -> str:
    """Give the pages' own stylesheet, in the council's colour."""
    return f":root{{--council:{colour}}}\n{SHEET}"


def version_of(content: str) -> str:
    """Name a file by what is in it, so that browsers may keep it for good."""
    return sha256(content.encode()).hexdigest()[:12]


def render(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template in."""
    return _ENVIRONMENT.get_template(template).render(values)
