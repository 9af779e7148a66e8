"""The bond: what a partner's client may be told of at the decision point, as it is bound in the register.

A decision about a kind of question names no source, so it is within the bond where some source of the service is;
what no agreement of the client's is about is not, whatever facts the caller states.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from connectors.source import SourceConfig
from hub.answer.bound import fields_within, standing_within
from hub.governance.standing import Standing
from hub.graphql.trusted.register import Standing as Registered
from hub.graphql.trusted.register import TrustedRegister
from hub.identity.requester import Requester
from schema.fields import FieldId
from schema.purposes import Purpose
from schema.services import Service

NOT_ABOUT_PEOPLE = (
    "Your system runs the queries registered for it alone: no decision about a named person is given to it."
)


@dataclass(frozen=True, slots=True)
class Bond:
    """What one requester is bound to, by what governs now."""

    who: Requester
    within: Standing
    sources: tuple[SourceConfig, ...]

    @classmethod
    def of(cls, who: Requester, standing: Standing, sources: Iterable[SourceConfig]) -> "Bond":
        """Read a requester's bond; whoever has none is bound to everything."""
        return cls(who, standing_within(who, standing), tuple(sources))

    def covers(self, purpose: Purpose, service: Service, field: FieldId) -> bool:
        """Say whether a field of a service may be told of for a purpose."""
        if self.who.bound is None:
            return True
        its = (s for s in self.sources if s.service is service)
        return any(field in fields_within(self.who, purpose, source, self.within) for source in its)


async def held_to_documents(register: TrustedRegister, who: Requester) -> bool:
    """Say whether a requester's system may ask about nobody by name but in the queries registered for it."""
    if who.bound is None or who.bound.decides_named:
        return False
    return await register.find(who.client) is not Registered.FREE
