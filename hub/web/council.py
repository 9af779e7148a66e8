"""The council whose pages these are: its name, colour and logo, as configured."""

from dataclasses import dataclass, field
from typing import Final

from hub.settings import Settings

NAMELESS: Final = "Children's services"
"""How a council is called that was not named."""

_KINDS: Final = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Logo:
    """An image, and what kind it is."""

    media: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Council:
    """How the pages are dressed."""

    name: str
    colour: str
    logo: Logo | None

    @classmethod
    def of(cls, settings: Settings) -> "Council":
        """Give what is configured; the logo is read once, when the hub starts."""
        logo = None
        if settings.logo is not None:
            logo = Logo(_KINDS[settings.logo.suffix.lower()], settings.logo.read_bytes())
        return cls(settings.council or NAMELESS, settings.colour, logo)
