"""What is said where there is no page to show: to a browser in a page, to every program in JSON."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.web.page import Markup, page

_SAYS: Final[Mapping[int, tuple[str, str]]] = {
    404: ("There is no such page", "Nothing is at this address. It may have been cut short, or typed otherwise."),
    405: ("There is nothing to see here", "This address takes what a page sends, and shows nothing by itself."),
    503: ("The hub is not open", "Try again in a few minutes. If it stays so, tell your service desk."),
}
_ELSE: Final = ("Something went wrong", "Go back and try again. If it happens again, tell your service desk.")
_ON: Final = '<p><a class="button" href="/">Go to the hub</a></p>'


def no_page(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Say that an address shows nothing: in words where a person reads it, and repeating nothing that was asked."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": detail}, status, dict(headers or {}))
    title, says = _SAYS.get(status, _ELSE)
    shown = page(title, Markup(f"<p>{says}</p>{_ON}"), status)
    shown.headers.update(headers or {})
    return shown
