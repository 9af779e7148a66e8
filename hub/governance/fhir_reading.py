"""A consent from FHIR R4. Whatever of it the hub could not keep refuses the whole: nothing is dropped in silence.

Of a resource's envelope, ``id``, ``meta`` and a narrative that says it was generated add nothing and are not kept.
Nor is who recorded it: whoever records it here is whoever imports it, and a document says nobody's name for them.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

from hub.governance import fhir_terms as terms
from hub.governance.consent import Consent
from hub.governance.fhir_node import Node
from hub.governance.givers import Capacity, ConsentReason, GiverRelationship
from hub.governance.written import Unreadable
from policies.vocabulary import AGENCY
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import Service

W = TypeVar("W", Service, Purpose)

_ENVELOPE = ("resourceType", "id", "meta", "text")
_CONSENT = (
    *_ENVELOPE,
    *("contained", "extension", "status", "scope", "category", "patient", "dateTime", "performer"),
    *("sourceReference", "policyRule", "provision"),
)
_RULE = ("type", "period", "actor", "action", "purpose", "class", "code")
_CODING = ("system", "code", "display")
_VALUES = ("valueCode", "valueString", "valueDate")


def consents_from_fhir(document: object) -> tuple[Consent, ...]:
    """Read one ``Consent``, or a ``Bundle`` that is a collection of them: all or none."""
    if not isinstance(document, dict) or document.get("resourceType") != "Bundle":
        return (consent_from_fhir(document),)
    bundle = Node(document, "Bundle", ("resourceType", "id", "meta", "type", "entry"))
    bundle.exactly("type", "collection")
    read: list[Consent] = []
    for n, entry in enumerate(bundle.each("entry", "resource")):
        try:
            read.append(consent_from_fhir(entry.value("resource")))
        except Unreadable as error:
            raise Unreadable(f"Bundle.entry[{n}].{error.place}", error.why) from None
    return tuple(read)


def consent_from_fhir(document: object) -> Consent:
    """Read an R4 ``Consent``; Unreadable gives the place and the reason, never a value."""
    resource = Node(document, "Consent", _CONSENT)
    resource.exactly("resourceType", "Consent")
    _generated(resource)
    for name, term in (("scope", terms.SCOPE), ("policyRule", terms.OPT_OUT)):
        _insist(resource.inside(name, "coding"), term)
    _insist(resource.only("category", "coding"), terms.CATEGORY)
    person = _identified(resource, "patient", terms.PERSON)
    giver, relationship = _giver(resource, person)
    extra = _extensions(resource)
    rule = resource.inside("provision", "provision").only("provision", *_RULE)
    given, expires = _period(rule)
    states = {pair: state for state, pair in terms.STATES.items()}
    said = resource.text("status"), rule.text("type")
    if said not in states:
        resource.refuse("status", "with this rule it says nothing that can be kept")
    try:
        return Consent(
            person,
            giver,
            states[said],
            frozenset(_words(rule, "class", terms.SERVICE, Service)),
            frozenset(_words(rule, "purpose", terms.PURPOSE, Purpose)) or _no_purpose(rule),
            frozenset(_recipients(rule)),
            _text(extra, terms.METHOD),
            "",
            resource.moment("dateTime"),
            expires,
            kinds=frozenset(_kinds(rule)),
            relationship=relationship,
            capacity=_extra(resource, extra, terms.CAPACITY).word("valueCode", Capacity),
            evidence=_identified(resource, "sourceReference", terms.EVIDENCE) if "sourceReference" in resource else "",
            given=given,
            reviewed=_reviewed(extra),
            reason=_reason(extra),
        )
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable("Consent.extension", str(error)) from None


def _generated(resource: Node) -> None:
    if "text" in resource:
        resource.inside("text", "status", "div").exactly("status", "generated")
    if "meta" in resource:
        resource.inside("meta", "versionId", "lastUpdated", "profile")


def _extensions(resource: Node) -> Mapping[str, Node]:
    values = {terms.METHOD: "valueString", terms.RECORDED_BY: "valueString", terms.REVIEWED: "valueDate"}
    values |= dict.fromkeys((terms.CAPACITY, terms.REASON), "valueCode")
    found: dict[str, Node] = {}
    for node in resource.each("extension", "url", *_VALUES):
        url = node.text("url")
        if url not in values or url in found or any((v in node) != (v == values[url]) for v in _VALUES):
            node.refuse("url", "there is no place here for what it says")
        found[url] = node
    return found


def _coded(node: Node) -> Iterator[tuple[str, str]]:
    for coding in node.each("coding", *_CODING):
        yield coding.text("system"), coding.text("code")


def _insist(node: Node, term: tuple[str, str]) -> None:
    if list(_coded(node)) != [term]:
        node.refuse("coding", f"it must be {term[1]} of {term[0]}, and nothing else")


def _identified(node: Node, name: str, system: str) -> str:
    identifier = node.inside(name, "identifier").inside("identifier", "system", "value")
    identifier.exactly("system", system)
    return identifier.text("value")


def _giver(resource: Node, person: str) -> tuple[str, GiverRelationship]:
    resource.only("performer", "reference").exactly("reference", "#giver")
    giver = resource.only("contained", "resourceType", "id", "identifier", "patient", "relationship")
    giver.exactly("resourceType", "RelatedPerson")
    giver.exactly("id", "giver")
    if _identified(giver, "patient", terms.PERSON) != person:
        giver.refuse("patient", "it is not the consent's patient")
    identifier = giver.only("identifier", "system", "value")
    identifier.exactly("system", terms.GIVER)
    said = set(_relationships(giver.only("relationship", "coding")))
    if len(said) != 1:
        giver.refuse("relationship", "it must say one relationship, in a code that is known here")
    return identifier.text("value"), said.pop()


def _relationships(node: Node) -> Iterator[GiverRelationship]:
    ours = {r.value: r for r in GiverRelationship}
    for system, code in _coded(node):
        known = {terms.RELATIONSHIP: ours, terms.ROLE_CODE: terms.ROLES}.get(system, {})
        if code not in known:
            node.refuse("coding", "it is not a relationship that is known here")
        yield known[code]


def _period(rule: Node) -> tuple[date | None, date | None]:
    if "period" not in rule:
        return None, None
    period = rule.inside("period", "start", "end")
    return period.day("start"), period.day("end")


def _words(rule: Node, name: str, system: str, words: type[W]) -> Iterator[W]:
    for coding in rule.each(name, *_CODING):
        coding.exactly("system", system)
        yield coding.word("code", words)


def _no_purpose(rule: Node) -> frozenset[Purpose]:
    return rule.refuse("purpose", "there is none, and agreement to every purpose cannot be kept")


def _kinds(rule: Node) -> Iterator[Kind]:
    for concept in rule.each("code", "coding"):
        coding = concept.only("coding", *_CODING)
        coding.exactly("system", terms.KIND)
        yield coding.word("code", Kind)


def _recipients(rule: Node) -> Iterator[str]:
    _insist(rule.only("action", "coding"), terms.ACCESS)
    for actor in rule.each("actor", "role", "reference"):
        _insist(actor.inside("role", "coding"), terms.RECIPIENT)
        agency = _identified(actor, "reference", terms.AGENCY)
        if not AGENCY.fullmatch(agency):
            actor.refuse("reference", "it is not an agency's id")
        yield agency


def _extra(resource: Node, extra: Mapping[str, Node], url: str) -> Node:
    return extra.get(url) or resource.refuse("extension", f"{url} is missing")


def _text(extra: Mapping[str, Node], url: str) -> str:
    return extra[url].text("valueString") if url in extra else ""


def _reviewed(extra: Mapping[str, Node]) -> date | None:
    return extra[terms.REVIEWED].day("valueDate") if terms.REVIEWED in extra else None


def _reason(extra: Mapping[str, Node]) -> ConsentReason | None:
    return extra[terms.REASON].word("valueCode", ConsentReason) if terms.REASON in extra else None
