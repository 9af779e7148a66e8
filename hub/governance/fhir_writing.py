"""A consent as FHIR R4: every part of it, or a refusal where R4 could not say it without saying more."""

from collections.abc import Iterable

from hub.governance import fhir_terms as terms
from hub.governance.consent import Consent
from hub.governance.written import Unreadable

Json = dict[str, object]


def consent_to_fhir(consent: Consent) -> Json:
    """Give the R4 ``Consent``; Unreadable where something of it has no place there."""
    if consent.state not in terms.STATES:
        raise Unreadable("state", "nothing was said, so there is no consent to write")
    if not consent.purposes:
        raise Unreadable("purposes", "there is none, which R4 would read as every purpose")
    for name in ("person_id", "giver", "recorded_by"):
        if not getattr(consent, name).strip():
            raise Unreadable(name, "there is none")
    for name in ("method", "evidence"):
        if getattr(consent, name) and not getattr(consent, name).strip():
            raise Unreadable(name, "it is blank, and R4 has no blank texts")
    status, effect = terms.STATES[consent.state]
    resource: Json = {
        "resourceType": "Consent",
        "contained": [_giver(consent)],
        "extension": list(_extensions(consent)),
        "status": status,
        "scope": _concept(*terms.SCOPE),
        "category": [_concept(*terms.CATEGORY)],
        "patient": _identified(terms.PERSON, consent.person_id),
        "dateTime": consent.recorded_at.isoformat(),
        "performer": [{"reference": "#giver"}],
        "policyRule": _concept(*terms.OPT_OUT),
        "provision": {"provision": [_rule(consent, effect)]},
    }
    if consent.evidence:
        resource["sourceReference"] = _identified(terms.EVIDENCE, consent.evidence)
    return resource


def consents_to_fhir(consents: Iterable[Consent]) -> Json:
    """Give a ``Bundle`` of several, oldest first."""
    entries = [{"resource": consent_to_fhir(consent)} for consent in consents]
    return {"resourceType": "Bundle", "type": "collection"} | ({"entry": entries} if entries else {})


def _giver(consent: Consent) -> Json:
    return {
        "resourceType": "RelatedPerson",
        "id": "giver",
        "identifier": [{"system": terms.GIVER, "value": consent.giver}],
        "patient": _identified(terms.PERSON, consent.person_id),
        "relationship": [_concept(terms.RELATIONSHIP, consent.relationship.value)],
    }


def _extensions(consent: Consent) -> Iterable[Json]:
    yield {"url": terms.CAPACITY, "valueCode": consent.capacity.value}
    yield {"url": terms.RECORDED_BY, "valueString": consent.recorded_by}
    if consent.method:
        yield {"url": terms.METHOD, "valueString": consent.method}
    if consent.reviewed:
        yield {"url": terms.REVIEWED, "valueDate": consent.reviewed.isoformat()}
    if consent.reason:
        yield {"url": terms.REASON, "valueCode": consent.reason.value}


def _rule(consent: Consent, effect: str) -> Json:
    rule: Json = {"type": effect}
    days = {"start": consent.given, "end": consent.expires}
    if period := {name: day.isoformat() for name, day in days.items() if day}:
        rule["period"] = period
    if consent.recipients:
        rule["actor"] = [
            {"role": _concept(*terms.RECIPIENT), "reference": _identified(terms.AGENCY, agency)}
            for agency in sorted(consent.recipients)
        ]
    rule["action"] = [_concept(*terms.ACCESS)]
    rule["purpose"] = [_coding(terms.PURPOSE, p.value) for p in sorted(consent.purposes)]
    if consent.services:
        rule["class"] = [_coding(terms.SERVICE, s.value) for s in sorted(consent.services)]
    if consent.kinds:  # another element than the services: within one R4 takes any, between two it takes both
        rule["code"] = [_concept(terms.KIND, k.value) for k in sorted(consent.kinds)]
    return rule


def _coding(system: str, code: str) -> Json:
    return {"system": system, "code": code}


def _concept(system: str, code: str) -> Json:
    return {"coding": [_coding(system, code)]}


def _identified(system: str, value: str) -> Json:
    return {"identifier": {"system": system, "value": value}}
