"""Servers in processes of their own, and the processor's time that each has spent."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where it listens, and its process."""

    port: int
    pid: int

    def spent(self) -> float:
        """Give the seconds of processor it has spent so far, all its threads together (Linux; elsewhere nought)."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text("ascii").split()[0]) for one in threads) / 1e9


@contextmanager
def process(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a server, and end it."""
    running = subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def served(module: str, **environment: str) -> Iterator[Server]:
    """Serve an ASGI application by uvicorn, one worker."""
    port = free_port()
    command = ("-m", "uvicorn", f"{module}:app", "--port", str(port), "--log-level", "error", "--no-access-log")
    with process(*command, **environment) as running:
        _await(port)
        yield Server(port, running.pid)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def _await(port: int) -> None:
    for _ in range(600):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


def ready(port: int) -> None:
    """Wait until a hub says that it is."""
    for _ in range(1_200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        if connection.getresponse().status == http.HTTPStatus.OK:
            return
        time.sleep(0.05)
    raise TimeoutError("the hub did not get ready")
