"""FHIR's XML (R4, "XML Representation") made into FHIR's JSON, as far as a search's answer needs it.

Names repeat in XML where JSON has a list; which elements are lists is FHIR's definition, not the document's. So every
element that may repeat, in the resources the hub reads, is named here; values stay texts, except booleans.
"""

from connectors.errors import SourceBroken
from connectors.transports.guarded import Json

Object = dict[str, Json]

LISTS = frozenset(
    {"entry", "link", "issue", "extension", "modifierExtension", "contained", "security", "tag", "profile", "coding"}
    | {"identifier", "telecom", "address", "name", "given", "prefix", "suffix", "line", "category", "reasonCode"}
    | {"participant", "team", "careTeam", "communication", "specialty", "relationship", "contact", "diagnosis"}
    | {"statusHistory", "classHistory", "episodeOfCare", "generalPractitioner", "role", "type", "location"}
    | {"healthcareService", "availableTime", "notAvailable", "endpoint", "note", "reasonReference", "alias"}
)
"""Elements that may repeat wherever the hub reads them, but for those in ``ONE``."""

ONE = frozenset(
    {("Organization", "name"), ("Location", "name"), ("HealthcareService", "name"), ("CareTeam", "name")}
    | {("Location", "address"), ("contact", "name"), ("contact", "address"), ("location", "location")}
    | {("identifier", "type"), ("Bundle", "type"), ("Bundle", "identifier"), ("reference", "identifier")}
    | {("Group", "type"), ("hospitalization", "location")}
)
"""Where one of ``LISTS`` is a single value all the same: holder and element."""

MORE = frozenset({("PractitionerRole", "code"), ("CareTeam", "managingOrganization"), ("CareTeam", "reasonCode")})
"""Where another element is a list: holder and element."""

_XHTML = "div"


def fhir_object(document: Object) -> Object:
    """Give the resource of a document read as XML; SourceBroken where it is not one."""
    (name, node), *others = document.items()
    if others or not isinstance(node, dict):
        raise SourceBroken("not-fhir")
    return _resource(name, node)


def _resource(name: str, node: Object) -> Object:
    return {"resourceType": name, **_members(name, node)}


def _members(holder: str, node: Object) -> Object:
    made: Object = {}
    for key, value in node.items():
        if key in {"#text", _XHTML}:
            continue
        if key.startswith("@"):
            made[key[1:]] = value
            continue
        listed = value if isinstance(value, list) else [value]
        if key in {"resource", "contained"}:
            inner: list[Json] = [_inside(item) for item in listed]
        else:
            inner = [_value(key, item) for item in listed]
        many = len(inner) > 1 or (holder, key) in MORE or (key in LISTS and (holder, key) not in ONE)
        made[key] = inner if many else inner[0]
    return made


def _inside(item: Json) -> Json:
    """Give a resource inside another: one element named for its kind."""
    if not isinstance(item, dict) or len(item) != 1:
        raise SourceBroken("not-fhir")
    ((name, node),) = item.items()
    if not isinstance(node, dict):
        raise SourceBroken("not-fhir")
    return _resource(name, node)


def _value(key: str, item: Json) -> Json:
    """Give a primitive's value, or a complex element's members."""
    if not isinstance(item, dict):
        return item
    said = item.get("@value")
    if isinstance(said, str) and not any(k for k in item if k not in {"@value", "@id", "extension"}):
        return {"true": True, "false": False}.get(said, said)
    return _members(key, item)
