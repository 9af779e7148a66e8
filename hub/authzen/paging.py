"""Paging: opaque tokens (section 8.3 of the specification). A token says where to go on, and fits its query alone."""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hub.authzen.node import Node
from hub.authzen.wrong import Wrong
from hub.identity.requester import Requester

PAGE: Final = 50
LONGEST_PAGE: Final = 200
_WIDTH, _TAG = 4, 16


@dataclass(frozen=True, slots=True)
class Pages:
    """Cuts results into pages. The key is every replica's, so a token of one is good at another."""

    key: bytes = field(repr=False)

    def cut(self, results: Sequence[Any], body: Node, sort: str, requester: Requester) -> dict[str, Any]:
        """Give the page a query asks for, in the form of section 8.4."""
        page = body.get("page") or Node({}, "page")
        token, limit = page.get("token"), page.get("limit")
        query = self._query(body, sort, requester)
        most = min(limit.count(), LONGEST_PAGE) if limit else PAGE
        start = 0
        if token is not None:
            start, before = self._opened(token.text(), query)
            if limit is not None and most != before:
                raise Wrong("page.limit is not what the first page was asked with.")
            most = before
        end = min(start + most, len(results))
        following = self._token(end, most, query) if end < len(results) else ""
        shown = list(results[start:end])
        return {"page": {"next_token": following, "count": len(shown), "total": len(results)}, "results": shown}

    @staticmethod
    def _query(body: Node, sort: str, requester: Requester) -> bytes:
        who = [requester.subject, requester.role, requester.organisation]
        return json.dumps([sort, who, dict(body.without("page"))], sort_keys=True).encode()

    def _tag(self, head: bytes, query: bytes) -> bytes:
        return hmac.digest(self.key, b"authzen page\x00" + head + query, "sha256")[:_TAG]

    def _token(self, start: int, most: int, query: bytes) -> str:
        head = start.to_bytes(_WIDTH, "big") + most.to_bytes(_WIDTH, "big")
        return base64.urlsafe_b64encode(head + self._tag(head, query)).decode()

    def _opened(self, token: str, query: bytes) -> tuple[int, int]:
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        head = raw[: 2 * _WIDTH]
        if len(head) != 2 * _WIDTH or not hmac.compare_digest(raw[2 * _WIDTH :], self._tag(head, query)):
            raise Wrong("page.token was not given for this query.")
        return int.from_bytes(head[:_WIDTH], "big"), int.from_bytes(head[_WIDTH:], "big")
