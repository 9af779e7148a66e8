"""Outcomes: one for each question about a person, or one for each part in which its answer left.

Whoever reads the ledger sees one look, with all that was shown in it.
"""

from collections.abc import Iterable
from typing import Any

from hub.audit.entries import Ended

Body = dict[str, Any]

_SHOWN_NOTHING = frozenset({Ended.ABANDONED.value, Ended.FAILED.value})


def by_intent(bodies: Iterable[Body]) -> dict[str, Body]:
    """Give the outcome of each question by its intent's id, put together where its answer left in parts."""
    found: dict[str, Body] = {}
    for body in bodies:
        before = found.get(body["intent_id"])
        found[body["intent_id"]] = body if before is None else _joined(before, body)
    return found


def _joined(one: Body, other: Body) -> Body:
    """Join two outcomes of one question, whichever was written first: only its last has another end than PART."""
    last, part = (one, other) if other["ended"] == Ended.PART.value else (other, one)
    sources = {source["source"]: source for source in part["sources"]}
    for source in last["sources"]:
        before = sources.get(source["source"])
        sources[source["source"]] = source if before is None else _both(before, source)
    ended = Ended.PART.value if last["ended"] in _SHOWN_NOTHING else last["ended"]
    return {**last, "sources": list(sources.values()), "ended": ended}


def _both(before: Body, source: Body) -> Body:
    """Join what left of one source at two moments: what was shown once was shown."""
    released = sorted({*before["released"], *source["released"]})
    withheld = sorted({*before["withheld"], *source["withheld"]})
    return {**source, "released": released, "withheld": withheld}
