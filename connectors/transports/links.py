"""Links in a header: where the next page is (RFC 8288). Read once from left to right, however it is written."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from connectors.errors import SourceBroken

_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;<>]*)))?')
_END = re.compile(r"\s*(?:,|$)")


def next_link(field: str, url: str) -> str | None:
    """Give where a Link field says the next page is, made whole by the address that was asked; none where it does not.

    Of several ``rel`` the first counts (section 3.3), and it may name several relations. SourceBroken where what it
    says is no address.
    """
    for target, relations in _links(field):
        if "next" in relations.lower().split():
            return _whole(url, target.strip())
    return None


def _whole(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:  # whose message may hold the address
        pass
    raise SourceBroken("bad-link")


def _links(field: str) -> Iterator[tuple[str, str]]:
    """Give each link's target and relations; none from where it is no link any more."""
    at = 0
    while (target := _TARGET.match(field, at)) is not None:
        at, relations = target.end(), None
        while (parameter := _PARAMETER.match(field, at)) is not None:
            at = parameter.end()
            if relations is None and parameter[1].lower() == "rel":
                relations = parameter[2] or parameter[3] or ""
        if _END.match(field, at) is None:
            return
        yield target[1], relations or ""
