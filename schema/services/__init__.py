"""The services that may know a child: a closed list made of the files in this folder.

One TOML file a service. To add adult social care, add its file: nothing else changes.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import strawberry

from schema.described import Word


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """What one service is called and what it means, in plain English."""

    code: str
    order: int
    label: str
    means: str


def _read() -> tuple[ServiceDescription, ...]:
    here = files(__name__)
    pages = (p for p in here.iterdir() if p.name.endswith(".toml"))
    read = [ServiceDescription(**tomllib.loads(page.read_text("utf-8"))) for page in pages]
    return tuple(sorted(read, key=lambda s: (s.order, s.code)))


_DESCRIPTIONS = _read()

if TYPE_CHECKING:

    class Service(Word):
        """A service that may know a child; the members come from this folder's files."""

else:
    Service = Word("Service", {s.code: s.code for s in _DESCRIPTIONS})
    strawberry.enum(
        Service,
        description="A service that may know a child.",
    )
    for _member in Service.__strawberry_definition__.values:
        _member.description = next(s.means for s in _DESCRIPTIONS if s.code == _member.name)

SERVICES: dict[Service, ServiceDescription] = {Service(s.code): s for s in _DESCRIPTIONS}
"""Every service in the order pages show them."""
