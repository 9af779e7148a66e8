"""Use: what one user came to in the last day, and what one more request does to it. Pure: the moment is given.

A person counts once however often they are opened; of a number nothing is kept but keyed hashes. Whoever is refused
is not counted: hammering at a stop does not make it last longer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any

import orjson

from hub.budgets.limits import Limits

HOUR, DAY, MINUTE = 3_600, 86_400, 60
"""Seconds."""


class Measure(StrEnum):
    """What is counted, as logs, metrics and review items name it."""

    PEOPLE_HOUR = "people-hour"
    PEOPLE_DAY = "people-day"
    SEARCHES_MINUTE = "searches-minute"
    SEARCHES_HOUR = "searches-hour"
    MISSES_HOUR = "misses-hour"
    MISSED_SHARE = "missed-share"
    RUN = "run"


class Level(IntEnum):
    """How far up the ladder a request stands."""

    FREE = 0
    WARNED = 1
    SLOWED = 2
    REASON = 3
    STOPPED = 4


@dataclass(frozen=True, slots=True)
class Use:
    """The last day of one user, in seconds since 1970: people and numbers by keyed name, searches one by one.

    ``told`` says of which measure and level somebody was told, and when.
    """

    people: Mapping[str, int] = field(default_factory=dict)
    searches: Sequence[int] = ()
    misses: Sequence[int] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    near: Sequence[int] = ()
    told: Mapping[str, int] = field(default_factory=dict)

    def written(self) -> bytes:
        """Write it as it is stored."""
        parts = (dict(self.people), list(self.searches), list(self.misses), dict(self.numbers), list(self.near))
        return orjson.dumps([*parts, dict(self.told)])

    @classmethod
    def read(cls, stored: bytes) -> "Use":
        """Read what was stored; ValueError where it cannot be."""
        parts: Any = orjson.loads(stored)
        kinds = (dict, list, list, dict, list, dict)
        if not isinstance(parts, list) or [type(p) for p in parts] != list(kinds):
            raise ValueError("not a use")
        if not all(type(at) is int for part in parts for at in (part.values() if isinstance(part, dict) else part)):
            raise ValueError("not a use")
        return cls(*parts)

    def at(self, now: int) -> "Use":
        """Leave out what is over."""
        day, hour = now - DAY, now - HOUR
        return Use(
            {k: at for k, at in self.people.items() if at > day},
            [at for at in self.searches if at > hour],
            [at for at in self.misses if at > hour],
            {k: at for k, at in self.numbers.items() if at > hour},
            [at for at in self.near if at > hour],
            {k: at for k, at in self.told.items() if at > hour},
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is refused: what was counted, whether a reason would do, and when the stop ends."""

    measure: Measure
    level: Level
    until: int


def _level(count: int, limit: int, limits: Limits) -> Level:
    """Say where a count stands on the ladder of a limit."""
    if count > limits.stop(limit):
        return Level.STOPPED
    if count > limit:
        return Level.REASON
    if count * 100 > limit * limits.ladder.slow:
        return Level.SLOWED
    return Level.WARNED if count * 100 > limit * limits.ladder.warn else Level.FREE


def _ends(times: Iterable[int], window: int, most: int) -> int:
    """Say when one more fits again."""
    ordered = sorted(times)
    return ordered[max(0, len(ordered) - most)] + window if ordered else window


@dataclass(slots=True)
class Counting:
    """One request being counted: begins with what was used, ends with what is."""

    use: Use
    limits: Limits
    now: int
    reason: bool
    """Whether the asker said why, in words."""
    level: Level = Level.FREE
    reached: dict[Measure, Level] = field(default_factory=dict)
    admitted: bool = False
    first_looks: int = 0
    searches: int = 0

    def people(self, keys: Sequence[str]) -> Refused | None:
        """Count people who belong together: all of them, or none and why."""
        new = {k for k in keys if self.use.people.get(k, 0) <= self.now - HOUR}
        hour = [at for at in self.use.people.values() if at > self.now - HOUR]
        first = {k for k in new if self.use.people.get(k, 0) <= self.now - DAY}
        user = self.limits.user
        day = [at for at in self.use.people.values() if at > self.now - DAY]
        refused = self._against(Measure.PEOPLE_HOUR, hour, len(new), user.people_hour, HOUR) or self._against(
            Measure.PEOPLE_DAY, day, len(first), user.people_day, DAY
        )
        if refused is None:
            self.use = replace(self.use, people={**self.use.people, **dict.fromkeys(keys, self.now)})
            self.first_looks += len(first)
            self.admitted = True
        return refused

    def search(self) -> Refused | None:
        """Count one search."""
        times, user = self.use.searches, self.limits.user
        minute = [at for at in times if at > self.now - MINUTE]
        refused = (
            self._against(Measure.SEARCHES_MINUTE, minute, 1, user.searches_minute, MINUTE)
            or self._against(Measure.SEARCHES_HOUR, times, 1, user.searches_hour, HOUR)
            or self._against(Measure.MISSES_HOUR, self.use.misses, 1, user.misses_hour, HOUR)
        )
        if refused is None:
            self.use = replace(self.use, searches=[*times, self.now])
            self.searches += 1
            self.admitted = True
        return refused

    def missed(self) -> None:
        """Count that the search found nobody who may be shown."""
        misses = [*self.use.misses, self.now]
        self.use = replace(self.use, misses=misses)
        self._reach(Measure.MISSES_HOUR, _level(len(misses), self.limits.user.misses_hour, self.limits))
        unusual = self.limits.unusual
        if len(misses) >= unusual.misses and len(misses) * 100 >= len(self.use.searches) * unusual.missed_share:
            self._reach(Measure.MISSED_SHARE, Level.REASON)

    def number(self, value: int | None, name: Callable[[int], str]) -> None:
        """Look whether a number asked for is near others asked for within the hour: nobody's cases come in runs."""
        if value is None or (key := name(value)) in self.use.numbers:
            return
        near = any(name(value + step) in self.use.numbers for far in range(1, NEAR + 1) for step in (-far, far))
        self.use = replace(
            self.use,
            numbers={**dict(list(self.use.numbers.items())[1 - NUMBERS :]), key: self.now},
            near=[*self.use.near, self.now] if near else self.use.near,
        )
        if len(self.use.near) + 1 >= self.limits.unusual.run:
            self._reach(Measure.RUN, Level.REASON)

    def _against(self, measure: Measure, times: Sequence[int], more: int, limit: int, window: int) -> Refused | None:
        if not more:
            return None  # whoever was opened before may be opened again
        level = _level(len(times) + more, limit, self.limits)
        self._reach(measure, level)
        if level is Level.STOPPED or (level is Level.REASON and not self.reason):
            most = self.limits.stop(limit) if self.reason else limit
            return Refused(measure, level, _ends(times, window, most))
        self.level = max(self.level, level)
        return None

    def _reach(self, measure: Measure, level: Level) -> None:
        if level > self.reached.get(measure, Level.FREE):
            self.reached[measure] = level

    def standing(self) -> Level:
        """Say how far up the ladder the user stands, whatever they ask next."""
        user, use = self.limits.user, self.use
        hour = sum(at > self.now - HOUR for at in use.people.values())
        minute = sum(at > self.now - MINUTE for at in use.searches)
        counted = (
            (hour, user.people_hour),
            (len(use.people), user.people_day),
            (minute, user.searches_minute),
            (len(use.searches), user.searches_hour),
            (len(use.misses), user.misses_hour),
        )
        return max(_level(count, limit, self.limits) for count, limit in counted)

    def tell(self, least: Level = Level.REASON) -> list[tuple[Measure, Level]]:
        """Give what somebody must be told of and was not within the hour, and take it as told."""
        new = [(m, v) for m, v in self.reached.items() if v >= least and f"{m}.{v}" not in self.use.told]
        if new:
            self.use = replace(self.use, told={**self.use.told, **{f"{m}.{v}": self.now for m, v in new}})
        return new


NEAR = 5
"""How far apart two numbers may be and still be neighbours: runs are asked for with gaps too."""

NUMBERS = 300
"""Numbers kept for comparing."""
