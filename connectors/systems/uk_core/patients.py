"""The Patient resource as flat rows: one for each name, birth, address and NHS number."""

from connectors.mapping import Row
from connectors.shapes import Object, inner, objects, text, texts
from connectors.transports.fhir import labels

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
"""The NHS number's identifier system in UK Core."""


def _about(patient: Object) -> dict[str, object]:
    return {"_patient": patient["id"], "_labels": sorted(labels(patient))}


def name_rows(patient: Object) -> list[Row]:
    """Give a row for each name; given names are joined as they are said."""
    return [_about(patient) | _name(name) for name in objects(patient, "name")]


def _name(name: Object) -> dict[str, object]:
    ended = text(inner(name, "period"), "end") is not None
    use = text(name, "use")
    return {
        "given": " ".join(texts(name, "given")),
        "family": name.get("family"),
        "use": "old" if ended or use == "maiden" else use,
    }


def birth_rows(patient: Object) -> list[Row]:
    """Give the one row about birth, death and sex."""
    return [
        _about(patient)
        | {
            "born": patient.get("birthDate"),
            "died": patient.get("deceasedDateTime"),
            "sex": patient.get("gender"),
        }
    ]


def address_rows(patient: Object) -> list[Row]:
    """Give a row for each address."""
    return [
        _about(patient)
        | {
            "lines": ", ".join([*texts(a, "line"), *([city] if (city := text(a, "city")) else [])]),
            "postcode": a.get("postalCode"),
            "use": text(a, "use"),
            "start": inner(a, "period").get("start"),
            "end": inner(a, "period").get("end"),
        }
        for a in objects(patient, "address")
    ]


def identifier_rows(patient: Object) -> list[Row]:
    """Give a row for each NHS number, superseded ones too; the trust's own numbers mean nothing elsewhere."""
    return [
        _about(patient)
        | {
            "value": i.get("value"),
            "from": inner(i, "period").get("start"),
            "to": inner(i, "period").get("end"),
        }
        for i in objects(patient, "identifier")
        if text(i, "system") == NHS_NUMBER
    ]


def whole(patient: Object) -> Row:
    """Give everything that identifies a patient in one row, current values first."""
    names = sorted(objects(patient, "name"), key=lambda n: text(n, "use") != "official")
    addresses = sorted(objects(patient, "address"), key=lambda a: text(a, "use") == "old")
    current = address_rows({**patient, "address": list(addresses[:1])})
    return _about(patient) | {
        "names": [_name(n) for n in names],
        "born": patient.get("birthDate"),
        "sex": patient.get("gender"),
        "postcodes": [a.get("postalCode") for a in addresses],
        "address": current[0]["lines"] if current else None,
        "numbers": [i["value"] for i in identifier_rows(patient)],
        "changed": inner(patient, "meta").get("lastUpdated"),
        "active": patient.get("active"),
    }
