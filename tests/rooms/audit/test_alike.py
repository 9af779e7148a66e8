"""Entries of one question: what they share is written once, and each reads as if it had been written alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.alike import OWN, canonical_each
from hub.audit.canonical import canonical
from hub.audit.entries import Ended, Entry, Intent
from hub.audit.errors import EntryRefused
from hub.audit.leaf import drafts
from schema.purposes import Purpose
from tests.rooms.audit import people

ONE, TWO = people.intent(sources=2), people.intent()
TOLD = people.outcome(ONE)
WORDS = st.sampled_from(["a" * 32, "0", "", "<own>", "%b", 'a"b', "é\x1f", "%"])
MOMENTS = st.sampled_from(
    [people.AT, people.AT.astimezone(timezone(timedelta(hours=1))), datetime(2026, 1, 1, tzinfo=UTC)]
)


def drawn(like: Entry, **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Entry]:
    """Draw entries like one, whose own words and some that they share are others."""
    own = dict.fromkeys(OWN[type(like)], WORDS)
    changes = st.fixed_dictionaries({}, optional={"request_id": WORDS, "at": MOMENTS, **own, **others})
    return changes.map(lambda them: replace(like, **them))


SOURCES = st.sampled_from([ONE.sources, TWO.sources, (*ONE.sources,), ()])
INTENTS = drawn(ONE, role=WORDS, purpose=st.sampled_from(Purpose), reference=st.none() | WORDS, sources=SOURCES)
OUTCOMES = drawn(TOLD, ended=st.sampled_from(Ended), sources=st.sampled_from([TOLD.sources, ()]))
ANYTHING = INTENTS | OUTCOMES | st.builds(people.event) | st.builds(people.search)


@settings(max_examples=150, deadline=None)
@given(st.lists(ANYTHING, max_size=12))
def test_each_is_written_as_if_alone(entries: list[Entry]) -> None:
    """Whatever entries share, and whatever their own words are: the bytes are those of the entry by itself."""
    alone = [canonical(entry) for entry in entries]
    assert list(canonical_each(entries)) == alone
    assert [made.body for made in drafts(entries)] == alone


def test_what_is_an_entrys_own_is_known() -> None:
    """Its own words stand in the order of their keys, in which they are put in their places."""
    for kind, own in OWN.items():
        assert list(own) == sorted(own)
        assert set(own) <= {*kind.__slots__}


@pytest.mark.parametrize("change", [{"request_id": "\ud800"}, {"subject": "\ud800"}, {"role": "\ud800"}])
def test_what_has_no_one_form_is_refused_among_others_too(change: dict[str, str]) -> None:
    """One such among them, and nothing of them is written."""
    entries: list[Intent] = [ONE, replace(ONE, **change)]
    with pytest.raises(EntryRefused):
        drafts(entries)


def test_ids_of_records_grow_with_time_and_are_not_guessed() -> None:
    """Those of one moment begin alike, and no two are the same."""
    before, made = people.new_record_id(), [people.new_record_id() for _ in range(1000)]
    assert len(set(made)) == len(made)
    assert all(len(one) == len(before) == 32 and int(one, 16) for one in made)
    assert [one[:12] for one in made] == sorted(one[:12] for one in made)
    assert len({one[12:] for one in made}) == len(made)
