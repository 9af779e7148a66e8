"""Limits: how many people and searches a user, a system and an organisation may come to, and when what happens.

Read from one TOML file (``HUB_BUDGETS``); whatever it leaves out is as here. Nothing else moves a limit: emergency
access opens fields, never a budget. The numbers are ours to argue with; the demographics service of the NHS allows an
application five calls a second and fifty results a search.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from schema.purposes import Purpose

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class BudgetsError(Exception):
    """The file of budgets is wrong; the message lists what, with places and without values."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class UserLimits(_Table):
    """What one user may come to before a reason is asked for. A person shown by a search counts as one opened."""

    people_hour: Count = 60
    people_day: Count = 200
    searches_minute: Count = 30
    searches_hour: Count = 200
    misses_hour: Count = 40
    """Searches that found nobody."""


class GroupLimits(_Table):
    """What all users together may come to, of one system or one organisation: each person once a user and day."""

    people_hour: Count = 1_000
    people_day: Count = 5_000
    searches_hour: Count = 3_000


class SomeGroup(_Table):
    """What is otherwise for one system or organisation; none where it is as for all."""

    people_hour: Count | None = None
    people_day: Count | None = None
    searches_hour: Count | None = None


class Ladder(_Table):
    """At what part of a limit what happens, in per cent: a note; an answer made to wait; a reason (100); the stop."""

    warn: Annotated[int, Field(ge=1, le=100)] = 50
    slow: Annotated[int, Field(ge=1, le=100)] = 75
    stop: Annotated[int, Field(ge=101, le=300)] = 150
    slow_seconds: Annotated[float, Field(ge=0.0, le=5.0)] = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.warn > self.slow:
            raise ValueError("warn must not come after slow")
        return self


class Unusual(_Table):
    """What a lead is told of though it is within every limit."""

    run: Annotated[int, Field(ge=3, le=20)] = 10
    """Numbers near one another asked for within an hour, after which they are taken for a run."""
    misses: Annotated[int, Field(ge=5, le=1_000)] = 20
    """Searches in an hour that found nobody, from which their share counts."""
    missed_share: Annotated[int, Field(ge=50, le=100)] = 70
    """Per cent of an hour's searches that found nobody."""


class Watch(_Table):
    """Which looks of a worker their organisation's lead is told of."""

    same_name: bool = True
    same_address: bool = True
    colleague: bool = True
    no_case: bool = True
    out_of_hours: bool = True
    no_case_is_usual_for: frozenset[Purpose] = frozenset({Purpose.SAFEGUARDING_TRIAGE})
    """Purposes for which somebody is opened before there is a case."""
    opens: Annotated[int, Field(ge=0, le=23)] = 7
    closes: Annotated[int, Field(ge=1, le=24)] = 20
    """Hours of the day in England."""
    weekends: bool = False

    @field_validator("no_case_is_usual_for", mode="before")
    @classmethod
    def _purposes(cls, value: object) -> object:
        if isinstance(value, list) and all(one in Purpose.__members__ for one in value):
            return frozenset(Purpose[one] for one in value)
        if isinstance(value, frozenset):
            return value
        raise ValueError("a list of purposes, such as SAFEGUARDING_TRIAGE")

    @model_validator(mode="after")
    def _a_day(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must come before closes")
        return self


class Limits(_Table):
    """Every limit."""

    user: UserLimits = UserLimits()
    client: GroupLimits = GroupLimits()
    organisation: GroupLimits = GroupLimits()
    ladder: Ladder = Ladder()
    unusual: Unusual = Unusual()
    watch: Watch = Watch()
    clients: Mapping[str, SomeGroup] = {}
    organisations: Mapping[str, SomeGroup] = {}

    def of_client(self, client: str) -> GroupLimits:
        """Give the limits of one system."""
        return _but(self.client, self.clients.get(client))

    def of_organisation(self, organisation: str) -> GroupLimits:
        """Give the limits of one organisation."""
        return _but(self.organisation, self.organisations.get(organisation))

    def stop(self, limit: int) -> int:
        """Give the last number that is let through under a limit."""
        return limit * self.ladder.stop // 100


def _but(usual: GroupLimits, other: SomeGroup | None) -> GroupLimits:
    return usual.model_copy(update=other.model_dump(exclude_none=True)) if other else usual


def read_limits(path: Path | None) -> Limits:
    """Read the limits in a file, or those that ship where there is none; BudgetsError lists all that is wrong."""
    if path is None:
        return Limits()
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BudgetsError(f"{path} cannot be read: {type(error).__name__}") from None
    except tomllib.TOMLDecodeError as error:
        raise BudgetsError(f"{path} is not TOML: {error}") from None
    try:
        return Limits.model_validate(written)
    except ValidationError as error:
        wrong = (
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors(include_input=False)
        )
        raise BudgetsError(f"{path}: " + "; ".join(wrong)) from None
