"""Outcomes of one question, put together: whoever reads the ledger sees one look, with all that was shown in it."""

from itertools import permutations
from typing import Any

import pytest

from hub.audit.entries import Ended
from hub.audit.outcomes import by_intent


def outcome(ended: Ended, **released: list[str]) -> dict[str, Any]:
    sources = [
        {"source": s, "released": fields, "withheld": [], "outcome": "RECORDS"} for s, fields in released.items()
    ]
    return {"intent_id": "one", "ended": ended.value, "sources": sources}


@pytest.mark.parametrize(
    ("last", "ended"),
    [
        (Ended.COMPLETE, Ended.COMPLETE),
        (Ended.CHANGED, Ended.CHANGED),
        (Ended.ABANDONED, Ended.PART),
        (Ended.FAILED, Ended.PART),
        (Ended.PART, Ended.PART),
    ],
)
def test_parts_are_one_look_whichever_is_read_first(last: Ended, ended: Ended) -> None:
    """What was shown once was shown, though a client left or something went wrong before the rest."""
    parts = [outcome(Ended.PART, police=["a"]), outcome(Ended.PART, health=["b"]), outcome(last, police=["c"])]
    for order in permutations(parts):
        (joined,) = by_intent(order).values()
        assert joined["ended"] == ended.value
        shown = {source["source"]: source["released"] for source in joined["sources"]}
        assert shown == {"police": ["a", "c"], "health": ["b"]}


def test_one_outcome_is_told_as_it_is_and_questions_are_kept_apart() -> None:
    whole, other = outcome(Ended.ABANDONED, police=["a"]), outcome(Ended.COMPLETE) | {"intent_id": "two"}
    assert by_intent([whole, other]) == {"one": whole, "two": other}
