"""A process that says what it has done until it is killed, and what it had said."""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

PROCESSES = multiprocessing.get_context("forkserver")


def words_until_killed(target: Callable[..., None], *arguments: Any, after: float) -> list[str]:
    """Start a process with a pipe as its last argument, kill it (SIGKILL) so many seconds after its first word.

    Gives every word that was said whole.
    """
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=target, args=(*arguments, theirs))
    process.start()
    theirs.close()
    found = [ours.recv_bytes().decode()]
    until = time.monotonic() + after
    while (left := until - time.monotonic()) > 0 and ours.poll(left):
        found.append(ours.recv_bytes().decode())
    process.kill()
    with suppress(EOFError, OSError):  # the last one may have been cut short
        while True:
            found.append(ours.recv_bytes().decode())
    process.join()
    ours.close()
    return found
