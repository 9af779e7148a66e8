"""Consent as FHIR R4: it comes back as it was, in R4's shape, and what cannot be kept refuses the whole."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.governance import fhir_terms as terms
from hub.governance.consent import Consent
from hub.governance.fhir_reading import consent_from_fhir, consents_from_fhir
from hub.governance.fhir_writing import consent_to_fhir, consents_to_fhir
from hub.governance.givers import Capacity, ConsentReason, GiverRelationship, may_give
from hub.governance.written import Unreadable
from policies.facts import ConsentState
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.governance.desk import CONSENT

WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=20).filter(str.strip)
AGENCIES = st.from_regex(r"[a-z][a-z0-9-]{1,40}", fullmatch=True)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))
GIVERS = [(r, c) for r in GiverRelationship for c in Capacity if may_give(r, c)]


@st.composite
def consents(draw: st.DrawFn) -> Consent:
    """Draw any consent there can be."""
    relationship, capacity = draw(st.sampled_from(GIVERS))
    return Consent(
        draw(WORDS),
        draw(WORDS),
        draw(st.sampled_from(list(terms.STATES))),
        draw(st.frozensets(st.sampled_from(list(Service)))),
        draw(st.frozensets(st.sampled_from(list(Purpose)), min_size=1)),
        draw(st.frozensets(AGENCIES, max_size=3)),
        draw(st.just("") | WORDS),
        draw(WORDS),
        draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001 -- bounds are naive by the library's rule
        draw(DAYS),
        kinds=draw(st.frozensets(st.sampled_from(list(Kind)))),
        relationship=relationship,
        capacity=capacity,
        evidence=draw(st.just("") | WORDS),
        given=draw(DAYS),
        reviewed=draw(DAYS),
        reason=draw(st.none() | st.sampled_from(list(ConsentReason))),
    )


def unsigned(consent: Consent) -> Consent:
    """Give a consent without who recorded it: a document says that of nobody here."""
    return replace(consent, recorded_by="")


@settings(max_examples=150, deadline=None)
@given(consents())
def test_a_consent_comes_back_as_it_was(consent: Consent) -> None:
    """Written as R4, sent as JSON and read again, it is the same in every part but who recorded it."""
    sent = json.loads(json.dumps(consent_to_fhir(consent)))
    assert consent_from_fhir(sent) == unsigned(consent)


@settings(max_examples=15, deadline=None)
@given(st.lists(consents(), max_size=3))
def test_several_come_back_as_they_were(told: list[Consent]) -> None:
    """A Bundle that is a collection, in order; none is none."""
    assert list(consents_from_fhir(json.loads(json.dumps(consents_to_fhir(told))))) == [unsigned(c) for c in told]


def test_the_shape_is_r4s() -> None:
    """The elements that R4 requires, in its codes: the base rule opts out, the one inside says what is permitted."""
    resource = consent_to_fhir(CONSENT)
    rule = resource["provision"]["provision"][0]  # type: ignore[index] # JSON
    assert resource["resourceType"] == "Consent"
    assert (resource["status"], rule["type"]) == ("active", "permit")
    assert "type" not in resource["provision"]  # type: ignore[operator] # R4 forbids it in the root rule
    assert resource["policyRule"] == {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTOUT"}]
    }
    assert resource["performer"] == [{"reference": "#giver"}]
    assert resource["contained"][0]["resourceType"] == "RelatedPerson"  # type: ignore[index] # JSON
    assert rule["period"] == {"start": "2026-03-02", "end": "2027-01-01"}
    assert rule["actor"][0]["role"]["coding"][0]["code"] == "IRCP"
    for state, (status, effect) in terms.STATES.items():
        written = consent_to_fhir(replace(CONSENT, state=state))
        assert (written["status"], written["provision"]["provision"][0]["type"]) == (status, effect)  # type: ignore[index] # JSON


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Give every object inside."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


FULL = consent_to_fhir(
    replace(CONSENT, reviewed=date(2026, 6, 1), reason=ConsentReason.NOT_GIVEN, state=ConsentState.WITHDRAWN)
)
COUNT = len(list(objects(FULL)))


@pytest.mark.parametrize("name", ["modifierExtension", "language", "verification", "comment", "data"])
def test_nothing_is_dropped(name: str) -> None:
    """An element more, anywhere in the resource, and the whole is refused, with the place."""
    for n in range(COUNT):
        document = deepcopy(FULL)
        list(objects(document))[n][name] = [{"x": "secret-value"}]
        with pytest.raises(Unreadable) as refused:
            consent_from_fhir(document)
        assert refused.value.place.endswith(f".{name}")
        assert "secret-value" not in str(refused.value)


def test_an_element_less_is_refused_or_was_not_needed() -> None:
    """Taking an element away is refused, but for what R4 lets be absent: of recipients and the like it means every."""
    optional = {"period", "start", "end", "sourceReference", "display"}
    for n in range(COUNT):
        for name in list(objects(FULL))[n]:
            document = deepcopy(FULL)
            del list(objects(document))[n][name]
            if name in optional:
                consent_from_fhir(document)
            elif name not in {"actor", "class", "code"}:
                with pytest.raises(Unreadable):
                    consent_from_fhir(document)


@pytest.mark.parametrize("name", ["actor", "class", "code", "purpose", "extension", "contained", "category"])
def test_an_empty_list_is_not_every_one(name: str) -> None:
    """R4 has no empty lists; one that came anyway is not read as leave for all."""
    for n, value in enumerate(objects(FULL)):
        if name in value and isinstance(value[name], list):
            document = deepcopy(FULL)
            list(objects(document))[n][name] = []
            with pytest.raises(Unreadable):
                consent_from_fhir(document)


def changed(**parts: Any) -> dict[str, Any]:
    return deepcopy(FULL) | parts


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        changed(resourceType="Patient"),
        changed(status="active"),  # with a rule that denies
        changed(status="draft"),
        changed(dateTime="2026-03"),
        changed(dateTime="2026-03-02T10:00:00"),
        changed(performer=[{"reference": "Practitioner/1"}]),
        changed(policyRule={"coding": [{"system": f"{terms.TERMINOLOGY}v3-ActCode", "code": "OPTIN"}]}),
        changed(scope={"coding": [{"system": "x", "code": "y"}]}),
        changed(patient={"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}}),
        changed(patient={"identifier": {"system": terms.PERSON, "value": "other"}}),
        changed(patient={"identifier": {"system": terms.PERSON, "value": 3}}),
        changed(text={"status": "additional", "div": "<div>more</div>"}),
        changed(category={"coding": []}),
        changed(provision={"type": "permit", "provision": [{}]}),
        changed(extension=[*FULL["extension"], FULL["extension"][0]]),  # type: ignore[index, misc] # JSON
        changed(extension=[{"url": "urn:other", "valueString": "x"}, *FULL["extension"]]),  # type: ignore[misc] # JSON
    ],
)
def test_what_it_may_not_say_is_refused(document: Any) -> None:
    """A status against its rule, a base rule that opts in, another's number, a narrative that says more."""
    with pytest.raises(Unreadable):
        consent_from_fhir(document)


def inside(change: str, value: Any) -> dict[str, Any]:
    document = deepcopy(FULL)
    rule = document["provision"]["provision"][0]  # type: ignore[index] # JSON
    rule[change] = value
    return document


@pytest.mark.parametrize(
    "document",
    [
        inside("period", {"start": "2026-03"}),
        inside("purpose", [{"system": terms.PURPOSE, "code": "FUN"}]),
        inside("class", [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]),
        inside("action", [{"coding": [{"system": terms.ACCESS[0], "code": "correct"}]}]),
        inside("actor", [{"role": {"coding": []}, "reference": {}}]),
        inside("code", [{"coding": [{"system": terms.KIND, "code": "DETAIL"}] * 2}]),
        inside("provision", [{"type": "permit"}]),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(document: dict[str, Any]) -> None:
    """Half a date, a purpose, a class or an action that is on no list of ours, a rule inside a rule."""
    with pytest.raises(Unreadable):
        consent_from_fhir(document)


def test_an_agency_must_be_one() -> None:
    """A recipient whose id no agency could have is refused."""
    document = deepcopy(FULL)
    actor = document["provision"]["provision"][0]["actor"][0]  # type: ignore[index] # JSON
    actor["reference"]["identifier"]["value"] = "Anybody At All"
    with pytest.raises(Unreadable, match="agency"):
        consent_from_fhir(document)


def test_a_relationship_in_hl7s_codes_is_read_and_two_that_differ_are_refused() -> None:
    """MTH is a mother; a mother who is also a father is refused, and so is a code of no list."""
    ours = {"system": terms.RELATIONSHIP, "code": "MOTHER"}
    mother, father = ({"system": terms.ROLE_CODE, "code": code} for code in ("MTH", "FTH"))
    for codings, fine in (
        ([mother], True),
        ([ours, mother], True),
        ([ours, father], False),
        ([{**father, "code": "X"}], False),
    ):
        document = deepcopy(FULL)
        document["contained"][0]["relationship"] = [{"coding": codings}]  # type: ignore[index] # JSON
        if fine:
            assert consent_from_fhir(document).relationship is GiverRelationship.MOTHER
        else:
            with pytest.raises(Unreadable):
                consent_from_fhir(document)


def test_capacity_must_go_with_the_giver() -> None:
    """A parent does not decide by Gillick competence."""
    document = deepcopy(FULL)
    document["extension"][0]["valueCode"] = "GILLICK"  # type: ignore[index] # JSON
    with pytest.raises(Unreadable, match="capacity"):
        consent_from_fhir(document)


def test_what_an_envelope_adds_is_nothing() -> None:
    """An id, a version and a narrative generated from the resource change nothing."""
    text = {"status": "generated", "div": "<div>what stands above</div>"}
    document = changed(id="1", meta={"versionId": "2", "lastUpdated": "2026-03-02T10:00:00Z"}, text=text)
    assert consent_from_fhir(document) == consent_from_fhir(FULL)


@pytest.mark.parametrize(
    "part",
    [
        {"state": ConsentState.NOT_RECORDED},
        {"purposes": frozenset[Purpose]()},
        {"giver": ""},
        {"recorded_by": " "},
        {"method": " "},
    ],
)
def test_what_r4_would_read_otherwise_is_not_written(part: dict[str, Any]) -> None:
    """Nothing said, no purpose (every one, in R4), nobody who said it."""
    with pytest.raises(Unreadable):
        consent_to_fhir(replace(CONSENT, **part))


def test_a_bundle_says_which_of_it_is_wrong() -> None:
    """All or none, and the place of the one that is wrong."""
    bundle = consents_to_fhir([CONSENT, CONSENT])
    bundle["entry"][1]["resource"]["language"] = "en"  # type: ignore[index] # JSON
    with pytest.raises(Unreadable) as refused:
        consents_from_fhir(bundle)
    assert refused.value.place == "Bundle.entry[1].Consent.language"
    with pytest.raises(Unreadable):
        consents_from_fhir(bundle | {"type": "transaction"})
