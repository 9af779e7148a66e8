"""Entries hold codes, names of fields and pseudonyms; what is not one is refused."""

from dataclasses import replace

import pytest

from hub.audit.canonical import canonical
from hub.audit.entries import Bucket, bucket
from hub.audit.errors import EntryRefused
from hub.keys import Keyring
from schema.fields import FieldId
from tests.rooms.audit import people


@pytest.mark.parametrize(
    "change",
    [
        {"asked": (FieldId("Person.diary"),)},
        {"permitted": (FieldId("07700 900123"),)},
        {"rules": ("a sentence about a child",)},
        {"facts": {"name": "Ada Made-Up"}},
        {"facts": {"two words": "x"}},
        {"source": ""},
    ],
)
def test_what_is_not_a_name_or_a_code_cannot_be_an_intent(change: dict[str, object]) -> None:
    """A value can't be slipped in where a name belongs."""
    with pytest.raises(EntryRefused):
        replace(people.intent().sources[0], **change)


def test_nor_an_outcome_a_search_or_an_event() -> None:
    """The same for the other entries."""
    told = people.outcome(people.intent()).sources[0]
    for make in (
        lambda: replace(told, released=(FieldId("x"),)),
        lambda: replace(told, source="a b"),
        lambda: replace(people.search(), criteria=("Made-Up, Ada",)),
        lambda: people.event(name="two words"),
    ):
        with pytest.raises(EntryRefused):
            make()


def test_an_intent_in_full() -> None:
    """What is hashed of an intent, in full."""
    body = canonical(replace(people.intent(), record_id="r"))
    assert body.startswith(b'{"actor":"aaaa')
    assert b'"facts":{"agreement":"IN_FORCE","consent":"NOT_RECORDED"}' in body
    assert b'"purpose":"SAFEGUARDING_TRIAGE"' in body


def test_counts_are_kept_roughly() -> None:
    """Counts become buckets."""
    assert [bucket(n) for n in (0, 1, 2, 5, 6, 20, 21, 900)] == [
        Bucket.NONE, Bucket.ONE, Bucket.FEW, Bucket.FEW, Bucket.SOME, Bucket.SOME, Bucket.MANY, Bucket.MANY,
    ]  # fmt: skip


def test_pseudonyms_differ_by_key_and_by_sort(keyring: Keyring) -> None:
    """The same id as a child, a worker and a case gives three names; the same twice gives one."""
    names = people.pseudonyms(keyring)
    made = {names.subject("7"), names.actor("7"), names.reference("7")}
    assert len(made) == 3
    assert names.subject("7") in made
    assert all(len(name) == 32 for name in made)
