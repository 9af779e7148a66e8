"""Who is entitled: which roles may ask for what governs, and change it. Whoever is not is told nothing more."""

from typing import Any, Final

from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver

from hub.errors import Code, HubError
from hub.governance.break_glass import ENTITLED
from hub.identity.requester import Requester
from policies.vocabulary import Role

OFFICERS: Final = frozenset({Role.IG_OFFICER})
WORKERS: Final = ENTITLED
"""Roles that meet children in danger."""


def insist(requester: Requester, roles: frozenset[Role]) -> None:
    """Refuse a role that is not entitled: FORBIDDEN, whatever was asked for."""
    if requester.role not in {role.value for role in roles}:
        raise HubError(Code.FORBIDDEN, "This is not for your role.")


class For(FieldExtension):
    """Bars a field to every role but some, before anything else of it is looked at."""

    def __init__(self, roles: frozenset[Role]) -> None:
        """Take the roles that may."""
        self.roles = roles

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Any, **given: Any) -> Any:
        """Let an entitled role through; what a person answers for is not a system's to do."""
        insist(info.context.requester, self.roles)
        if info.context.requester.names_nobody:
            raise HubError(Code.FORBIDDEN, "This is for people: your system must name who uses it.")
        return await next_(source, info, **given)
