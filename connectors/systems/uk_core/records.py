"""Episodes, encounters, flags and relatives as flat rows that a mapping reads."""

from collections.abc import Iterable, Mapping

from connectors.mapping import Row
from connectors.shapes import Object, first, inner, objects, text, texts
from connectors.systems.uk_core.teams import Staff
from connectors.transports.fhir import FhirServer, labels

_MISSED = "did not attend"


def _about(resource: Object, patient: str) -> dict[str, object]:
    period = inner(resource, "period")
    return {
        "_patient": patient,
        "_labels": sorted(labels(resource)),
        "id": resource["id"],
        "status": resource.get("status"),
        "start": period.get("start"),
        "end": period.get("end"),
        "type": first(resource, "type").get("text"),
    }


def episode_row(episode: Object, patient: str, staff: Staff, last: Mapping[str, str], *, workers: bool) -> Row:
    """Give an episode with its organisation, workers, team and last contact joined on."""
    reference = f"EpisodeOfCare/{episode['id']}"
    return _about(episode, patient) | {
        "_labels": sorted(labels(episode) | staff.labels(episode)),
        "_organisation": staff.organisation(episode),
        "_workers": staff.workers(episode) if workers else [],
        "_team": staff.team(episode),
        "_last": last.get(reference),
        "_began": "began",
        "_ended": "ended",
    }


def encounter_row(encounter: Object, patient: str) -> Row:
    """Give an encounter; a missed appointment says so."""
    reason = text(first(encounter, "reasonCode"), "text")
    missed = reason is not None and reason.casefold() == _MISSED
    return _about(encounter, patient) | {
        "reason": None if missed else reason,
        "missed": "(did not attend)" if missed else None,
    }


def flag_row(flag: Object, patient: str) -> Row:
    """Give a flag."""
    return _about(flag, patient) | {
        "code": first(flag, "category").get("text"),
        "text": inner(flag, "code").get("text"),
    }


def relative_row(relative: Object, patient: str) -> Row:
    """Give a relative."""
    name = first(relative, "name")
    spoken = " ".join([*texts(name, "given"), *([family] if (family := text(name, "family")) else [])])
    relationship = first(first(relative, "relationship"), "coding")
    return _about({**relative, "type": None}, patient) | {
        "name": text(name, "text") or spoken,
        "relationship": relationship.get("code"),
    }


def last_contacts(encounters: Iterable[Object], episodes: Mapping[str, Object], server: FhirServer) -> dict[str, str]:
    """Say when each episode last saw the patient; an encounter more protected than its episode says nothing of it."""
    found: dict[str, str] = {}
    for encounter in encounters:
        started, protection = text(inner(encounter, "period"), "start"), labels(encounter)
        for reference in objects(encounter, "episodeOfCare"):
            episode = server.reference(reference) or ""
            plain = episode in episodes and protection <= labels(episodes[episode])
            if plain and started is not None and started > found.get(episode, ""):
                found[episode] = started
    return found
