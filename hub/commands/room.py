"""The officer's room: what GraphQL's changes stand on, opened at the desk, so that both do and refuse the same."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from connectors.registry import connect
from connectors.source import read_sources
from hub.answer.prepare import Preparer
from hub.answer.sources import Sources
from hub.budgets.joined import watching
from hub.budgets.limits import read_limits
from hub.clock import now
from hub.commands.officer import at_desk
from hub.commands.saying import Refused
from hub.commands.token import demo_settings
from hub.governance.acting import Acting, By
from hub.governance.reasons import Reasons
from hub.governance.register import Register, WrongPolicyVersion
from hub.governance.versions.compiling import compiled
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.joined import PolicyRoom, policy_room
from hub.graphql.governing.room import Governing
from hub.identity.requester import Requester
from hub.keys import read_keys
from hub.observing import Observer
from hub.people.index import PersonIndex
from hub.settings import Settings

T = TypeVar("T")


def in_room(data: Path | None, work: Callable[[Governing], Awaitable[T]], *, rules: bool = False) -> T:
    """Open the room, do some work, close it again; ``rules`` says that the work is decided by the rules in force."""

    async def at(acting: Acting) -> T:
        async with _room(demo_settings(data), acting) as room:
            if rules:
                await _read_rules(room.policies)
            return await work(room)

    return at_desk(data, at)


def requester_of(by: By) -> Requester:
    """Give who acts, as GraphQL has them."""
    return Requester(by.subject, by.subject, by.role, by.organisation, "hub-command-line")


@contextlib.asynccontextmanager
async def _room(settings: Settings, acting: Acting) -> AsyncIterator[Governing]:
    configs = read_sources(settings.sources_folder) if settings.sources_folder.is_dir() else ()
    sources = Sources.connected((config, connect(config)) for config in configs)
    keyring, limits = read_keys(settings.keys_folder), read_limits(settings.budgets)
    watched = watching(acting.database, keyring, acting.ledger, limits, now, Observer())
    try:
        policies = policy_room(acting.database, acting.ledger, acting.pseudonyms, configs)
        preparer = Preparer(
            index=PersonIndex(acting.database, keyring, now),
            register=Register(acting.database),
            rulebooks=policies.rulebooks,
            ledger=acting.ledger,
            pseudonyms=acting.pseudonyms,
            sources=sources,
            clock=now,
            reasons=Reasons(acting.database, acting.sealer),
            budgets=watched.budgets,
        )
        yield Governing(acting, policies, preparer)
    finally:
        await watched.storing.close()
        await sources.close()


async def _read_rules(policies: PolicyRoom) -> None:
    """Make the rules in force ready, however long it takes: a question's patience is not a command's."""
    try:
        active = await policies.versions.active()
        if active is None:
            raise Refused("no version of the rules counts: see `hub policy history`")
        policies.rulebooks.know(await compiled(await policies.versions.read(active)))
    except (VersionDamaged, VersionRefused, WrongPolicyVersion) as error:
        raise Refused(f"the rules that count cannot be read: {error}") from None
