"""Figures counted from the ledger's entries: what is counted, what is not, and what is too little to tell."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from hub.audit.entries import Kind
from hub.governance.figures import FEWEST, Day, days, middle, tally
from tests.house import House, house

AT = "2026-03-02T09:{minute:02}:{second:02}+00:00"


def entry(kind: Kind, minute: int = 0, second: int = 0, **body: Any) -> tuple[Kind, dict[str, Any]]:
    """Give an entry of a morning."""
    return kind, {"at": AT.format(minute=minute, second=second), "actor": "a", **body}


def question(name: str, minute: int, second: int, ended: str = "COMPLETE", outcome: str = "RECORDS") -> list[Any]:
    """Give a question of one source and its answer, three seconds later."""
    sources = [{"source": "housing", "service": "HOUSING", "called": True}]
    told = [{"source": "housing", "outcome": outcome, "reason": None}]
    told += [{"source": "police", "outcome": "WITHHELD", "reason": "NO_RULE_PERMITS"}]
    return [
        entry(Kind.INTENT, minute, second, record_id=name, sources=sources),
        entry(Kind.OUTCOME, minute, second + 3, intent_id=name, ended=ended, sources=told),
    ]


# Answers, their times, who answered, what was refused, what searches found and emergencies are counted; an answer
# nobody waited for is none, and one of another sitting tells nothing of a search.
def test_a_day_is_counted() -> None:
    """A day's entries come to its figures."""
    day = tally(
        [
            entry(Kind.SEARCH, 0, 0, presented=["p"]),
            entry(Kind.SEARCH, 0, 5, presented=[]),
            *question("one", 0, 10),
            *question("two", 1, 0, outcome="TIMED_OUT"),
            *question("left", 2, 0, ended="ABANDONED"),
            entry(Kind.SEARCH, 3, 0, presented=["p"]),
            *question("late", 40, 0),
            entry(Kind.OUTCOME, 50, 0, intent_id="another-day", ended="COMPLETE", sources=[]),
            entry(Kind.EVENT, 51, 0, name="break-glass-granted"),
            entry(Kind.EVENT, 52, 0, name="consent-recorded"),
        ]
    )
    assert (day.answers, day.searches, day.found, day.emergencies) == (4, 3, 2, 1)
    assert day.full == Counter({30: 3})
    assert day.first == Counter({130: 1})
    assert (day.asked["HOUSING"], day.answered["HOUSING"], day.asked["POLICE"]) == (3, 2, 0)
    assert day.refusals == Counter({"NO_RULE_PERMITS": 3})


# A middle is told of enough answers, and of fewer not; days add up.
def test_times_are_told_of_enough() -> None:
    """Too few times are not told."""
    assert middle(Counter({10: FEWEST - 1})) is None
    assert middle(Counter({10: 6, 30: 3, 900: 1})) == 1.0
    assert middle(Counter({10: 6, 30: 3, 900: 1}), 0.9) == 3.0
    both = Day(answers=1, full=Counter({10: 1}))
    both.add(Day(answers=2, full=Counter({10: 2}), searches=1))
    assert (both.answers, both.full[10], both.searches) == (3, 3, 1)


# Each day is counted of its own entries; what is counted is kept a while, and no question changes a day that is over.
async def test_days_are_counted_apart(tmp_path: Path) -> None:
    """The ledger's own entries are counted by the day."""
    async with house(tmp_path) as home:
        await _counted_apart(home)


async def _counted_apart(home: House) -> None:
    today = home.acting.clock().date()
    await home.person()
    counted = await days(home.acting, today - timedelta(days=1), today)
    assert [one.answers for one in counted.values()] == [0, 1]
    assert counted[today].asked["HOUSING"] == 1
    await home.person()
    again = await days(home.acting, today, today)
    assert again[today] is counted[today]


def test_an_answer_in_parts_is_one_answer_and_each_source_is_counted_once() -> None:
    """As if it had left at once: timed by its last part, whatever left in several; left half-way it is no answer."""
    intent, outcome = question("one", 0, 10)
    part = entry(Kind.OUTCOME, 0, 11, **{k: v for k, v in outcome[1].items() if k != "at"} | {"ended": "PART"})
    whole = tally([intent, outcome])
    for name in ("answers", "full", "asked", "answered", "refusals"):
        assert getattr(tally([intent, part, part, outcome]), name) == getattr(whole, name), name
    left = (outcome[0], outcome[1] | {"ended": "ABANDONED"})
    assert tally([intent, part, left]).answers == 0
