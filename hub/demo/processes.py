"""The demo's child processes: one for each system, started with a listening socket and ended by closing its input."""

import asyncio
import contextlib
import os
import socket
import sys
from pathlib import Path

from hub.demo.faults import Fault

START_SECONDS = 30.0
STOP_SECONDS = 5.0


class SystemNotReady(RuntimeError):
    """A system of the demo did not start or did not answer its launcher; the message names it."""


def listening_socket() -> socket.socket:
    """Open a listening socket on 127.0.0.1, on whatever port is free."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # So that a system that was killed can be started again where it was, as its agency would.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    made.listen(256)
    made.set_inheritable(True)
    return made


class SystemProcess:
    """One system running as a process of its own."""

    def __init__(self, name: str, module: str, *arguments: str) -> None:
        self.name, self.module, self.arguments = name, module, arguments
        self.port = 0
        self.process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def start(self, fault: Fault) -> None:
        """Start it and wait until it is ready."""
        listening = listening_socket()
        self.port = listening.getsockname()[1]
        command = ["-m", "hub.demo.systems", self.module, "--fd", str(listening.fileno()), "--fault", str(fault)]
        try:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                *self.arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                pass_fds=(listening.fileno(),),
                # Ctrl-C is for the launcher, which then ends its systems in order.
                start_new_session=True,
                env=_environment(),
            )
        finally:
            listening.close()
        await self._hear("ready")

    async def _hear(self, word: str) -> None:
        assert self.process is not None  # noqa: S101 -- started before it is heard
        assert self.process.stdout is not None  # noqa: S101 -- piped
        try:
            line = await asyncio.wait_for(self.process.stdout.readline(), START_SECONDS)
        except TimeoutError:
            raise SystemNotReady(f"{self.name} did not say {word} in time") from None
        if line.decode().strip() != word:
            raise SystemNotReady(f"{self.name} ended before it was {word}")

    async def turn(self, fault: Fault) -> None:
        """Switch to a fault, and return once the system has."""
        assert self.process is not None  # noqa: S101 -- a running system is switched
        assert self.process.stdin is not None  # noqa: S101 -- piped
        async with self._turn:
            self.process.stdin.write(f"{fault}\n".encode())
            await self.process.stdin.drain()
            await self._hear("turned")

    async def stop(self) -> None:
        """End it: close its input, then insist."""
        if self.process is None or self.process.stdin is None:
            return
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:  # pragma: no cover -- only if a system ignores the end of its input
            self.process.kill()
            await self.process.wait()


def _environment() -> dict[str, str]:
    """Give the child our environment, with this package findable from wherever we were started."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
