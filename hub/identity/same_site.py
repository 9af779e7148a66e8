"""Requests that bring a cookie: taken only from the hub's own pages, whatever a browser was talked into sending.

Three walls (OWASP, Cross-Site Request Forgery Prevention): a header that no form can send and no other site may,
what the browser says of where the request comes from, and the cookie's own SameSite.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

HEADER: Final = "x-hub-request"
"""What the hub's own pages send with every question; another site's script would need leave to, and is given none."""


def origin_of(url: str) -> str:
    """Give the origin of an address as browsers write it (RFC 6454 section 6.2): without the scheme's own port."""
    parts = urlsplit(url.lower())
    usual = {"https": ":443", "http": ":80"}.get(parts.scheme, ":")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"


def from_here(request: HTTPConnection, origin: str) -> bool:
    """Say whether the browser says that a request comes from a page of this origin; silence says nothing."""
    site, said = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and said is None:
        return False
    return site in {None, "same-origin"} and said in {None, origin}


def asked_by_a_page(request: HTTPConnection, origin: str) -> bool:
    """Say whether a question was asked by a page of the hub itself."""
    return request.headers.get(HEADER) == "1" and from_here(request, origin)
