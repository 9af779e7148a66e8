"""Agreements: what one is worth on each day, and the best of several."""

from datetime import date, timedelta

import pytest

from hub.governance.agreements import Agreement, Agreements
from policies.facts import AgreementState
from schema.purposes import Purpose

START, REVIEW, EXPIRY = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31)
DAY = timedelta(days=1)


def agreement(provider: str = "health", consumer: str = "council", **days: date) -> Agreement:
    plain = {"start": START, "review": REVIEW, "expiry": EXPIRY} | days
    purposes = frozenset({Purpose.CHILD_PROTECTION, Purpose.EARLY_HELP})
    return Agreement(f"{provider}-{consumer}", "Made up", provider, consumer, purposes, **plain)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (START - DAY, AgreementState.NONE),
        (START, AgreementState.IN_FORCE),
        (REVIEW, AgreementState.IN_FORCE),
        (REVIEW + DAY, AgreementState.PAST_REVIEW),
        (EXPIRY, AgreementState.PAST_REVIEW),
        (EXPIRY + DAY, AgreementState.EXPIRED),
    ],
)
def test_what_an_agreement_is_worth_on_a_day(day: date, state: AgreementState) -> None:
    """Its days are inclusive; past its review it still counts, past its end it does not."""
    agreements = Agreements([agreement()])
    assert agreements.state("health", "council", Purpose.EARLY_HELP, day) is state


def test_only_the_very_agreement_counts() -> None:
    """Another provider, consumer, purpose or direction is no agreement."""
    agreements = Agreements([agreement()])
    for provider, consumer, purpose in (
        ("police", "council", Purpose.EARLY_HELP),
        ("health", "school", Purpose.EARLY_HELP),
        ("council", "health", Purpose.EARLY_HELP),
        ("health", "council", Purpose.ANALYSIS),
    ):
        assert agreements.state(provider, consumer, purpose, START) is AgreementState.NONE


def test_the_best_of_several_counts_whatever_their_order() -> None:
    """A renewal in force is not spoilt by the one it replaced."""
    old, new = agreement(expiry=START), agreement(start=START, review=EXPIRY)
    for both in ([old, new], [new, old]):
        assert Agreements(both).state("health", "council", Purpose.EARLY_HELP, REVIEW + DAY) is AgreementState.IN_FORCE
