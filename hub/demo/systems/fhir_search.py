"""Search in the FHIR server: the parameters its layout names, and the resources a page includes."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from hub.demo.systems.answers import BadRequest
from hub.demo.systems.switch import Switch

Resource: TypeAlias = dict[str, Any]
Included: TypeAlias = Callable[[list[Resource]], list[Resource]]

TYPES = (
    "Patient",
    "RelatedPerson",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "EpisodeOfCare",
    "Encounter",
    "CareTeam",
    "Flag",
)
OF_PATIENT = frozenset({"RelatedPerson", "EpisodeOfCare", "Encounter", "CareTeam", "Flag"})
INCLUDES: dict[str, Callable[[Resource], list[Resource]]] = {
    "EpisodeOfCare:care-manager": lambda r: [r["careManager"]],
    "EpisodeOfCare:organization": lambda r: [r["managingOrganization"]],
    "CareTeam:participant": lambda r: [p["member"] for p in r["participant"]],
    "PractitionerRole:practitioner": lambda r: [r["practitioner"]],
    "PractitionerRole:organization": lambda r: [r["organization"]],
    "Encounter:service-provider": lambda r: [r["serviceProvider"]],
}
COMPARE: dict[str, Callable[[str, str], bool]] = {
    "ge": lambda held, asked: held >= asked,
    "gt": lambda held, asked: held > asked,
    "le": lambda held, asked: held <= asked,
    "lt": lambda held, asked: held < asked,
}


class Store:
    """The trust's resources by type, by id, and by patient."""

    def __init__(self, resources: dict[str, list[Resource]]) -> None:
        self.all = resources
        self.by_id = {(kind, r["id"]): r for kind, held in resources.items() for r in held}
        self.patients = [r["id"] for r in resources["Patient"]]
        self.of_patient: dict[tuple[str, str], list[Resource]] = {}
        for kind in OF_PATIENT:
            for resource in resources[kind]:
                key = _patient_of(resource)
                self.of_patient.setdefault((kind, key), []).append(resource)

    def get(self, kind: str, key: str) -> Resource | None:
        """Give one resource, or none."""
        return self.by_id.get((kind, key))

    def follow(self, reference: Resource) -> Resource | None:
        """Give the resource a reference names."""
        kind, _, key = reference["reference"].partition("/")
        return self.get(kind, key)


def _patient_of(resource: Resource) -> str:
    reference: str = (resource.get("patient") or resource["subject"])["reference"]
    return reference.removeprefix("Patient/")


def search(
    store: Store, kind: str, query: Iterable[tuple[str, str]], switch: Switch
) -> tuple[list[Resource], Included]:
    """Find the resources of a type that satisfy every parameter; and say how a page's includes are found."""
    found = store.all[kind]
    includes: list[str] = []
    for name, value in query:
        if name in {"_include", "_include:iterate"}:
            if value not in INCLUDES:
                raise BadRequest(f"{name}: not supported")
            includes.append(value)
        elif name == "patient" and kind in OF_PATIENT:
            asked = switch.swapped([v.removeprefix("Patient/") for v in value.split(",")], store.patients)
            held = [r for key in asked for r in store.of_patient.get((kind, key), [])]
            found = held if found is store.all[kind] else [r for r in held if r in found]
        elif name == "_id":
            wanted = set(switch.swapped(value.split(","), store.patients) if kind == "Patient" else value.split(","))
            found = [r for r in found if r["id"] in wanted]
        else:
            test = _test(kind, name, value)
            found = [r for r in found if test(r)]
    return found, lambda page: _included(store, page, includes)


def _included(store: Store, page: list[Resource], includes: list[str]) -> list[Resource]:
    seen: dict[tuple[str, str], Resource] = {}
    fresh = page
    while fresh:
        follow = [
            target
            for resource in fresh
            for include in includes
            if include.startswith(f"{resource['resourceType']}:")
            for reference in INCLUDES[include](resource)
            if (target := store.follow(reference))
        ]
        fresh = []
        for target in follow:
            key = (target["resourceType"], target["id"])
            if key not in seen:
                seen[key] = target
                fresh.append(target)
    return list(seen.values())


def _test(kind: str, name: str, value: str) -> Callable[[Resource], bool]:
    wanted = set(value.split(","))
    tests: dict[tuple[str, str], Callable[[Resource], bool]] = {
        ("Patient", "family"): lambda r: any(n["family"].lower() == value.lower() for n in r["name"]),
        ("Patient", "given"): lambda r: any(value.lower() in map(str.lower, n["given"]) for n in r["name"]),
        ("Patient", "birthdate"): lambda r: r["birthDate"] == value,
        ("Patient", "address-postalcode"): lambda r: any(a["postalCode"] == value for a in r.get("address", [])),
        ("PractitionerRole", "practitioner"): lambda r: _refers(r["practitioner"], wanted),
        ("PractitionerRole", "organization"): lambda r: _refers(r["organization"], wanted),
    }
    if name == "_lastUpdated":
        return _dated(value, lambda r: r["meta"]["lastUpdated"])
    if name == "identifier" and kind in {"Patient", "Practitioner", "Organization"}:
        return lambda r: any(f"{i['system']}|{i['value']}" in wanted for i in r["identifier"])
    if name == "status" and kind in OF_PATIENT - {"RelatedPerson"}:
        return lambda r: r["status"] in wanted
    if name == "date" and kind == "Encounter":
        return _dated(value, lambda r: r["period"]["start"])
    if (kind, name) in tests:
        return tests[kind, name]
    raise BadRequest(f"{name}: not a search parameter of {kind}")


def _dated(value: str, held: Callable[[Resource], str]) -> Callable[[Resource], bool]:
    compare = COMPARE.get(value[:2])
    if compare is None:
        raise BadRequest("a date needs ge, gt, le or lt before it")
    return lambda r: compare(held(r), value[2:])


def _refers(reference: Resource, wanted: set[str]) -> bool:
    whole: str = reference["reference"]
    return whole in wanted or whole.split("/")[1] in wanted
