"""Looks of one watch told as one: only those that say the very same, and nothing that one of them told is lost."""

from dataclasses import replace

from hub.audit.pseudonyms import Pseudonym
from hub.audit.reports import Look
from hub.audit.watched import ASKED_TO_BE_TOLD, as_watches
from schema.purposes import Purpose

LOOK = Look(
    at="2026-03-02T09:30:00+00:00", actor=Pseudonym("a"), organisation="council", role="social-worker", purpose="why",
    basis="", ended="Answered.", told=(), record_id="1", stated=Purpose.CHILD_PROTECTION,
)  # fmt: skip


def look(minute: int, watch: str = "w", ended: str = "Answered.") -> Look:
    """Give a look at a minute past nine."""
    return replace(LOOK, at=f"2026-03-02T09:{minute:02}:00+00:00", record_id=str(minute), watch=watch, ended=ended)


def test_looks_that_say_the_same_are_one_and_others_stand_by_themselves() -> None:
    """Two watches at once are two; what went wrong between is told, and what came after it begins anew."""
    looks = [
        look(1),
        look(2, "other"),
        look(3, ""),
        look(4, ""),
        look(6),
        look(7, "other"),
        look(11, ended="Something went wrong."),
        look(16),
    ]
    assert [(told.record_id, told.ended) for told in as_watches(looks)] == [
        ("1", f"Answered. {ASKED_TO_BE_TOLD} This was asked 2 times by itself, until 02/03/2026 at 09:06 (UTC)."),
        ("2", f"Answered. {ASKED_TO_BE_TOLD} This was asked 2 times by itself, until 02/03/2026 at 09:07 (UTC)."),
        ("3", "Answered."),
        ("4", "Answered."),
        ("11", f"Something went wrong. {ASKED_TO_BE_TOLD}"),
        ("16", f"Answered. {ASKED_TO_BE_TOLD}"),
    ]
