"""Outcomes: what became of asking one source. Null is not an answer."""

from schema.described import Described, closed_list


@closed_list
class Outcome(Described):
    """What one source's silence or answer means."""

    RECORDS = "RECORDS", "The source answered with records."
    NONE_HELD = (
        "NONE_HELD",
        "The source, or its index as last read, was looked in: nothing is held that could be shown.",
    )
    NOT_COVERED = (
        "NOT_COVERED",
        "The source does not cover this age, area or period: no answer either way.",
    )
    WITHHELD = (
        "WITHHELD",
        "The rules do not let you see this source's answer; see the reason and whom to ask.",
    )
    BROKERED = "BROKERED", "The rules do not show this here: ring the team given."
    UNAVAILABLE = (
        "UNAVAILABLE",
        "The source could not be reached or answered wrongly: unknown, try again.",
    )
    TIMED_OUT = "TIMED_OUT", "The source did not answer in time: unknown, try again."
    STALE = "STALE", "The source answered from data older than it should be."
    UNIDENTIFIED = (
        "UNIDENTIFIED",
        "Somebody at the source may be this child, and that could not be told: a person must find out.",
    )
