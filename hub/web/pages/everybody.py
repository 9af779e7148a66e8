"""Pages for everybody who is signed in, by their paths: what the hub is connected to, and how it is going."""

from typing import Final

from hub.web.pages.figures.page import figures
from hub.web.pages.sources.page import sources
from hub.web.pages.visit import Page

EVERYBODYS_PAGES: Final[dict[str, tuple[Page, list[str]]]] = {
    "/sources": (sources, ["GET", "POST"]),
    "/figures": (figures, ["GET"]),
}
