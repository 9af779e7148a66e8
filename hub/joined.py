"""The composition root: the one place that joins the rooms."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from connectors.registry import connect
from connectors.source import read_sources
from hub.admitting.places import Places as AtTheDoor
from hub.answer.finding import Finder
from hub.answer.path import Answerer
from hub.answer.sources import Sources
from hub.audit.kept import Kept
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.authzen.http import AuthZen
from hub.authzen.joined import authzen
from hub.budgets.joined import Watching, watching
from hub.budgets.limits import read_limits
from hub.clock import now
from hub.governance.acting import Acting
from hub.governance.counting import Counting
from hub.governance.reasons import Reasons
from hub.governance.register import Register, WrongPolicyVersion
from hub.governance.telling import Owners
from hub.governance.versions.governing import governing
from hub.governance.versions.joined import PolicyRoom, policy_room
from hub.governance.versions.shipped import shipped
from hub.governance.versions.watching import Watch
from hub.graphql.asking import Asking
from hub.graphql.execution import Executor, build_schema
from hub.graphql.governing.room import Governing
from hub.graphql.http import GraphQLEndpoint
from hub.graphql.trusted.register import TrustedRegister
from hub.graphql.watching.joined import room_of
from hub.graphql.watching.places import Places
from hub.identity.owed import Owed
from hub.identity.partners.room import PartnerRoom, partner_door
from hub.identity.partners.writing_down import WritingDown
from hub.identity.sign_in_room import SignInRoom, sign_in_room
from hub.identity.trusted import trusted_issuers
from hub.indexing import Indexer
from hub.keys import Keyring, create_keys, read_keys
from hub.observing import LogEvent, Observer
from hub.people.index import PersonIndex
from hub.people.own import compare_by
from hub.people.proving_keys import prove
from hub.people.sealing import Sealer
from hub.settings import Environment, Settings
from hub.store.database import Database, StoreUnavailable


@dataclass(frozen=True, slots=True)
class Hub:
    """The rooms, joined."""

    settings: Settings
    database: Database
    index: PersonIndex
    register: Register
    policies: PolicyRoom
    watch: Watch
    ledger: Ledger
    sources: Sources
    indexer: Indexer
    executor: Executor
    endpoint: GraphQLEndpoint
    observer: Observer
    access: AuthZen
    kept: Kept | None
    sign_in: SignInRoom | None
    watching: Watching
    partners: PartnerRoom | None
    asking: Asking
    governing: Governing
    places: Places
    owed: Owed

    async def ready(self) -> str | None:
        """Say what is not ready; none when questions can be answered."""
        try:
            await governing(self.register, self.policies.rulebooks, ())
        except StoreUnavailable:
            return "store"
        except WrongPolicyVersion:
            return "policies"
        if not self.ledger.writable:
            return "audit"
        if not await self.watching.budgets.writable():
            return "budgets"
        return None if self.indexer.done_once else "index"


@contextlib.asynccontextmanager
async def open_hub(
    settings: Settings,
    *,
    observer: Observer | None = None,
    clock: Callable[[], datetime] = now,
    at_the_door: AtTheDoor | None = None,
) -> AsyncIterator[Hub]:
    """Open every room in order and close them in the other. Errors of settings, keys, rules or sources stop it here."""
    observer, at_the_door = observer or Observer(), at_the_door or AtTheDoor(settings.room, time.monotonic)
    keyring, limits = _keys(settings), read_limits(settings.budgets)
    weights = compare_by(settings.weights, settings.equivalents)
    trusted = trusted_issuers(settings, lambda name, code: observer.say(LogEvent.ISSUER, source=name, code=code))
    content = shipped()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(trusted.close)
        sources = Sources.connected((c, connect(c)) for c in read_sources(settings.sources_folder))
        stack.push_async_callback(sources.close)
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        await database.upgrade()
        await prove(database, keyring)
        register = Register(database)
        kept = Kept(settings.checkpoint_file, keyring.ledger.public_key()) if settings.checkpoint_file else None
        if kept is not None:
            await kept.insist(database)
        ledger = await Ledger.open(database, keyring, replica=settings.replica, clock=clock)
        stack.push_async_callback(ledger.close)
        index = PersonIndex(database, keyring, clock, weights)
        pseudonyms = Pseudonyms(keyring)
        writing_down = WritingDown(ledger, pseudonyms, clock)
        partners, door = partner_door(settings, database, trusted, writing_down, observer, sources.own_agencies)
        policies = policy_room(database, ledger, pseudonyms, (s.config for s in sources))
        await policies.lives.ship(content)
        counting = Counting(register, observer.unreadable)
        watch = Watch(policies, lambda code: observer.say(LogEvent.NOT_READY, code=code), counting.look)
        rulebooks = policies.rulebooks
        reasons, owners = Reasons(database, Sealer(keyring.versions("kek"))), Owners(database)
        watches = watching(database, keyring, ledger, limits, clock, observer)
        stack.push_async_callback(watches.storing.close)
        answerer = Answerer(
            index=index,
            register=register,
            rulebooks=rulebooks,
            ledger=ledger,
            pseudonyms=pseudonyms,
            sources=sources,
            id_key=keyring.index,
            clock=clock,
            observer=observer,
            reasons=reasons,
            owners=owners,
            watching=watches,
        )
        finder = Finder(
            index, register, rulebooks, ledger, pseudonyms, sources, lambda: clock().date(), reasons, owners, watches
        )
        asking = Asking(answerer, finder, sources, deadline=settings.deadline, clock=clock)
        introspection = settings.env is not Environment.PRODUCTION
        agencies = frozenset(source.config.agency for source in sources)
        acting = Acting(
            database, ledger, pseudonyms, Sealer(keyring.versions("kek")), clock, agencies, settings.saved_days
        )
        governing = Governing(acting, policies, answerer.preparer)
        executor = Executor(build_schema(), asking, governing, introspection=introspection, failed=observer.internal)
        sealer, told = Sealer(keyring.versions("kek")), (observer.issuer_keys_unread, observer.sign_out_unwritten)
        sign_in = sign_in_room(settings, database, sealer, ledger, pseudonyms, clock, *told)
        if sign_in is not None:
            stack.push_async_callback(sign_in.close)
        step, watched = (
            settings.answer_step / 1000,
            await stack.enter_async_context(
                room_of(
                    settings, asking, ledger, pseudonyms, observer, clock, at_the_door, Owed(database, ledger, told[1])
                )
            ),
        )
        how = (step, settings.manner, TrustedRegister(database), watched)
        endpoint = GraphQLEndpoint(executor, door, observer, sign_in.credential if sign_in else None, *how)
        access = authzen(
            asking, register, rulebooks, ledger, pseudonyms, door, observer, sources, how[2],
            key=keyring.index, clock=clock, step=step,
        )  # fmt: skip
        indexer = Indexer(index, sources, observer, settings.reconcile_every)
        yield Hub(
            settings,
            database,
            index,
            register,
            policies,
            watch,
            ledger,
            sources,
            indexer,
            executor,
            endpoint,
            observer,
            access,
            kept,
            sign_in,
            watches,
            partners,
            asking,
            governing,
            watched.places,
            watched.farewells.owed,
        )


def _keys(settings: Settings) -> Keyring:
    if settings.env is not Environment.PRODUCTION:
        create_keys(settings.keys_folder)
    return read_keys(settings.keys_folder)
