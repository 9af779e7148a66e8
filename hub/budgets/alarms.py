"""Who is told that somebody comes to a limit: the organisation's lead, and the operator in codes."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from hub.answer.question import Question
from hub.audit.pseudonyms import Pseudonyms
from hub.budgets.use import Level, Measure
from hub.reviews.items import Item, Items
from schema.governance.review_kinds import ReviewAbout

_ABOUT: Final[Mapping[Measure, ReviewAbout]] = {
    Measure.RUN: ReviewAbout.NUMBERS_IN_A_RUN,
    Measure.MISSED_SHARE: ReviewAbout.MANY_MISSES,
}


class BudgetObserver(Protocol):
    """Is told of whoever comes to a limit, in codes."""

    def budget(self, request_id: str, whose: str, measure: str, level: str) -> None:
        """Count it and say so."""
        ...


class Alarms:
    """Tells of limits that are come to: once a day each."""

    def __init__(self, items: Items, pseudonyms: Pseudonyms, observer: BudgetObserver) -> None:
        """Take what leads look at, what askers are called there, and whom the operator reads."""
        self._items = items
        self._pseudonyms = pseudonyms
        self._observer = observer

    async def own(self, question: Question, reached: Sequence[tuple[Measure, Level]]) -> None:
        """Tell of limits that the asker came to by themselves."""
        for measure, level in reached:
            actor = self._pseudonyms.actor(question.requester.subject)
            await self.tell(question, "user", actor, measure, level)

    async def tell(self, question: Question, whose: str, actor: str, measure: Measure, level: Level) -> None:
        """Leave something for the organisation's lead to look at, and say so to the operator where it is new."""
        stopped = level is Level.STOPPED
        about = _ABOUT.get(measure) or (ReviewAbout.BUDGET_STOPPED if stopped else ReviewAbout.BUDGET_REASON)
        item = Item(question.requester.organisation, about, actor, question.request_id, detail=measure.value)
        if await self._items.leave(item):
            self._observer.budget(question.request_id, whose, measure.value, level.name.lower())
