"""Who works with a patient: care managers and care teams, joined to their roles, names and telephone numbers."""

from connectors.shapes import Object, first, inner, objects, text
from connectors.transports.fhir import Bundle, FhirServer, labels, telecom
from schema.labels import Label

INCLUDES = (
    ("_include", "CareTeam:participant"),
    ("_include:iterate", "PractitionerRole:practitioner"),
)
"""What a care team must bring with it so that its people can be rung."""


class Staff:
    """The people and teams of some episodes, from the bundles that hold them."""

    def __init__(self, server: FhirServer, episodes: Bundle, care_teams: Bundle, roles: Bundle) -> None:
        """Bring the bundles together."""
        self._server = server
        self._held = {**roles.held, **care_teams.held, **episodes.held}
        self._role_of = {
            person: role
            for key, role in self._held.items()
            if key.startswith("PractitionerRole/") and (person := server.reference(inner(role, "practitioner")))
        }

    def organisation(self, episode: Object) -> Object:
        """Give the managing organisation's name; nothing where it was not brought."""
        held = self._get(inner(episode, "managingOrganization"))
        return {"name": held.get("name")}

    def team(self, episode: Object) -> Object:
        """Give the team's name and duty desk; nothing where it was not brought."""
        held = self._teams(episode)
        if not held:
            return {}
        return {"name": held[0].get("name"), "phone": telecom(held[0], "phone"), "email": telecom(held[0], "email")}

    def labels(self, episode: Object) -> frozenset[Label]:
        """Give the labels of the episode's teams: what is joined on is as protected as where it is from."""
        return frozenset[Label]().union(*(labels(team) for team in self._teams(episode)))

    def workers(self, episode: Object) -> list[Object]:
        """Give the care manager and the team's people, each once."""
        found: dict[str, Object] = {}
        manager = self._server.reference(inner(episode, "careManager"))
        if manager is not None and manager in self._held:
            role = self._role_of.get(manager, {})
            found[manager] = self._worker(self._held[manager], role, inner(episode, "period"), None, None)
        for team in self._teams(episode):
            for participant in objects(team, "participant"):
                role = self._get(inner(participant, "member"))
                person = self._server.reference(inner(role, "practitioner"))
                period = inner(participant, "period") or inner(team, "period")
                part = text(first(participant, "role"), "text")
                if person is not None and (person not in found or "end" not in period):
                    found[person] = self._worker(self._held.get(person, {}), role, period, part, text(team, "name"))
        return list(found.values())

    def _teams(self, episode: Object) -> list[Object]:
        return [team for team in (self._get(reference) for reference in objects(episode, "team")) if team]

    def _get(self, reference: Object) -> Object:
        return self._held.get(self._server.reference(reference) or "", {})

    def _worker(self, person: Object, role: Object, period: Object, part: str | None, team: str | None) -> Object:
        name = first(person, "name")
        spoken = " ".join(n for n in (_given(name), text(name, "family")) if n)
        return {
            "id": person.get("id"),
            "name": text(name, "text") or spoken,
            "role": part or text(first(role, "code"), "text"),
            "team": team,
            "phone": telecom(role, "phone"),
            "email": telecom(role, "email"),
            "start": period.get("start"),
            "end": period.get("end"),
        }


def _given(name: Object) -> str | None:
    given = name.get("given")
    return next((g for g in given if isinstance(g, str)), None) if isinstance(given, list) else None
