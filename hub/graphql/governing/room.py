"""What the resolvers of governing stand on: the same rooms as the command line's, and one look at rules at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, ParamSpec, TypeVar

from hub.answer.prepare import Preparer
from hub.governance.acting import Acting, By
from hub.governance.standing import ENGLAND
from hub.governance.versions.joined import PolicyRoom
from hub.identity.requester import Requester

P = ParamSpec("P")
T = TypeVar("T")

_ONE: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="looks")


@dataclass(frozen=True, slots=True)
class Governing:
    """The rooms behind governing, joined."""

    acting: Acting
    policies: PolicyRoom
    preparer: Preparer

    @property
    def today(self) -> date:
        """Give the day in England: what is recorded without one counts from it."""
        return self.acting.clock().astimezone(ENGLAND).date()

    async def look(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        """Do a long piece of pure work beside the event loop, one at a time: questions must not wait for officers.

        Whoever leaves meanwhile does not stop it; the next waits all the same, so that work never piles up.
        """
        return await asyncio.get_running_loop().run_in_executor(_ONE, partial(work, *args, **given))


def by_of(requester: Requester) -> By:
    """Give who acts, as governance writes it down."""
    return By(requester.subject, requester.role, requester.organisation)
