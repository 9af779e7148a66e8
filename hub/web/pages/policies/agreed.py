"""Agreements in words: what each is worth today, when it is reviewed, and what it covers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub.governance.agreements import Agreement, Status
from hub.governance.data_items import DataItem
from hub.web.pages.policies.telling import listed
from hub.web.pages.words import PURPOSES
from policies.facts import AgreementState

SOON: Final = timedelta(days=60)
"""How long before its review an agreement is marked."""

STANDING: Final = (AgreementState.IN_FORCE, AgreementState.PAST_REVIEW)
"""What an agreement is worth that opens something."""

_STATES: Final = {
    AgreementState.IN_FORCE: ("now", "In force"),
    AgreementState.PAST_REVIEW: ("silent", "In force, past its review"),
    AgreementState.EXPIRED: ("none", "Ended"),
    AgreementState.NONE: ("none", "Not in force"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One agreement, in words."""

    id: str
    title: str
    provider: str
    consumers: str
    purposes: str
    tone: str
    state: str
    start: date
    review: date
    expiry: date
    due: str
    items: tuple[str, ...]
    signed: bool
    may_lift: bool


def agreed(one: Agreement, own: str, today: date) -> Listed:
    """Say an agreement in words to an officer of an agency."""
    state = one.state_on(today)
    tone, says = _STATES[state]
    says = "Suspended" if one.status is Status.SUSPENDED else says
    return Listed(
        one.id,
        one.title,
        one.provider,
        ", ".join(sorted(one.consumers)),
        _purposes(one),
        tone,
        says,
        one.start,
        one.review,
        one.expiry,
        _due(one, today) if state in STANDING else "",
        tuple(map(_item, one.items)),
        one.status is Status.SIGNED,
        one.status is Status.SUSPENDED and one.provider == own,
    )


def _purposes(one: Agreement) -> str:
    return ", ".join(PURPOSES[purpose] for purpose in PURPOSES if purpose in one.purposes)


def _due(one: Agreement, today: date) -> str:
    """Say that a review is near or past."""
    left = (one.review - today).days
    if left < 0:
        return f"Its review was due {-left} {_days(-left)} ago"
    return f"Its review is due in {left} {_days(left)}" if one.review - today <= SOON else ""


def _days(count: int) -> str:
    return "day" if count == 1 else "days"


def _item(item: DataItem) -> str:
    """Say what an item lets be seen, or bars."""
    parts = [_any("service", item.services, "any service"), _any("kind", item.kinds, "every kind of data")]
    parts += [listed("field", " ".join(sorted(item.fields)))] if item.fields != {"*"} else []
    verb = "Shares" if item.effect == "allow" else "Never shares"
    return f"{verb} {parts[0]}: {'; '.join(parts[1:])}"


def _any(column: str, words: Iterable[str], all_: str) -> str:
    told = sorted(words)
    return all_ if told == ["*"] else listed(column, " ".join(told))
