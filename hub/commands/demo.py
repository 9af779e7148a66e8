"""``hub demo``: start the demo place and the hub over it, print one child's answer, then serve."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.status import Status
from starlette.applications import Starlette

from hub.commands.asking import Client
from hub.commands.saying import DataOption, Refused, err, out, plainly
from hub.commands.serve import listening, server
from hub.commands.showing import show
from hub.commands.token import demo_settings, persona_token
from hub.demo.faults import Fault, FaultError, parse_faults
from hub.demo.governance import person_of, seed
from hub.demo.staff import PERSONAS
from hub.observing import Observer
from hub.settings import Settings, read_settings

CHILD = "main"
FAMILY = ("main", "main-brother")
"""Who moved here from Northshire."""
CONTEXT = {"purpose": "SAFEGUARDING_TRIAGE", "reference": "DEMO 1"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What the user asked of the demo."""

    settings: Settings
    children: int
    seed: int
    faults: dict[str, Fault]
    once: bool
    two_hubs: bool


@dataclass(frozen=True, slots=True)
class North:
    """The hub of the authority that a family left, introduced and not yet open: where it listens, Brookshire's key."""

    settings: Settings
    door: socket.socket
    key: Any


def demo(
    children: Annotated[int, typer.Option(min=1, max=20_000, help="How many generated children.")] = 300,
    seed_number: Annotated[int, typer.Option("--seed", help="The same seed makes the same place.")] = 7,
    once: Annotated[bool, typer.Option("--once", help="Print the answer and stop.")] = False,
    slow: Annotated[list[str] | None, typer.Option(help="Make an agency slow, such as health=3s.")] = None,
    down: Annotated[list[str] | None, typer.Option(help="Take an agency down, such as police.")] = None,
    broken: Annotated[list[str] | None, typer.Option(help="Make an agency answer garbage.")] = None,
    two_hubs: Annotated[
        bool, typer.Option("--two-hubs", help="Ask another authority's hub too, which the child's family left.")
    ] = False,
    port: Annotated[int | None, typer.Option(help="Port to serve on (8000).")] = None,
    data: DataOption = None,
) -> None:
    """Run a made-up place of nine agencies, and ask the hub about one of its children."""
    with plainly():
        try:
            faults = parse_faults(slow or [], down or [], broken or [])
        except FaultError as refused:
            raise Refused(str(refused)) from None
        settings = demo_settings(data, port=port, env="demo")
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_demo(Plan(settings, children, seed_number, faults, once, two_hubs)))


async def _demo(plan: Plan) -> None:
    try:
        from hub.demo.place import DemoPlace
    except ModuleNotFoundError:  # the gateway runs without what only the demo needs
        raise Refused("the demo needs its own libraries: pip install 'childrens-services-hub[demo]'") from None
    folder = Path(plan.settings.data)
    _forget(folder)
    with contextlib.ExitStack() as stack:
        status = stack.enter_context(err.status("Starting the demo place…")) if err.is_terminal else None
        place = DemoPlace(folder, plan.children, plan.seed, progress=lambda step: _say(status, step))
        settings = plan.settings.model_copy(update={"sources": place.sources})
        log = stack.enter_context((folder / "hub.log").open("w", encoding="utf-8"))
        door = stack.enter_context(listening(settings))
        settings = settings.model_copy(update={"port": door.getsockname()[1]})
        async with place, contextlib.AsyncExitStack() as serving:
            north = _introduced(plan, place, settings.base_url) if plan.two_hubs else None
            running = await serving.enter_async_context(_serving(settings, Observer(log), door))
            _say(status, "reading the agencies' indexes")
            hub = _app(running).state.hub
            await _indexed(hub, running)
            await seed(hub.register, hub.index, place.truth)
            if north is not None:
                await serving.enter_async_context(_opened(north, hub, place))
            client = Client(f"http://127.0.0.1:{_port(running)}", persona_token(plan.settings, "front-door"))
            for system, fault in plan.faults.items():
                await place.set_fault(system, fault)
            child = await person_of(hub.index, place.truth.cast_member(CHILD))
            if child is None:
                raise Refused("the demo's child could not be found: are all agencies down?")
            answer = await asyncio.to_thread(client.who_is_involved, child, CONTEXT)
            if isinstance(status, Status):
                status.stop()
            _print(answer)
            if not plan.once:
                _invite(_port(running), child, plan.settings.data)
                await _until_interrupted(running)


def _introduced(plan: Plan, place: Any, ours: str) -> North:
    """Let Brookshire's hub know Northshire's before either is open."""
    from hub.demo.northshire import introduce

    folder = Path(plan.settings.data) / "northshire"
    _forget(folder)
    settings = read_settings({}, env="demo", data=folder, port=0)
    door = listening(settings)
    settings = settings.model_copy(update={"port": door.getsockname()[1]})
    return North(settings, door, introduce(place.sources, place.secrets, settings.base_url, ours))


@contextlib.asynccontextmanager
async def _opened(north: North, hub: Any, place: Any) -> AsyncIterator[None]:
    """Serve Northshire's hub over registers that know the family as they are known here; then let both agree."""
    from hub.demo.northshire import admit, agreed_here, furnish

    family = [await person_of(hub.index, place.truth.cast_member(key)) for key in FAMILY]
    traits = [await hub.index.traits(person_id) for person_id in family if person_id]
    folder, today = Path(north.settings.data), place.truth.today
    furnish(folder, traits, today)
    with (folder / "hub.log").open("w", encoding="utf-8") as log:
        async with _serving(north.settings, Observer(log), north.door) as running:
            there = _app(running).state.hub
            await _indexed(there, running)
            await admit(there, north.key, today)
            await hub.register.record_agreements(agreed_here(today))
            yield


def _forget(folder: Path) -> None:
    """Begin with an empty hub: the place may have been made anew, with other people in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("hub.db", "hub.db-wal", "hub.db-shm"):
        (folder / name).unlink(missing_ok=True)


def _say(status: Any, step: str) -> None:
    if isinstance(status, Status):
        status.update(f"Starting the demo place: {step}…")


@contextlib.asynccontextmanager
async def _serving(settings: Settings, observer: Observer, door: socket.socket) -> AsyncIterator[uvicorn.Server]:
    """Serve the hub until the block ends."""
    running = server(settings, observer)
    with _own_signals(running):
        task = asyncio.create_task(running.serve(sockets=[door]))
        try:
            while not running.started and not task.done():  # noqa: ASYNC110 -- uvicorn offers no event to wait for
                await asyncio.sleep(0.02)
            if task.done():
                task.result()
                raise Refused("the hub could not start")
            yield running
        finally:
            running.should_exit = True
            await task


@contextlib.contextmanager
def _own_signals(running: uvicorn.Server) -> Any:
    """Keep the signals: the place must be taken down before the process ends."""
    running.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the demo has its own
    yield


def _app(running: uvicorn.Server) -> Starlette:
    app = running.config.app
    assert isinstance(app, Starlette)  # noqa: S101 -- server() gives it one
    return app


def _port(running: uvicorn.Server) -> int:
    port: int = running.servers[0].sockets[0].getsockname()[1]
    return port


async def _indexed(hub: Any, running: uvicorn.Server) -> None:
    """Wait until every feed was read once."""
    while not hub.indexer.done_once and not running.should_exit:  # noqa: ASYNC110 -- a state polled for a second or two
        await asyncio.sleep(0.05)


def _print(answer: dict[str, Any] | None) -> None:
    if answer is None:
        raise Refused("the demo's child could not be shown")
    out.print("Grace Attwater, front door worker, asks for safeguarding triage (reference DEMO 1):\n")
    show(answer)


def _invite(port: int, child: str, data: Path) -> None:
    """Say what to try next."""
    where = "" if data == Path(".demo") else f" --data {data}"
    bearer = f'"Authorization: Bearer $(.venv/bin/hub token --as police{where})"'
    out.print(
        f"\nSign in with a browser at [bold]http://127.0.0.1:{port}/find[/]"
        " as any of the people below, without a password."
    )
    out.print(f"\nThe hub serves GraphQL at [bold]http://127.0.0.1:{port}/graphql[/]. In another terminal:\n")
    out.print(
        f"  .venv/bin/hub ask --child {child} --as school --purpose EDUCATION_WELFARE --port {port}{where}\n"
        f"  curl -s http://127.0.0.1:{port}/graphql -H {bearer} \\\n"
        f"    -H 'Content-Type: application/json' \\\n"
        f"""    -d '{{"query":"{{ me {{ name role organisation }} }}"}}'\n""",
        soft_wrap=True,
    )
    out.print("People to sign in as (--as):")
    for persona in PERSONAS.values():
        out.print(f"  {persona.key:<14} {persona.name}, {persona.role}, {persona.agency_name}", soft_wrap=True)
    out.print(f"\nIts log is {data / 'hub.log'}. Ctrl-C ends it.")


async def _until_interrupted(running: uvicorn.Server) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    while not stopped.is_set() and not running.should_exit:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 1)
