"""The words for faults: what may be said of which system, and what is answered to what may not."""

import pytest

from hub.demo.faults import Fault, FaultError, FaultKind, checked, parse_fault, parse_faults


def test_command_line() -> None:
    """Slow, down and broken systems are named as on the command line; other faults by name and word."""
    faults = parse_faults(["health=3s", "social-care"], ["police"], ["housing"], ["education=wrong-types"])
    assert faults["health"] == Fault(FaultKind.SLOW, 3.0)
    assert faults["social-care"] == Fault(FaultKind.SLOW, 3.0)
    assert faults["police"] == Fault(FaultKind.DOWN)
    assert faults["housing"] == Fault(FaultKind.GARBAGE)
    assert faults["education"] == Fault(FaultKind.WRONG_TYPES)


@pytest.mark.parametrize("text", ["slow=2.5", "slow=2.5s"])
def test_seconds(text: str) -> None:
    """Seconds are written with or without their s, and a fault is written as it is read."""
    fault = parse_fault(text)
    assert fault.seconds == 2.5
    assert parse_fault(str(fault)) == fault
    assert parse_fault(str(Fault(FaultKind.HANG))) == Fault(FaultKind.HANG)


@pytest.mark.parametrize("text", ["broken-ish", "slow=soon", "slow=-1s", "slow=99999"])
def test_refused_words(text: str) -> None:
    """A word that is no fault, or a time that is none, is refused with a reason."""
    with pytest.raises(FaultError):
        parse_fault(text)


@pytest.mark.parametrize(
    ("system", "fault", "reason"),
    [
        ("universal", "slow", "folder of files"),
        ("send-neet", "hang", "folder of files"),
        ("social-care", "html", "database"),
        ("weather", "down", "no system"),
    ],
)
def test_refused_for_the_system(system: str, fault: str, reason: str) -> None:
    """A folder cannot be slow, a database sends no HTML, and there is no such system: each says so."""
    with pytest.raises(FaultError, match=reason):
        checked(system, parse_fault(fault))
