"""What must hold of all rules shipped, whoever asks: owners are told, and no mask is got round by asking elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from policies.facts import Asker, ConsentState, Facts
from policies.reading import read_rules
from policies.rulebook import Rulebook
from policies.sensitivity import FLAGS
from policies.verdicts import Verdict
from policies.vocabulary import Duty, Effect, Role, labels_reached
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.policies.rules import facts

EVERY = frozenset(CATALOGUE)
TOLD = [label for label, flag in FLAGS.items() if flag.told]

OWN = "Its agency wrote it down itself: masking it would hide from a worker what lies in their own file."

WHOLE_ELSEWHERE: dict[tuple[Role, Purpose, FieldId], str] = {
    (Role.EARLY_HELP_WORKER, Purpose.EARLY_HELP, FieldId("Identifier.value")): OWN,
    (Role.SCHOOL_SAFEGUARDING_LEAD, Purpose.EDUCATION_WELFARE, FieldId("Birth.date_of_birth")): OWN,
    (Role.POLICE_OFFICER, Purpose.CRIME_PREVENTION, FieldId("Address.postcode")): OWN,
}
"""What is masked in another agency's records and whole in the asker's own, and why."""


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    """Read the shipped agreements once."""
    return read_rules()


def askers() -> Iterator[tuple[Role, Purpose, Asker]]:
    """Give every kind of asker."""
    for role, purpose in product(Role, Purpose):
        yield role, purpose, Asker(role.value, "county-council", purpose)


def well(*, own: bool) -> Facts:
    """Give facts under which the rules show the most: nothing is missing, and an emergency is open beside."""
    return facts(own=own, consent=ConsentState.GIVEN, break_glass=True, reason_given=True, second_person=True)


# A rule that reaches what owners are told of has the duty to tell them.
@pytest.mark.parametrize("label", TOLD)
def test_a_rule_that_reaches_a_told_label_tells_the_owner(rulebook: Rulebook, label: Label) -> None:
    reaching = [r for r in rulebook.rows if r.effect is Effect.ALLOW and label in labels_reached(r.sensitivity)]
    assert reaching
    assert [r.id for r in reaching if Duty.NOTIFY_OWNER not in r.duties] == []


# However a told label comes, on a record or on the person, no field is shown to anybody without the duty.
@pytest.mark.parametrize("label", TOLD)
def test_nothing_told_of_is_shown_without_the_duty(rulebook: Rulebook, label: Label) -> None:
    shown, labels = 0, frozenset({label})
    for (_, _, asker), service, own, emergency in product(askers(), Service, (True, False), (True, False)):
        plain = replace(well(own=own), break_glass=emergency)
        for its, of_record in ((plain, labels), (replace(plain, flags=labels), frozenset[Label]())):
            ruling = rulebook.ruling(asker, service, its)
            for field in ruling.shown(EVERY, of_record):
                shown += 1
                assert Duty.NOTIFY_OWNER in ruling.decide(field, of_record).duties, (asker, service, field)
    assert shown


# What a role sees in part for a purpose is not whole at another service, but in its own records where listed and why.
def test_a_mask_is_not_got_round_by_asking_elsewhere(rulebook: Rulebook) -> None:
    masked: set[tuple[Role, Purpose, FieldId]] = set()
    whole: dict[tuple[Role, Purpose, FieldId], set[bool]] = {}
    for (role, purpose, asker), service, own in product(askers(), Service, (True, False)):
        ruling = rulebook.ruling(asker, service, replace(well(own=own), break_glass=False))
        for field in ruling.shown(EVERY):
            if ruling.decide(field).verdict is Verdict.MASK:
                masked.add((role, purpose, field))
            else:
                whole.setdefault((role, purpose, field), set()).add(own)
    assert {key: whole[key] for key in masked if key in whole} == {key: {True} for key in WHOLE_ELSEWHERE}
