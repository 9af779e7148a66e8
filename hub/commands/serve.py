"""``hub serve``: run the gateway."""

import contextlib
import logging
import socket
from functools import partial
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette

from hub.admitting.connections import Connections
from hub.admitting.half_open import Impatient, Socket
from hub.app import create_app
from hub.commands.check import KEYS, findings
from hub.commands.saying import DataOption, Refused, err, known, plainly
from hub.graphql.limits import BODY
from hub.observing import Observer
from hub.settings import Settings, read_settings
from hub.store.database import BROKEN

CONNECTIONS = 1_024
"""Connections at which uvicorn refuses. The door (``hub.admitting``) does long before, and says when to come again."""
FILES = 8_192
"""Files and connections a process may have open, where the operator lets it have so many."""
UNREAD_MILLISECONDS = 60_000
"""How long what was sent may stay unread."""


def server(settings: Settings, observer: Observer | None = None) -> uvicorn.Server:
    """Make the HTTP server: no access log, since addresses and queries belong in no log; no server header.

    Its error log is silent too: it prints tracebacks, and a traceback may hold anything.
    """
    quiet = logging.getLogger("uvicorn")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    config = uvicorn.Config(
        create_app(settings, observer=observer),
        host=settings.host,
        port=settings.port,
        http=partial(Impatient, connections=Connections()),  # type: ignore[arg-type] # it is only ever called
        log_config=None,
        access_log=False,
        proxy_headers=False,
        ws=Socket,
        ws_max_size=BODY,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        limit_concurrency=CONNECTIONS,
        lifespan="on",
    )
    return Serving(config)


class Serving(uvicorn.Server):
    """The HTTP server. Before it stops it ends what would go on: watches, which no answer to wait for is."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell every watch to end, then stop."""
        app = self.config.app
        hub = app.state.hub if isinstance(app, Starlette) else None
        if hub is not None:
            await hub.places.stop()
        await super().shutdown(sockets)


def listening(settings: Settings) -> socket.socket:
    """Take the port before anything else is started; Refused where it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        door = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        place = f"{settings.host} port {settings.port}"
        raise Refused(f"cannot listen at {place}: is the port in use? ({error.strerror})") from None
    # Whoever connects inherits it. asyncio sets it only where the socket says TCP by number, which this one does not;
    # an answer's second packet would then wait up to 40 ms for the first to be acknowledged.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _drop_the_deaf(door)
    return door


def _let_many_connect() -> None:
    """Let the process open as many files as it may: a connection is one, and a service often begins with 1,024."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed < FILES:
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (FILES if most == resource.RLIM_INFINITY else min(FILES, most), most)
            )


def _drop_the_deaf(door: socket.socket) -> None:
    """Have the kernel cut off, of all who connect, whoever reads nothing of what waits for them (RFC 5482)."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)


def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on (HUB_PORT).")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (HUB_HOST).")] = None,
    data: DataOption = None,
) -> None:
    """Run the gateway with the settings in HUB_* variables."""
    with plainly():
        settings = read_settings(port=port, host=host, data=data)
        _check_before(settings)
        door = listening(settings)
        _let_many_connect()
        running = server(settings.model_copy(update={"port": door.getsockname()[1]}))
        with contextlib.suppress(SystemExit):  # how uvicorn ends where it cannot start
            running.run(sockets=[door])
        if not running.started:
            raise Refused(_why_not(running))


def _why_not(running: uvicorn.Server) -> str:
    """Say why the server did not start, without a value: what the hub itself says, or the kind of error."""
    app = running.config.app
    failed = app.state.failed if isinstance(app, Starlette) else None
    if known(failed):
        return str(failed)
    what = "the database cannot be used" if isinstance(failed, BROKEN) else "the hub cannot start"
    return f"{what}: {type(failed).__name__}"


def _check_before(settings: Settings) -> None:
    """Refuse to start on what can be known to be wrong, before anything listens; without its keys it starts sealed."""
    found = [f for f in findings(settings) if not f.ok]
    for sealed in (f for f in found if f.what == KEYS):
        err.print(f"sealed until this is mended: {sealed.why}", soft_wrap=True, markup=False)
    wrong = [f for f in found if f.what != KEYS]
    if wrong:
        raise Refused("; ".join(f"{f.what}: {f.why}" for f in wrong))
