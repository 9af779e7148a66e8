"""Consent: the newest word of each giver, a refusal before an agreement, and only for what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from hub.governance.consent import Consent, consent_state
from policies.facts import ConsentState
from schema.purposes import Purpose
from schema.services import Service

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
HEALTH, POLICE = Service("HEALTH"), Service("POLICE")
GIVEN, REFUSED, WITHDRAWN = ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.WITHDRAWN


def consent(state: ConsentState = GIVEN, *, minutes: int = 0, **changed: Any) -> Consent:
    plain = Consent(
        "p-1",
        "mother",
        state,
        frozenset({HEALTH}),
        frozenset({Purpose.EARLY_HELP}),
        frozenset({"council"}),
        "form",
        "worker",
        NOW + timedelta(minutes=minutes),
    )
    return replace(plain, **changed)


def state(*consents: Consent, service: Service = HEALTH, to: str = "council", day: date = TODAY) -> ConsentState:
    return consent_state(consents, service, Purpose.EARLY_HELP, to, day)


def test_no_word_is_not_consent() -> None:
    """Nothing recorded means nothing given."""
    assert state() is ConsentState.NOT_RECORDED


@pytest.mark.parametrize("said", [GIVEN, REFUSED, WITHDRAWN])
def test_one_givers_word_counts(said: ConsentState) -> None:
    """Each decision stands as it was recorded."""
    assert state(consent(said)) is said


def test_the_newest_word_of_a_giver_counts_in_whatever_order_they_are_read() -> None:
    """Given, withdrawn, given again: the last counts."""
    words = [consent(GIVEN), consent(WITHDRAWN, minutes=1), consent(GIVEN, minutes=2)]
    for order in permutations(words):
        assert state(*order) is GIVEN
    for order in permutations(words[:2]):
        assert state(*order) is WITHDRAWN


def test_of_two_givers_the_most_restrictive_counts() -> None:
    """One parent's agreement does not undo the other's refusal, however much later it was given."""
    later = consent(GIVEN, minutes=5, giver="father")
    assert state(consent(REFUSED), later) is REFUSED
    assert state(consent(WITHDRAWN), later) is WITHDRAWN
    assert state(consent(REFUSED, giver="a"), consent(WITHDRAWN, giver="b"), later) is WITHDRAWN
    assert state(consent(GIVEN), later) is GIVEN


def test_consent_ends_after_its_last_day() -> None:
    """The last day counts; the day after it is as if nothing had been said."""
    lasting = consent(expires=TODAY)
    assert state(lasting) is GIVEN
    assert state(lasting, day=TODAY + timedelta(days=1)) is ConsentState.NOT_RECORDED


def test_consent_begins_on_the_day_it_was_given_for() -> None:
    """Before that day it is as if nothing had been said; a refusal stands from when it is recorded."""
    tomorrow = TODAY + timedelta(days=1)
    assert state(consent(given=tomorrow)) is ConsentState.NOT_RECORDED
    assert state(consent(given=tomorrow), day=tomorrow) is GIVEN
    assert state(consent(REFUSED, given=tomorrow)) is REFUSED


def test_consent_is_only_for_what_it_was_given_for() -> None:
    """Another service, recipient or purpose is not covered; naming none means all of them, purposes excepted."""
    assert state(consent(), service=POLICE) is ConsentState.NOT_RECORDED
    assert state(consent(), to="school") is ConsentState.NOT_RECORDED
    assert state(consent(purposes=frozenset({Purpose.ANALYSIS}))) is ConsentState.NOT_RECORDED
    assert state(consent(purposes=frozenset())) is ConsentState.NOT_RECORDED
    assert state(consent(services=frozenset()), service=POLICE) is GIVEN
    assert state(consent(recipients=frozenset()), to="school") is GIVEN


def test_a_word_about_something_else_does_not_replace_one() -> None:
    """A later agreement about another service leaves a refusal standing."""
    assert state(consent(REFUSED), consent(GIVEN, minutes=5, services=frozenset({POLICE}))) is REFUSED


def test_the_stores_count_says_which_word_is_newer_whatever_the_clocks_say() -> None:
    """Given by a replica whose clock is fast, then withdrawn: withdrawn."""
    fast = consent(GIVEN, minutes=10, sequence=1)
    for order in permutations([fast, consent(WITHDRAWN, sequence=2)]):
        assert state(*order) is WITHDRAWN


def test_of_two_words_of_one_moment_the_more_restrictive_counts() -> None:
    """Where nothing says which came later, nobody is taken to have agreed."""
    for word in (REFUSED, WITHDRAWN):
        for order in permutations([consent(GIVEN), consent(word)]):
            assert state(*order) is word
    for order in permutations([consent(REFUSED), consent(WITHDRAWN)]):
        assert state(*order) is WITHDRAWN
