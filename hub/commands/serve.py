"""``hub serve``: run the gateway."""

from typing import Annotated

import typer
import uvicorn

from hub.app import create_app
from hub.commands.check import findings
from hub.commands.saying import DataOption, Refused, plainly
from hub.observing import Observer
from hub.settings import Settings, read_settings


def server(settings: Settings, observer: Observer | None = None) -> uvicorn.Server:
    """Make the HTTP server: no access log, since addresses and queries belong in no log; no server header."""
    config = uvicorn.Config(
        create_app(settings, observer=observer),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        ws="none",
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        limit_concurrency=512,
        lifespan="on",
    )
    return uvicorn.Server(config)


def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on (HUB_PORT).")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (HUB_HOST).")] = None,
    data: DataOption = None,
) -> None:
    """Run the gateway with the settings in HUB_* variables."""
    with plainly():
        settings = read_settings(port=port, host=host, data=data)
        _check_before(settings)
        running = server(settings)
        running.run()
        if not running.started:
            raise typer.Exit(1)


def _check_before(settings: Settings) -> None:
    """Refuse to start on what can be known to be wrong, before anything listens."""
    wrong = [f for f in findings(settings) if not f.ok]
    if wrong:
        raise Refused("; ".join(f"{f.what}: {f.why}" for f in wrong))
