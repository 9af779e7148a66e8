"""An answer as a table: each service with who, since when, and every gap in words; nothing said twice or falsely."""

from copy import deepcopy
from typing import Any

import pytest

from hub.commands.saying import Refused, err, plainly
from hub.commands.showing import rows, show

CASE = {"given": "Ash", "family": "Marlowe", "use": "CURRENT"}


def source(name: str, service: str, outcome: str, explanation: str = "") -> dict[str, Any]:
    """Make what became of one source."""
    contact = {"team": f"{service.title()} Duty", "phone": "01632 960000"}
    return {"source": name, "service": service, "outcome": outcome, "explanation": explanation, "contact": contact}


def involvement(name: str, status: str = "CURRENT", **more: Any) -> dict[str, Any]:
    """Make one involvement of a source."""
    return {"provenance": {"source": name}, "status": status, "start": "2020-01-01", "end": None, **more}


def gap(name: str, path: str, kind: str, *, masked: bool = False) -> dict[str, Any]:
    """Make one gap."""
    return {"source": name, "path": path, "kind": kind, "masked": masked, "reason": "Not allowed."}


def person(**more: Any) -> dict[str, Any]:
    """Make an answer about somebody."""
    asked = [{**source("sc", "SOCIAL_CARE", "RECORDS"), "asOf": "2026-05-04T02:00:00+00:00"}]
    plain = {"names": [CASE], "dateOfBirth": "2012-03-09", "age": 14, "involvements": [], "sources": asked}
    return {**plain, "withheld": [], **more}


def told(answer: dict[str, Any]) -> list[list[str]]:
    """Give the table's rows as texts."""
    return [[str(cell) for cell in row] for row in rows(answer)]


# Each professional has a line; the service, the period and the day stand on the first; who left is said to have.
def test_each_professional_has_a_line() -> None:
    people = [
        {"name": "Robin Vale", "role": "Social Worker", "phone": "01632 960001", "status": "CURRENT"},
        {"name": None, "role": None, "phone": None, "status": "HISTORIC"},
    ]
    assert told(person(involvements=[involvement("sc", professionals=people)])) == [
        ["Social care", "current since 2020", "Robin Vale, Social Worker", "01632 960001", "04 May 2026", ""],
        ["", "", "name not shown (before)", "", "", ""],
    ]


# Records that read alike are told once, with how many there are; a year is written once where it ended in it.
def test_what_reads_alike_is_told_once() -> None:
    desk = {"team": "Duty North", "phone": "01632 960002"}
    ended = involvement("sc", "HISTORIC", end="2020-08-01", dutyDesk=desk)
    later = involvement("sc", "HISTORIC", end="2021-08-01", organisation="Marlowe House")
    unknown = involvement("sc", "UNKNOWN", start=None)
    lines = told(person(involvements=[ended, deepcopy(ended), later, unknown]))
    assert [line[1:4] for line in lines] == [
        ["historic 2020 (2)", "Duty North", "01632 960002"],
        ["historic 2020-2021", "Marlowe House", "01632 960000"],
        ["unknown", "Social_Care Duty", "01632 960000"],
    ]


# A few fields held back are named; more are said by their kind, and records held back whole as such.
def test_gaps_are_said_in_words() -> None:
    dates = [gap("sc", f"involvements.{name}", "CONTACT") for name in ("start", "end", "team", "threshold")]
    others = [gap("sc", "involvements.lastInteraction", "DETAIL"), gap("sc", "involvements.service", "EXISTENCE")]
    another = gap("elsewhere", "names.given", "IDENTITY")
    (line,) = told(person(involvements=[involvement("sc")], withheld=[*dates, *others, another]))
    assert line[5] == "dates, team and level, last interaction, some records: Not allowed."


# A source that gave nothing says why and whom to ring; one that holds nothing says just that.
def test_silence_is_told_apart() -> None:
    silent = [source("po", "POLICE", "UNAVAILABLE", "Unknown: try again."), source("he", "HEALTH", "NONE_HELD", "x")]
    assert [line[1:] for line in told(person(sources=silent))] == [
        ["did not answer", "Police Duty", "01632 960000", "", "Unknown: try again."],
        ["none held", "Health Duty", "01632 960000", "", ""],
    ]


# The title never gives a masked birthday as if it were one, and says what it may.
@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (person(), "Ash Marlowe, born 09 Mar 2012, age 14"),
        (person(age=None, dateOfBirth="2012-01-01"), "Ash Marlowe, born 01 Jan 2012"),
        (
            person(
                age=None, dateOfBirth="2012-01-01", withheld=[gap("sc", "births.dateOfBirth", "IDENTITY", masked=True)]
            ),
            "Ash Marlowe, born in 2012",
        ),
        (person(names=[], dateOfBirth=None, expectedDateOfBirth="2027-02-03"), "Name not shown, expected 03 Feb 2027"),
        (person(dateOfBirth=None, expectedDateOfBirth=None), "Ash Marlowe"),
    ],
)
def test_the_title_says_what_it_may(answer: dict[str, Any], title: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(answer)
    assert title in [line.strip() for line in capsys.readouterr().out.splitlines()]


# An error is said in one line, brackets and all, and the command ends with 1.
def test_an_error_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BaseException, match="1") as ended, plainly():
        raise Refused("install 'the-hub[demo]'")
    assert getattr(ended.value, "exit_code", None) == 1
    assert err.stderr
    assert capsys.readouterr().err == "hub: install 'the-hub[demo]'\n"
