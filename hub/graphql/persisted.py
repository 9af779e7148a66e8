"""Questions kept by their digest (Apollo's automatic persisted queries), where people develop and nowhere else.

A client sends the digest alone, is told that it is not known, and sends it once more beside the query. Production
keeps nothing that a client sends: there a digest finds what an officer registered, or nothing.
"""

import hashlib
from dataclasses import replace

from hub.errors import Code, HubError
from hub.graphql.kept import Kept
from hub.graphql.messages import Request
from hub.graphql.reading import Misshapen

KEPT = 256
"""Queries kept in one process."""


class Persisted:
    """Finds queries by their digest."""

    def __init__(self, *, automatic: bool) -> None:
        """Keep what clients send, or nothing."""
        self._automatic = automatic
        self._kept: Kept[str, str] = Kept(KEPT)

    def resolved(self, asked: Request) -> Request:
        """Give a request with its query; HubError in the words that clients of such queries look for."""
        if asked.document is not None:
            raise HubError(Code.NOT_REGISTERED, "No document of that id is registered for you: send the query.")
        if asked.digest is None:
            return asked
        if asked.query:
            self._keep(asked.digest, asked.query)
            return asked
        if not self._automatic:
            raise HubError(Code.PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")
        query = self._kept.get(asked.digest)
        if query is None:
            raise HubError(Code.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return replace(asked, query=query)

    def _keep(self, digest: str, query: str) -> None:
        if digest_of(query) != digest:
            raise Misshapen("extensions.persistedQuery.sha256Hash is not the query's.")
        if self._automatic:
            self._kept.keep(digest, query)


def digest_of(query: str) -> str:
    """Give the SHA-256 of a query's text, in small hexadecimal digits."""
    return hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()
