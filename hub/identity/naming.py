"""From a token's claims to a requester: role and organisation as far as the issuer is trusted to say them."""

from dataclasses import dataclass
from typing import Final, Protocol

from hub.identity.called import called
from hub.identity.requester import Requester
from hub.identity.signed import Signed
from hub.identity.unauthenticated import Unauthenticated
from policies.vocabulary import ROLES

PARTNER: Final = "partner"
"""Stands before the subjects of partners' clients in the ledger, and so before no issuer's."""


class Naming(Protocol):
    """Names the requester of a token whose signature, issuer, audience and times were checked."""

    async def requester(self, token: Signed) -> Requester:
        """Give who is asking, or raise Unauthenticated."""
        ...


@dataclass(frozen=True, slots=True)
class ByClaims:
    """Believes an issuer's own words, within the organisations and roles it may speak for.

    ``prefix`` stands before each ``sub``: two issuers may both know somebody as 1 (RFC 7519 section 4.1.2). Where
    ``people`` names one, somebody is called as people who sign in at it are, by the claims in ``apart``. ``others`` are
    what others' people are called by: without a prefix of its own, no issuer's are.
    """

    prefix: str = ""
    organisations: frozenset[str] | None = None
    roles: frozenset[str] = frozenset(ROLES)
    people: str = ""
    apart: tuple[str, ...] = ("sub",)
    others: frozenset[str] = frozenset({PARTNER})

    async def requester(self, token: Signed) -> Requester:
        """Give who the claims name."""
        subject, name, role, organisation, client = map(token.word, ("sub", "name", "role", "org", "client_id"))
        if role not in self.roles:
            raise Unauthenticated("bad-role")
        if self.organisations is not None and organisation not in self.organisations:
            raise Unauthenticated("bad-organisation")
        team = token.word("team") if "team" in token.claims else None
        return Requester(self._called(token, subject), name, role, organisation, client, team)

    def _called(self, token: Signed, subject: str) -> str:
        if self.people:
            return called(self.people, map(token.word, self.apart))
        if not self.prefix and subject.partition(":")[0] in self.others:
            raise Unauthenticated("bad-subject")
        return self.prefix + subject
