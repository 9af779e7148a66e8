"""What the operator is told: codes in allowed words, never a value."""

import io
import json
from typing import Any

import pytest

from hub.observing import WORDS, LogEvent, Observer


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_only_allowed_words_reach_the_log() -> None:
    """A word nobody allowed is left out, whatever was to be said with it."""
    log = io.StringIO()
    words: dict[str, Any] = dict.fromkeys(WORDS - {"event", "level", "timestamp"}, "x")
    Observer(log).say(LogEvent.STARTED, **words, name="Maya", query="{ me }", nhs_number="9990000018")
    (line,) = lines(log)
    assert set(line) == WORDS
    assert line["event"] == "started"


def test_a_foreseen_failure_of_a_source_is_logged_and_counted_and_a_success_only_counted() -> None:
    """The log is for what needs doing; the metrics have both."""
    log = io.StringIO()
    observer = Observer(log)
    observer.source("r-1", "health", "RECORDS", "")
    assert lines(log) == []
    observer.source("r-2", "health", "TIMED_OUT", "deadline")
    (line,) = lines(log)
    assert (line["event"], line["source"], line["outcome"], line["code"]) == (
        "source-failed",
        "health",
        "TIMED_OUT",
        "deadline",
    )
    text = observer.metrics().decode()
    for outcome in ("RECORDS", "TIMED_OUT"):
        assert f'hub_source_outcomes_total{{outcome="{outcome}",source="health"}} 1.0' in text


def test_an_error_nobody_foresaw_is_its_kind_and_place() -> None:
    """Neither its message nor the values around it are written."""
    log = io.StringIO()
    secret = "Maya Quillfeather"
    with pytest.raises(ValueError, match=secret) as raised:
        int(secret)
    Observer(log).internal("r-1", raised.value)
    (line,) = lines(log)
    assert line["kind"] == "ValueError"
    assert line["at"].startswith("test_observing.py:")
    assert secret not in log.getvalue()


def test_an_error_never_raised_has_no_place() -> None:
    """Even then a line is written."""
    log = io.StringIO()
    Observer(log).internal("", ValueError("x"))
    assert lines(log)[0]["at"] == ""


def test_requests_and_gaps_are_counted() -> None:
    """Times are in buckets, statuses and reasons in labels."""
    observer = Observer(io.StringIO())
    observer.request(200, 0.02)
    observer.withheld("NO_AGREEMENT")
    text = observer.metrics().decode()
    assert 'hub_requests_total{status="200"} 1.0' in text
    assert 'hub_request_seconds_bucket{le="0.025"} 1.0' in text
    assert 'hub_request_seconds_bucket{le="0.01"} 0.0' in text
    assert 'hub_withheld_total{reason="NO_AGREEMENT"} 1.0' in text


def test_without_a_stream_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output stays free for results."""
    Observer().say(LogEvent.STOPPED)
    said = capsys.readouterr()
    assert said.out == ""
    assert json.loads(said.err)["event"] == "stopped"
