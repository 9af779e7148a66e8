"""Compiling a version off the event loop: validated cell by cell, proved against Casbin, its examples run.

One at a time: Casbin parses its matcher at each call, and Python 3.11 may raise SystemError where two threads parse.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from hub.governance.versions.errors import VersionDamaged
from hub.governance.versions.version import Cells, Content, Version, read_content
from policies.rulebook import Rulebook
from policies.validation import RulebookError

_ONE: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rules")


async def compiled(version: Version) -> Rulebook:
    """Give the rulebook of a stored version, to decide by; VersionDamaged where it can be none, or is another.

    Its examples were run when it was activated; a version that counts does not fall with a word of an example.
    """
    try:
        content = await made(version.rules, ())
    except RulebookError:
        raise VersionDamaged(version.id) from None
    if content.rulebook.version != version.id:
        raise VersionDamaged(version.id)
    return content.rulebook


async def tested(version: Version) -> Rulebook:
    """Give the rulebook of a stored version with its examples run, to activate; RulebookError where one fails."""
    return (await made(version.rules, version.examples)).rulebook


async def made(rules: Sequence[Cells], examples: Sequence[Cells]) -> Content:
    """Make content of cells; RulebookError lists what is wrong with them."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(_ONE, read_content, rules, examples)
    except SystemError:  # another thread parsed something of its own at that moment
        return await loop.run_in_executor(_ONE, read_content, rules, examples)
