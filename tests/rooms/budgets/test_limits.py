"""The file of budgets: every limit can be changed, and whatever is wrong is said by its place."""

from pathlib import Path

import pytest

from hub.budgets.limits import BudgetsError, Limits, read_limits
from hub.settings import read_settings
from schema.purposes import Purpose

GOOD = """
[user]
people_hour = 30
[clients.case-system]
people_day = 9000
[organisations.county-council]
people_hour = 2000
[ladder]
stop = 120
[watch]
no_case_is_usual_for = ["SAFEGUARDING_TRIAGE", "EARLY_HELP"]
opens = 6
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "budgets.toml"
    path.write_text(text, "utf-8")
    return path


def test_what_a_file_says_counts_and_the_rest_is_as_shipped(tmp_path: Path) -> None:
    """One system and one organisation may have limits of their own."""
    limits = read_limits(written(tmp_path, GOOD))
    assert (limits.user.people_hour, limits.user.people_day) == (30, 200)
    assert limits.of_client("case-system").people_day == 9_000
    assert limits.of_client("case-system").people_hour == limits.of_client("another").people_hour == 1_000
    assert limits.of_organisation("county-council").people_hour == 2_000
    assert limits.stop(30) == 36
    assert limits.watch.no_case_is_usual_for == {Purpose.SAFEGUARDING_TRIAGE, Purpose.EARLY_HELP}


def test_without_a_file_the_shipped_limits_count() -> None:
    """They are never none."""
    assert read_limits(None) == Limits()
    assert read_settings({}, env="development").budgets is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[user]\npeople_hour = 0", "user.people_hour"),
        ("[user]\npeople_hour = -1", "user.people_hour"),
        ("[user]\npeople_hour = true", "user.people_hour"),
        ('[user]\npeople_hour = "60"', "user.people_hour"),
        ("[user]\npeople_houre = 60", "user.people_houre"),
        ("[ladder]\nstop = 100", "ladder.stop"),
        ("[ladder]\nwarn = 90", "ladder: warn must not come after slow"),
        ("[watch]\nopens = 20", "watch: opens must come before closes"),
        ('[watch]\nno_case_is_usual_for = ["FUN"]', "watch.no_case_is_usual_for"),
        ("[unusual]\nrun = 50", "unusual.run"),
        ("people_hour = 1", "people_hour"),
        ("[user", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_by_its_place(tmp_path: Path, text: str, said: str) -> None:
    """Nothing of such a file is taken."""
    with pytest.raises(BudgetsError, match=said):
        read_limits(written(tmp_path, text))


def test_a_file_that_is_not_there_is_wrong(tmp_path: Path) -> None:
    """A mistyped path is not the shipped limits."""
    with pytest.raises(BudgetsError, match="cannot be read"):
        read_limits(tmp_path / "none.toml")
