"""How well one number tells two kinds of answer apart: the area under the ROC curve."""

from collections.abc import Sequence
from itertools import groupby


def auc(one: Sequence[float], other: Sequence[float]) -> float:
    """Give the chance that one of the second took longer than one of the first, ties half: 0.5 tells nothing."""
    ordered = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, before = 0.0, 0
    for _, tied in groupby(ordered, key=lambda pair: pair[0]):
        group = list(tied)
        ranks += sum(kind for _, kind in group) * (before + (len(group) + 1) / 2)
        before += len(group)
    count = len(other)
    return (ranks - count * (count + 1) / 2) / (len(one) * count)


def quickest(times: Sequence[float], of: int) -> list[float]:
    """Give the quickest of each so many in a row: what somebody sees who asks again and again to be rid of noise."""
    return [min(times[start : start + of]) for start in range(0, len(times) - of + 1, of)]
