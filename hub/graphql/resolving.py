"""Which query a request means: the one it brings, one it names by digest, or one that an officer registered.

A partner's client for which anything was ever registered runs that and nothing else, bound for this question to the
purpose and the agreement of the document; revoking the last leaves it nothing.
"""

from dataclasses import replace

from hub.errors import Code, HubError
from hub.graphql.messages import Request
from hub.graphql.persisted import Persisted, digest_of
from hub.graphql.trusted.document import TrustedDocument
from hub.graphql.trusted.register import Standing, TrustedRegister
from hub.identity.requester import Bound, Requester

NOT_YOURS = "Your system runs the documents registered for it alone, and this is none of them."


class Resolving:
    """Finds the query of a request."""

    def __init__(self, persisted: Persisted, register: TrustedRegister | None) -> None:
        """Take what is kept by digest, and the register where there are partners."""
        self._persisted = persisted
        self._register = register

    async def resolved(self, asked: Request, requester: Requester) -> tuple[Request, Requester]:
        """Give the request with its query, and the requester as bound by it; NOT_REGISTERED where it may not run."""
        if requester.bound is None or self._register is None:
            return self._persisted.resolved(asked), requester
        digest = digest_of(asked.query) if asked.query else asked.digest or ""
        found = await self._register.find(requester.client, document=asked.document or "", digest=digest)
        if found is Standing.FREE:
            return self._persisted.resolved(asked), requester
        if isinstance(found, Standing):
            raise HubError(Code.NOT_REGISTERED, NOT_YOURS)
        return replace(asked, query=found.text, document=None, digest=None), _bound(requester, requester.bound, found)


def _bound(requester: Requester, bound: Bound, found: TrustedDocument) -> Requester:
    """Narrow what a requester may ask to what a document was registered for."""
    purposes, agreements = bound.purposes & {found.purpose}, bound.agreements & {found.agreement}
    return replace(requester, bound=replace(bound, purposes=purposes, agreements=agreements))
