"""Agreements: what one is worth on each day, and the best of several."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hub.governance.agreements import KEPT, Agreement, Agreements, Status
from hub.governance.data_items import EVERYTHING, DataItem
from policies.facts import AgreementState
from policies.vocabulary import Effect
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service

START, REVIEW, EXPIRY = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31)
DAY = timedelta(days=1)


def agreement(provider: str = "health", consumer: str = "council", **changed: Any) -> Agreement:
    purposes = frozenset({Purpose.CHILD_PROTECTION, Purpose.EARLY_HELP})
    plain = Agreement(
        f"{provider}-{consumer}",
        "Made up",
        provider,
        frozenset({consumer}),
        purposes,
        START,
        REVIEW,
        EXPIRY,
        (EVERYTHING,),
        Status.SIGNED,
    )
    return replace(plain, **changed)


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


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.DRAFT, AgreementState.NONE),
        (Status.SIGNED, AgreementState.IN_FORCE),
        (Status.SUSPENDED, AgreementState.NONE),
        (Status.ENDED, AgreementState.EXPIRED),
    ],
)
def test_only_a_signed_agreement_counts(status: Status, state: AgreementState) -> None:
    """A draft and a suspended one are no agreement; an ended one is over, whatever its dates say."""
    agreements = Agreements([agreement(status=status)])
    assert agreements.state("health", "council", Purpose.EARLY_HELP, START) is state


def fields_in(state: AgreementState, *signed: Agreement, service: str = "HEALTH", day: date = START) -> set[FieldId]:
    division = Agreements(signed).divided("health", "council", Purpose.EARLY_HELP, Service(service), day)
    assert sorted(f for _, fields in division for f in fields) == sorted(CATALOGUE)
    return set(dict(division).get(state, frozenset()))


def item(*fields: str, effect: Effect = Effect.ALLOW, **lists: Any) -> DataItem:
    plain = DataItem(frozenset({"HEALTH"}), frozenset({"*"}), frozenset(fields), effect)
    return replace(plain, **lists)


def test_an_agreement_without_items_is_about_nothing() -> None:
    """Empty is none, in any of the lists, and never all by accident."""
    nobody = frozenset[str]()
    empty = [replace(EVERYTHING, **{name: nobody}) for name in ("services", "kinds", "fields", "consumers", "purposes")]
    for items in ((), *((e,) for e in empty)):
        assert fields_in(AgreementState.NONE, agreement(items=items)) == set(CATALOGUE)
    assert (
        Agreements([agreement(items=())]).state("health", "council", Purpose.EARLY_HELP, START) is AgreementState.NONE
    )


def test_a_field_is_covered_where_an_item_names_it() -> None:
    """By its own id, by its record, by its kind; and at the service named alone."""
    phone = FieldId("Professional.phone")
    professional = {f for f, held in CATALOGUE.items() if held.kind is Kind.PROFESSIONAL}
    for words, kinds, covered in (
        (["Professional.phone"], ["*"], {phone}),
        (["Professional.*"], ["*"], {f for f in CATALOGUE if f.startswith("Professional.")}),
        (["*"], ["PROFESSIONAL"], professional),
        (["Professional.*"], ["DETAIL"], set()),
    ):
        signed = agreement(items=(item(*words, kinds=frozenset(kinds)),))
        assert fields_in(AgreementState.IN_FORCE, signed) == covered
        assert fields_in(AgreementState.IN_FORCE, signed, service="POLICE") == set()


def test_any_deny_wins_in_whatever_order_the_items_stand() -> None:
    """An item that bars a field bars it, though another allows everything."""
    items = (item("*"), item("Professional.phone", effect=Effect.DENY))
    for order in (items, items[::-1]):
        barred = fields_in(AgreementState.NONE, agreement(items=order))
        assert barred == {FieldId("Professional.phone")}


def test_an_item_may_be_for_some_consumers_purposes_and_days() -> None:
    """Whoever, whatever for and whenever it is not, it does not count."""
    for lists in (
        {"consumers": frozenset({"school"})},
        {"purposes": frozenset({"CHILD_PROTECTION"})},
        {"start": START + DAY},
        {"until": START - DAY},
    ):
        assert fields_in(AgreementState.NONE, agreement(items=(item("*", **lists),))) == set(CATALOGUE)


def test_the_best_of_several_counts_field_by_field() -> None:
    """One past its review that covers everything, and one in force for a telephone number."""
    old = agreement(review=START, items=(item("*"),))
    new = agreement(start=START, items=(item("Professional.phone"),))
    assert fields_in(AgreementState.IN_FORCE, old, replace(new, id="new"), day=START + DAY) == {"Professional.phone"}


def test_a_word_on_no_list_cannot_be_in_an_item() -> None:
    """It is refused by its place; all stands alone."""
    for name, wrong in (("services", {"TAROT"}), ("kinds", {"ALL"}), ("fields", {"Nobody.*"}), ("purposes", {"FUN"})):
        with pytest.raises(ValueError, match=name):
            replace(EVERYTHING, **{name: frozenset(wrong)})
    with pytest.raises(ValueError, match="alone"):
        replace(EVERYTHING, services=frozenset({"*", "HEALTH"}))


def test_what_was_divided_is_kept_and_not_for_ever() -> None:
    """The same question gives the same division; days long past do not fill the memory."""
    agreements = Agreements([agreement()])
    asked = ("health", "council", Purpose.EARLY_HELP, Service("HEALTH"))
    assert agreements.divided(*asked, START) is agreements.divided(*asked, START)
    agreements._divisions = {(*asked, START + n * DAY): () for n in range(KEPT)}
    agreements.divided(*asked, START - DAY)
    assert len(agreements._divisions) == 1
