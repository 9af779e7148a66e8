"""Which client it is: by its secret, by what it signed, or by its certificate. All failures look and take the same."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.identity.partners.asked import Presented
from hub.identity.partners.assertions import Assertions
from hub.identity.partners.client import CLIENT_ID, Method, PartnerClient
from hub.identity.partners.register import PartnerRegister
from hub.identity.partners.secret import matches
from hub.identity.proxies import Shown
from hub.identity.unauthenticated import Unauthenticated

NOBODY = "-"
"""Looked up in the place of an id that cannot be one, so that as much is done."""


@dataclass(frozen=True, slots=True)
class Proving:
    """Proves clients."""

    register: PartnerRegister
    assertions: Assertions
    pepper: bytes
    clock: Callable[[], float]

    async def client(self, presented: Presented, shown: Shown) -> PartnerClient:
        """Give the client that this proves; Unauthenticated otherwise, with a code for the log."""
        known = presented.client_id if CLIENT_ID.fullmatch(presented.client_id) else NOBODY
        client = await self.register.client(known)
        if presented.assertion is not None:
            await self._asserted(presented.assertion, client)
            method = Method.KEY
        elif presented.secret is not None:
            hashes = client.secrets if client is not None else ()
            if not matches(self.pepper, known, presented.secret, hashes):
                raise Unauthenticated("bad-secret")
            method = Method.SECRET
        else:
            method = Method.CERTIFICATE
        if client is None or client.revoked or client.method is not method:
            raise Unauthenticated("bad-client")
        if client.certificate is not None and shown.certificate != client.certificate:
            raise Unauthenticated("bad-certificate")
        return client

    async def _asserted(self, token: str, client: PartnerClient | None) -> None:
        assertion = self.assertions.read(token, client, self.clock())
        if client is None or assertion.subject != client.id:
            raise Unauthenticated("bad-subject")
        if not await self.register.use(client.id, assertion.jti, assertion.left):
            raise Unauthenticated("replayed")
