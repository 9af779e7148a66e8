"""How is it going: the first figures, of the whole hub, drawn and as tables. Small counts are not told."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from hub.governance import feedback
from hub.governance.figures import FEWEST, Day, days, middle
from hub.web.pages.spreadsheet import spreadsheet
from hub.web.pages.visit import Sent, Shown, Visit
from schema.reasons import Reason
from schema.services import SERVICES

DAYS: Final = 28
WIDTH: Final = 960
HEIGHT: Final = 220
LEFT: Final = 44
FOOT: Final = 30
TOP: Final = 12
_EVERY: Final = 7
"""Days between two dates written under the bars."""
_MOST: Final = 0.9
"""Share of answers of which the slower time is told."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar, and what it says."""

    x: float
    y: float
    width: float
    height: float
    says: str
    tick: str
    day: date


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with a scale."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a chart that is a table: how much of how much."""

    label: str
    says: str
    width: float


async def figures(visit: Visit) -> Shown | Sent:
    """Show the figures of the last four weeks."""
    room = visit.governing
    last = room.today
    counted = await days(room.acting, last - timedelta(days=DAYS - 1), last)
    if visit.query.get("as") == "csv":
        return _file(counted)
    together = Day()
    for one in counted.values():
        together.add(one)
    said = await feedback.counts(room.acting, int((room.acting.clock() - timedelta(days=DAYS)).timestamp()))
    found: Counter[str] = Counter()
    for (_, found_it, _), number in said.items():
        found[found_it] += number
    values: dict[str, Any] = {
        "chart": chart({day: one.answers for day, one in counted.items()}),
        "about": together.answers // 10 * 10,
        "fewest": FEWEST,
        "first": (middle(together.first), middle(together.first, _MOST)),
        "full": (middle(together.full), middle(together.full, _MOST)),
        "searches": told(together.searches),
        "found": _share(together.found, together.searches),
        "services": [_service(code, together) for code in SERVICES if together.asked[code]],
        "refusals": _bars({Reason[name].means: number for name, number in together.refusals.items()}),
        "emergencies": told(together.emergencies),
        "feedback": [(one.words, told(found[one.value])) for one in feedback.FoundIt] if found else [],
        "said": told(sum(found.values())),
    }
    return Shown("figures/page.html", "How is it going", values)


def told(count: int) -> str:
    """Say a count; of a few, only that they are few."""
    return f"fewer than {FEWEST}" if 0 < count < FEWEST else f"{count:,}"


def chart(counts: Mapping[date, int]) -> Chart:
    """Draw a bar a day. A day of few is drawn as a line's height: how many it was is not told."""
    most = max((*counts.values(), FEWEST))
    step = (WIDTH - LEFT) / len(counts)
    scale = (HEIGHT - FOOT - TOP) / most
    bars = []
    for place, (day, count) in enumerate(counts.items()):
        height = round((FEWEST if 0 < count < FEWEST else count) * scale, 1)
        tick = f"{day.day} {day:%b}" if place % _EVERY == 0 else ""
        x = round(LEFT + place * step + 2, 1)
        bars.append(Bar(x, HEIGHT - FOOT - height, round(step - 4, 1), height, told(count), tick, day))
    half = most // 2
    lines = tuple((round(HEIGHT - FOOT - value * scale, 1), value) for value in dict.fromkeys((0, half, most)))
    return Chart(tuple(bars), lines)


def _share(part: int, whole: int) -> str:
    """Say a share in a hundred, where there are enough to say it of."""
    return f"{round(100 * part / whole)} in 100" if whole >= FEWEST else "too few to say"


def _service(code: str, together: Day) -> Share:
    asked, answered = together.asked[code], together.answered[code]
    width = round(100 * answered / asked, 1) if asked >= FEWEST else 0
    return Share(SERVICES[code].label, _share(answered, asked), width)  # type: ignore[index] # a service is its code


def _bars(counts: Mapping[str, int]) -> list[Share]:
    most = max(counts.values(), default=0)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [
        Share(label.rstrip("."), told(count), round(100 * max(count, FEWEST) / max(most, FEWEST), 1))
        for label, count in ordered
    ]


def _file(counted: Mapping[date, Day]) -> Sent:
    """Give the figures day by day, as a file for a spreadsheet."""
    head = ("day", "answers", "median seconds to a full answer", "searches", "searches that found", "emergency access")
    rows = [
        (day, told(one.answers), middle(one.full), told(one.searches), told(one.found), told(one.emergencies))
        for day, one in counted.items()
    ]
    return spreadsheet("how-is-it-going", head, rows)
