"""Run one system of the demo until its standard input ends.

The launcher hands over a listening socket, so that no other program can take the port in between. Each line on
standard input is a fault to switch to and is answered with ``turned``; the end of input ends the process, so that
nothing is left behind when the launcher dies.
"""

import argparse
import asyncio
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from hub.demo.faults import parse_fault
from hub.demo.systems.proxy import Proxy
from hub.demo.systems.switch import Switch

GRACE = 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hub.demo.systems")
    parser.add_argument("system", help="a module of this folder, or proxy")
    parser.add_argument("--fd", type=int, required=True, help="the listening socket")
    parser.add_argument("--data", type=Path, help="the system's own records")
    parser.add_argument("--secret", type=Path, help="the file with its credential")
    parser.add_argument("--target", type=int, help="the port a proxy carries to")
    parser.add_argument("--fault", default="ok")
    return parser.parse_args()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def _listen(switch: Switch, turned: Callable[[], None]) -> None:
    """Follow standard input to its end."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        switch.fault = parse_fault(line.decode().strip())
        turned()
        _say("turned")


async def _proxy(arguments: argparse.Namespace, switch: Switch, listening: socket.socket) -> None:
    proxy = Proxy(arguments.target, switch)
    server = await asyncio.start_server(proxy.carry, sock=listening)
    _say("ready")
    await _listen(switch, proxy.turned)
    server.close()
    for writer in list(proxy.open):
        writer.transport.abort()


async def _http(arguments: argparse.Namespace, switch: Switch, listening: socket.socket) -> None:
    import uvicorn

    from hub.demo.systems.faulty import Faulty, protocol

    class Server(uvicorn.Server):
        """Says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Start, then say so."""
            await super().startup(sockets)
            _say("ready")

    make = import_module(f"hub.demo.systems.{arguments.system}").make
    app = Faulty(make(arguments.data, arguments.secret.read_text("utf-8").strip(), switch), switch)
    config = uvicorn.Config(
        app,
        http=protocol(switch),
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    await _listen(switch, lambda: None)
    server.should_exit = server.force_exit = True
    await serving


async def _run() -> None:
    arguments = _arguments()
    switch = Switch()
    switch.fault = parse_fault(arguments.fault)
    listening = socket.socket(fileno=arguments.fd)
    await (_proxy if arguments.system == "proxy" else _http)(arguments, switch, listening)


if __name__ == "__main__":
    asyncio.run(_run())
