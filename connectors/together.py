"""Doing several calls to one source at once: the first failure stops the others and is the one raised."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from connectors.errors import SourceError

T = TypeVar("T")


async def together(calls: Iterable[Awaitable[T]]) -> list[T]:
    """Await all calls and give their answers in order; a lone call is awaited where it is."""
    waiting = list(calls)
    if len(waiting) == 1:
        return [await waiting[0]]
    failure: SourceError
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_awaited(call)) for call in waiting]
    except* SourceError as failures:
        failure = _first(failures)
    else:
        return [task.result() for task in tasks]
    raise failure


async def _awaited(call: Awaitable[T]) -> T:
    return await call


def _first(group: BaseExceptionGroup[SourceError]) -> SourceError:
    inner = group.exceptions[0]
    return inner if isinstance(inner, SourceError) else _first(inner)
