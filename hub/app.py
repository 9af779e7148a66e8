"""The composition root: the one place that joins the rooms."""

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.registry import connect
from connectors.source import read_sources
from hub.admitting.door import AdmittingDoor
from hub.admitting.places import Places as AtTheDoor
from hub.answer.canary import CanaryWatch
from hub.answer.finding import Finder
from hub.answer.path import Answerer
from hub.answer.sources import Sources
from hub.audit.kept import Kept
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.authzen.http import AuthZen, described
from hub.authzen.joined import authzen
from hub.authzen.metadata import ENDPOINTS, WELL_KNOWN
from hub.budgets.joined import Watching, watching
from hub.budgets.limits import read_limits
from hub.clock import now
from hub.governance.acting import Acting
from hub.governance.counting import Counting
from hub.governance.posting import posted
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
from hub.graphql.watching.route import socket_route
from hub.identity.owed import Owed
from hub.identity.partners.room import PartnerRoom, partner_door
from hub.identity.partners.routes import partner_routes
from hub.identity.partners.writing_down import WritingDown
from hub.identity.proxies import Proxies
from hub.identity.sign_in_room import SignInRoom, sign_in_room
from hub.identity.trusted import trusted_issuers
from hub.indexing import Indexer
from hub.keys import Keyring, KeysError, create_keys, read_keys
from hub.observing import LogEvent, Observer
from hub.people.index import PersonIndex
from hub.people.own import compare_by
from hub.people.proving_keys import prove
from hub.people.sealing import Sealer
from hub.settings import Environment, Settings
from hub.store.database import Database, StoreUnavailable
from hub.straight import Straight
from hub.upkeep import carrying, checkpoints, notices, sign_in_upkeep, sweeps, until_there_are_keys
from hub.web.council import Council
from hub.web.no_page import no_page
from hub.web.pages.routes import page_routes
from hub.web.routes import sign_in_routes
from hub.web.status import VERSION, status_routes

GRAPHQL = "/graphql"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""What reaches an endpoint that says itself which methods it takes."""
_NEW_OBJECTS = 20_000
"""So many before the collector looks for cycles among them, not 700: a long answer makes thousands, and no cycle."""


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
        acting = Acting(database, ledger, pseudonyms, Sealer(keyring.versions("kek")), clock, agencies)
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


def create_app(settings: Settings, *, observer: Observer | None = None) -> Starlette:
    """Make the ASGI application; the hub is opened when it starts."""
    observer, at_the_door = observer or Observer(), AtTheDoor(settings.room, time.monotonic)
    proxies = Proxies.of(settings.proxy_networks, settings.certificate_header)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.hub = None
        async with contextlib.AsyncExitStack() as stack:
            behind: list[asyncio.Task[None]] = []

            async def begin() -> None:
                posting = posted(settings)
                opening = open_hub(settings, observer=observer, at_the_door=at_the_door)
                app.state.hub = hub = await stack.enter_async_context(opening)
                canary = CanaryWatch(hub.policies.rulebooks, observer.looked_at)
                signing = checkpoints(hub.ledger, hub.kept, hub.database, observer)
                for_ever = (hub.indexer.forever(), hub.watch.forever(), canary.forever(), signing)
                behind.extend(
                    asyncio.create_task(work) for work in (*for_ever, sweeps(hub.watching.budgets), carrying(hub.owed))
                )
                if posting is not None:
                    behind.append(asyncio.create_task(notices(posting, hub.database, observer)))
                if hub.sign_in is not None:
                    behind.append(asyncio.create_task(sign_in_upkeep(hub.sign_in)))
                gc.collect()
                gc.freeze()  # what start-up made lives as long as the process: the collector need not walk it again
                gc.set_threshold(_NEW_OBJECTS)
                observer.say(LogEvent.STARTED, version=VERSION, environment=settings.env.value)

            try:
                await begin()
            except KeysError:
                observer.say(LogEvent.NOT_READY, code="keys")
                behind.append(asyncio.create_task(until_there_are_keys(begin)))
            except Exception as error:
                app.state.failed = error  # for whoever started it to say why
                raise
            try:
                yield
            finally:
                for task in behind:
                    task.cancel()
                await asyncio.gather(*behind, return_exceptions=True)
                observer.say(LogEvent.STOPPED)

    async def failed(request: Request, error: Exception) -> Response:
        observer.internal("", error)
        return no_page(request, 500, "internal")

    return Starlette(
        routes=[
            Route(GRAPHQL, _graphql, methods=METHODS),
            socket_route(_hub),
            *(Route(path, _access, methods=METHODS) for path in ENDPOINTS.values()),
            Route(WELL_KNOWN, _described),
            *partner_routes(_hub),
            *status_routes(_hub),
            *sign_in_routes(_hub, development=settings.env is not Environment.PRODUCTION),
            *page_routes(_hub, Council.of(settings)),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(AdmittingDoor, at_the_door, observer, proxies),
            Middleware(Straight, GRAPHQL, METHODS, _graphql, _http_error),
        ],
        exception_handlers={HTTPException: _http_error, Exception: failed},
    )


def _hub(request: HTTPConnection) -> Hub:
    """Give the hub; 503 while it is sealed."""
    hub: Hub | None = request.app.state.hub
    if hub is None:
        raise HTTPException(503, "sealed: the keys are missing or are others than the database was made with")
    return hub


async def _graphql(request: Request) -> Response:
    return await _hub(request).endpoint(request)


async def _access(request: Request) -> Response:
    return await _hub(request).access(request)


async def _described(request: Request) -> Response:
    production = _hub(request).settings.env is Environment.PRODUCTION
    return described(request, "https" if production else request.url.scheme)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for it
    return no_page(request, error.status_code, error.detail, error.headers)
