"""Agreements as files: what is written is read back, and what is wrong anywhere is refused whole, with its place."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.governance.agreement_file import read_agreement, write_agreement
from hub.governance.agreements import Status
from hub.governance.data_items import EVERYTHING
from hub.governance.written import LARGEST, Unreadable, read_json
from schema.fields import CATALOGUE
from tests.rooms.governance.test_ordered_rules import EVERYTHING as QUESTIONS

SIGNED = [
    {"organisation": agency, "name": "A. Officer", "office": "Caldicott Guardian", "on": "2026-01-01"}
    for agency in ("nhs-trust", "county-council", "high-school")
]
PLAIN: dict[str, Any] = {
    "format": "childrens-services-hub/agreement/1",
    "id": "nhs-trust:health-2026",
    "title": "Health and others",
    "provider": "nhs-trust",
    "consumers": [{"id": "county-council", "type": "local-authority"}, {"id": "high-school", "type": "school"}],
    "purposes": ["EARLY_HELP", "CHILD_PROTECTION"],
    "lawfulBases": ["CHILDREN_ACT_1989_S47"],
    "dpia": "DPIA 12",
    "signatories": SIGNED,
    "start": "2026-01-01",
    "review": "2026-12-01",
    "expiry": "2027-01-01",
    "status": "signed",
    "items": [{"services": ["HEALTH"], "kinds": ["EXISTENCE"], "fields": ["*"]}],
}
RULE = {"effect": "allow", "modes": ["existence", "content"], "services": ["HEALTH"], "recordTypes": ["*"]} | {
    "purposes": ["*"],
    "organisations": ["*"],
}
ORDERED: dict[str, Any] = {name: value for name, value in PLAIN.items() if name != "items"} | {
    "rules": {
        "exceptions": [RULE | {"effect": "deny", "recordTypes": ["ChronologyEvent"], "reason": "never these"}],
        "defaults": [
            {name: v for name, v in RULE.items() if name != "organisations"}
            | {"organisationTypes": ["school"], "modes": ["existence"], "validUntil": "2026-06-30"},
            RULE | {"organisations": ["county-council"], "purposes": ["CHILD_PROTECTION"]},
        ],
    }
}


def read(document: dict[str, Any]) -> Any:
    return read_agreement(json.dumps(document).encode())[0]


@pytest.mark.parametrize("document", [PLAIN, ORDERED])
def test_an_agreement_comes_back_as_it_was_written(document: dict[str, Any]) -> None:
    """Written and read again it is the same agreement, by items and by ordered rules."""
    agreement = read(document)
    assert read_agreement(write_agreement(agreement))[0] == agreement
    assert agreement.status is Status.SIGNED
    assert agreement.consumers == {"county-council", "high-school"}


def test_ordered_rules_are_read_in_their_order_exceptions_first() -> None:
    """Exceptions, then defaults; each organisation of a type named; each list written out; dates kept."""
    exception, schools, council = read(ORDERED).rules
    assert (exception.place, exception.records) == ("$.rules.exceptions[0]", {"ChronologyEvent"})
    assert (schools.organisations, schools.until) == ({"high-school"}, date(2026, 6, 30))
    assert (council.organisations, council.purposes) == ({"county-council"}, {"CHILD_PROTECTION"})
    assert council.services == {"HEALTH"}


def test_an_import_covers_what_its_ordered_rules_say() -> None:
    """The council for child protection, all but the chronology; the school that a service knows the child."""
    agreement = read(ORDERED)
    allowed = {(r.consumer, r.purpose, CATALOGUE[r.field].record) for _, r in QUESTIONS if agreement.covers(r)}
    assert {(c, str(p)) for c, p, _ in allowed} == {
        ("county-council", "CHILD_PROTECTION"),
        ("high-school", "EARLY_HELP"),
        ("high-school", "CHILD_PROTECTION"),
    }
    assert {record for _, _, record in allowed} == {"Involvement", "Professional"}


def test_what_a_signatory_should_know_is_said() -> None:
    """A masked deny, and an agreement under which nothing could be shown."""
    masked = deepcopy(ORDERED)
    masked["rules"]["exceptions"].insert(0, RULE)
    assert "allows some of what" in read_agreement(json.dumps(masked).encode())[1][0]
    assert read_agreement(json.dumps(PLAIN).encode())[1] == ()
    no_existence = PLAIN | {"items": [{"services": ["*"], "kinds": ["DETAIL"], "fields": ["*"]}]}
    assert "no existence" in read_agreement(json.dumps(no_existence).encode())[1][0]
    named = PLAIN | {"items": [{"services": ["*"], "kinds": ["*"], "fields": ["Professional.*"]}]}
    assert "no existence" in read_agreement(json.dumps(named).encode())[1][0]


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("$.format", {"format": "other"}),
    ("$.id", {"id": " "}),
    ("$.dpia", {"dpia": ""}),
    ("$.provider", {"provider": "The Trust"}),
    ("$.consumers", {"consumers": []}),
    ("$.consumers", {"consumers": [{"id": "Bad One"}]}),
    ("$.consumers", {"consumers": [{"id": "high-school"}, {"id": "high-school"}]}),
    ("$.consumers", {"consumers": [{"id": "nhs-trust"}]}),
    ("$.purposes", {"purposes": []}),
    ("$.purposes[0]", {"purposes": ["FUN"]}),
    ("$.lawfulBases", {"lawfulBases": []}),
    ("$.review", {"review": "2029-01-01"}),
    ("$.review", {"review": "not a day"}),
    ("$", {"items": None}),
    ("$", {"rules": {"exceptions": [], "defaults": []}}),
    ("$", {"extra": 1}),
    ("$.signatories", {"signatories": SIGNED[:2]}),
    ("$.signatories", {"signatories": [*SIGNED, SIGNED[0] | {"organisation": "stranger"}]}),
    ("$.status", {"status": "Signed"}),
    ("$.items[0]", {"items": [{"services": ["TAROT"], "kinds": ["*"], "fields": ["*"]}]}),
    ("$.items[0]", {"items": [{"services": ["*"], "kinds": ["*"]}]}),
    ("$.items[0].effect", {"items": [{"services": ["*"], "kinds": ["*"], "fields": ["*"], "effect": "Deny"}]}),
]
WRONG_RULE: list[tuple[str, dict[str, Any]]] = [
    (".effect", {"effect": "Allow"}),
    (".modes", {"modes": []}),
    (".modes[0]", {"modes": ["all"]}),
    (".services", {"services": []}),
    (".services", {"services": ["*", "HEALTH"]}),
    (".recordTypes", {"recordTypes": ["Diary"]}),
    (".purposes", {"purposes": ["ANALYSIS"]}),
    (".organisations", {"organisations": []}),
    (".organisations", {"organisations": ["stranger"]}),
    (".organisationTypes", {"organisationTypes": ["bank"]}),
    (".validUntil", {"validFrom": "2026-02-01", "validUntil": "2026-01-01"}),
]


@pytest.mark.parametrize(("place", "change"), WRONG)
def test_what_is_wrong_is_refused_with_its_place(place: str, change: dict[str, Any]) -> None:
    """Each thing that cannot be as it is written says where it stands."""
    document = {name: value for name, value in (PLAIN | change).items() if value is not None}
    with pytest.raises(Unreadable) as refused:
        read(document)
    assert (refused.value.place or "$") == place


@pytest.mark.parametrize(("place", "change"), WRONG_RULE)
def test_a_wrong_rule_is_refused_with_its_place(place: str, change: dict[str, Any]) -> None:
    """A rule that names nobody, nothing, or a word that is on no list."""
    document = deepcopy(ORDERED)
    document["rules"]["defaults"][1] |= change
    with pytest.raises(Unreadable) as refused:
        read(document)
    assert refused.value.place == f"$.rules.defaults[1]{place}"


def test_rules_too_many_to_read_are_refused() -> None:
    """The place is said, and nothing is worked out for ever."""
    document = deepcopy(ORDERED)
    document["rules"]["defaults"] = [RULE] * 501
    with pytest.raises(Unreadable, match="500 rules"):
        read(document)


WHOLE = json.dumps(ORDERED, indent=1).encode()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_short_anywhere_is_refused(at: int) -> None:
    """Half an agreement is none."""
    with pytest.raises(Unreadable):
        read_agreement(WHOLE[:at])


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "number"),
        (b"\xff", "UTF-8"),
        (b"[" * 100_000, "deeply"),
        (b" " * (LARGEST + 1), "larger"),
        (b"[1,]", "line 1"),
    ],
)
def test_doubtful_json_is_refused(written: bytes, why: str) -> None:
    """Said twice, not a number, no text, too deep, too large, not JSON."""
    with pytest.raises(Unreadable, match=why):
        read_json(written)


def test_everything_can_be_said_on_purpose() -> None:
    """All is written as a star in each list."""
    agreement = read(PLAIN | {"items": [{"services": ["*"], "kinds": ["*"], "fields": ["*"]}]})
    assert agreement.items == (EVERYTHING,)
