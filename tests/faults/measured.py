"""A number that was measured, with what was promised of it."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of a table: the promise, what was measured, the number, its bound, and whether it holds."""

    promise: str
    what: str
    number: str
    bound: str
    ok: bool


def p95(seconds: Sequence[float]) -> float:
    """Give the time within which nineteen of twenty were over, in milliseconds."""
    return statistics.quantiles(seconds, n=20)[-1] * 1000
