"""The demo people who sign in, each with one role at one agency. All are made up."""

from dataclasses import dataclass

from hub.demo.agencies import AGENCIES, Source


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who signs in to the demo: ``key`` is what ``hub token --as`` takes."""

    key: str
    name: str
    role: str
    agency: str
    agency_name: str
    email: str


def _persona(key: str, name: str, role: str, source: Source) -> Persona:
    agency = AGENCIES[source]
    mailbox = name.lower().replace(" ", ".").replace("'", "")
    return Persona(key, name, role, agency.id, agency.name, f"{mailbox}@{agency.domain}")


PERSONAS: dict[str, Persona] = {
    p.key: p
    for p in (
        _persona("front-door", "Grace Attwater", "front-door-worker", Source.SOCIAL_CARE),
        _persona("social-worker", "Imran Sheikh", "social-worker", Source.SOCIAL_CARE),
        _persona("early-help", "Bethan Prosser", "early-help-worker", Source.EARLY_HELP),
        _persona("school", "Oluwaseun Bright", "school-safeguarding-lead", Source.EDUCATION),
        _persona("police", "Craig Dunmore", "police-officer", Source.POLICE),
        _persona("health", "Niamh Corrigan", "health-practitioner", Source.HEALTH),
        _persona("analyst", "Priya Venkatesan", "analyst", Source.SOCIAL_CARE),
        _persona("ig-officer", "Harriet Lowndes", "ig-officer", Source.SOCIAL_CARE),
        _persona("ig-approver", "Rosalind Achebe", "ig-officer", Source.SOCIAL_CARE),
    )
}
"""Every persona by key."""
