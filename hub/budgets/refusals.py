"""Refusals: what an asker is told who has come to a limit. A code, a measure and a moment; nobody's values."""

from datetime import UTC, datetime

from hub.budgets.use import Level, Measure, Refused
from hub.errors import Code, HubError

_WHAT = {
    Measure.PEOPLE_HOUR: "people opened or shown within an hour",
    Measure.PEOPLE_DAY: "people opened or shown within a day",
    Measure.SEARCHES_MINUTE: "searches within a minute",
    Measure.SEARCHES_HOUR: "searches within an hour",
    Measure.MISSES_HOUR: "searches within an hour that found nobody",
}


class OverBudget(HubError):
    """Something was refused for its number alone; ``until`` is when the same would be let through."""

    def __init__(self, code: Code, message: str, measure: Measure, until: int | None) -> None:
        """Keep the measure and the moment beside the words."""
        super().__init__(code, message)
        self.measure = measure
        self.until = until

    @property
    def extensions(self) -> dict[str, str]:
        """Give the code, the measure and the moment."""
        said = {"code": self.code.value, "measure": self.measure.value}
        return said if self.until is None else {**said, "until": _moment(self.until)}


def refusal(refused: Refused) -> OverBudget:
    """Say why a user is refused, and what to do."""
    what = _WHAT[refused.measure]
    if refused.level is Level.REASON:
        words = f"You have come to the usual number of {what}: say in context.reason why you need more."
        return OverBudget(Code.REASON_NEEDED, words, refused.measure, None)
    words = (
        f"You have come to the limit of {what}. It is lifted at {_moment(refused.until)}; whoever was opened before"
        " may still be opened. If a child is in danger, ring the agencies. Your information governance lead is told."
    )
    return OverBudget(Code.BUDGET_SPENT, words, refused.measure, refused.until)


def of_all(measure: Measure, until: int) -> OverBudget:
    """Say that a whole system or organisation has come to its limit."""
    words = (
        f"Your system or organisation has come to its limit of {_WHAT[measure]}; ask again at {_moment(until)}."
        " If a child is in danger, ring the agencies. Your information governance lead is told."
    )
    return OverBudget(Code.BUDGET_SPENT, words, measure, until)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
