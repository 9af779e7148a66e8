"""The statements by their paths, as the foot of every page names them."""

from collections.abc import Mapping
from typing import Final

STATEMENTS: Final[Mapping[str, str]] = {
    "/help": "Help and guidance",
    "/accessibility": "Accessibility",
    "/privacy": "Privacy",
    "/cookies": "Cookies",
    "/about": "About",
}
