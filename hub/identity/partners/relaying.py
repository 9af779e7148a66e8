"""Who asks through another authority's hub: an assertion beside that hub's token, one for each question.

It is a JWT (RFC 7523 section 3) signed with a key the hub registered: issuer, audience and times are checked as of any
client's assertion, and it is used once. Its audience is the GraphQL endpoint, which no other assertion is for. Of what
it says of its user nothing is believed but what the register lets that hub say: an organisation it may speak for, and
a role that has a name here. ``act`` lists the hubs a question came through, the latest outermost (RFC 8693 section
4.1): one that comes back to where it has been, or through too many, is refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hub.identity.partners.assertions import Assertion, Assertions
from hub.identity.partners.register import PartnerRegister
from hub.identity.requester import Bound, Relayed, Requester, Speaks
from hub.identity.signed import Signed
from hub.identity.unauthenticated import Unauthenticated
from schema.purposes import Purpose

HEADER: Final = "hub-asked-by"
"""The header with the assertion."""

ENDPOINT: Final = "/graphql"
"""Where assertions of this kind are for, below the hub's own address."""

MOST_HUBS: Final = 3
"""Hubs a question may have come through."""

LONGEST: Final = 30_000
"""Milliseconds anybody waits for an answer."""

_PSEUDONYM: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
"""A user, as a hub names them to another: nothing that could be their name or number."""

_TRACE: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context, section 3.2.2."""

_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/ ._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Relaying:
    """Reads assertions of other hubs; ``issuer`` is what this hub calls itself.

    ``own`` are the agencies with sources of their own here: whatever was registered before such a source was, their
    users sign in themselves, and what is an agency's own is shown to nobody on another hub's word.
    """

    register: PartnerRegister
    assertions: Assertions
    issuer: str
    clock: Callable[[], float]
    own: frozenset[str]

    async def read(self, requester: Requester, given: list[str], *, again: bool) -> Requester:
        """Give whoever asks through a hub, and anybody else as they are; Unauthenticated where the two do not fit.

        ``again`` where the same request was read before, and its assertion so is used already.
        """
        speaks = requester.speaks
        if speaks is None and not given:
            return requester
        if speaks is None or len(given) != 1:
            raise Unauthenticated("not-a-hub" if speaks is None else "nobody-named")
        client = await self.register.client(requester.client)
        assertion = self.assertions.read(given[0], client, self.clock())
        found = self._named(requester, speaks, assertion)
        if not again and not await self.register.use(requester.client, assertion.jti, assertion.left):
            raise Unauthenticated("replayed")
        return found

    def _named(self, requester: Requester, speaks: Speaks, assertion: Assertion) -> Requester:
        signed = assertion.signed
        relayed = self._relayed(signed)
        organisation, role = signed.word("org"), speaks.roles.get(signed.word("role"))
        if organisation not in speaks.organisations:
            raise Unauthenticated("bad-organisation")
        if organisation in self.own:
            raise Unauthenticated("own-organisation")
        if role is None:
            raise Unauthenticated("bad-role")
        if not _PSEUDONYM.fullmatch(assertion.subject):
            raise Unauthenticated("bad-subject")
        return replace(
            requester,
            subject=f"{requester.subject}:{assertion.subject}",
            role=role,
            organisation=organisation,
            bound=_only_for(relayed.purpose, requester.bound),
            speaks=None,
            relayed=relayed,
        )

    def _relayed(self, signed: Signed) -> Relayed:
        purpose, trace = signed.word("purpose"), _TRACE.fullmatch(signed.word("traceparent"))
        reference = signed.word("reference") if "reference" in signed.claims else None
        left = signed.claims.get("remaining")
        if purpose not in Purpose.__members__ or trace is None or (reference and not _REFERENCE.fullmatch(reference)):
            raise Unauthenticated("bad-claims")
        if not isinstance(left, int) or isinstance(left, bool) or not 0 < left <= LONGEST:
            raise Unauthenticated("bad-deadline")
        through = tuple(_actors(signed.claims.get("act")))
        if not through or len(through) > MOST_HUBS:
            raise Unauthenticated("too-many-hubs")
        if self.issuer in through:
            raise Unauthenticated("in-a-circle")
        return Relayed(Purpose[purpose], reference, left / 1000, trace[1], through)


def _actors(act: object) -> Iterator[str]:
    """Yield the hubs a question came through; one more than there may be is enough to refuse it."""
    for _ in range(MOST_HUBS + 1):
        if act is None:
            return
        who = act.get("sub") if isinstance(act, Mapping) else None
        if not isinstance(who, str) or not who or not isinstance(act, Mapping):
            raise Unauthenticated("bad-claims")
        yield who
        act = act.get("act")


def _only_for(purpose: Purpose, bound: Bound | None) -> Bound:
    """Narrow what the hub is bound to, to the purpose of this question."""
    nothing = Bound(frozenset(), frozenset(), frozenset())
    return replace(bound, purposes=bound.purposes & {purpose}) if bound is not None else nothing
