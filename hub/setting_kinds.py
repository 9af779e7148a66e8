"""The kinds of text a setting may be: each says what it must be, and never repeats what was given."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DARKEST = 0.04045
"""Where the curve of sRGB begins (IEC 61966-2-1)."""

READABLE = 4.5
"""The least contrast of words with what is behind them (WCAG 2.2, success criterion 1.4.3)."""


def _a_database(value: str) -> str:
    if not value:
        return value
    try:
        name = make_url(value).get_backend_name()
    except (ArgumentError, ValueError):  # SQLAlchemy says a wrong port in a ValueError that repeats it
        name = ""
    if name not in {"sqlite", "postgresql"}:
        raise ValueError("must be a sqlite or postgresql URL")
    return value


def _an_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        whole = False
    if value and not (whole and parts.path in {"", "/"} and not parts.query and not parts.fragment):
        raise ValueError("must be an address without a path, such as https://hub.example.org")
    return value.rstrip("/")


def _readable(value: str) -> str:
    if contrast_with_white(value) < READABLE:
        raise ValueError("is too light for white words to be read on: a contrast of 4.5 to 1 is needed")
    return value


def _a_mailbox(value: str) -> str:
    if value and not re.fullmatch(r"[^\s@<>\"]{1,64}@[A-Za-z0-9.-]{1,190}", value):
        raise ValueError("must be an e-mail address, such as hub@example.org")
    return value


def _a_number(value: str) -> str:
    if value and not re.fullmatch(r"[0-9+() ]{3,30}", value):
        raise ValueError("must be a telephone number: digits, spaces, brackets and a plus")
    return value


def _an_image(value: Path) -> Path:
    if value.suffix.lower() not in {".svg", ".png"} or not value.is_file():
        raise ValueError("must be a file that is there, named .svg or .png")
    return value


def _networks(value: str) -> str:
    for network in filter(None, map(str.strip, value.split(","))):
        try:
            ip_network(network)
        except ValueError:
            raise ValueError("must be addresses or networks with commas between, such as 10.0.0.1") from None
    return value


def _a_header(value: str) -> str:
    if value and re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", value) is None:
        raise ValueError("must be a header's name, such as Client-Cert")
    return value


def contrast_with_white(colour: str) -> float:
    """Give the contrast of white words on a colour such as `#1d3f72` (WCAG 2.2, relative luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= DARKEST else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


Database = Annotated[str, AfterValidator(_a_database)]
"""An SQLAlchemy URL of a database the hub can be kept in; none if empty."""

WebAddress = Annotated[str, AfterValidator(_an_address)]
"""Where a web server is reached, without a path; none if empty."""

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(_readable)]
"""A colour dark enough behind white words."""

Mailbox = Annotated[str, AfterValidator(_a_mailbox)]
"""An e-mail address; none if empty."""

Telephone = Annotated[str, AfterValidator(_a_number)]
"""A telephone number; none if empty."""

Image = Annotated[Path, AfterValidator(_an_image)]
"""A picture's file, SVG or PNG."""

Networks = Annotated[str, AfterValidator(_networks)]
"""IP addresses or networks with commas between; none if empty."""

HeaderName = Annotated[str, AfterValidator(_a_header)]
"""A header's name (RFC 9110 section 5.1); none if empty."""
