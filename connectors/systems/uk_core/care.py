"""Reading a UK Core server: the resources an ask needs, and no others, for all the patients at once."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime

from connectors.contract import LocalId, Traits
from connectors.errors import SourceBroken
from connectors.feed import Rows
from connectors.mapped import Gathered, Needed, in_batches, oldest, united
from connectors.shapes import Object, inner
from connectors.systems.uk_core import teams
from connectors.systems.uk_core.patients import NHS_NUMBER, address_rows, birth_rows, identifier_rows, name_rows, whole
from connectors.systems.uk_core.records import encounter_row, episode_row, flag_row, last_contacts, relative_row
from connectors.together import together
from connectors.transports.fhir import Bundle, FhirServer, Params
from schema.records import IdentifierSystem

_AT_ONCE = 100
_PATIENT_ROWS = {
    "patients": lambda p: [whole(p)],
    "names": name_rows,
    "births": birth_rows,
    "addresses": address_rows,
    "identifiers": identifier_rows,
}
"""Rows read from the Patient resource alone."""


class Care:
    """A UK Core server."""

    def __init__(self, server: FhirServer) -> None:
        """Keep the server."""
        self._server = server

    async def about(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        """Bring the needed rows about these patients."""
        return united(await together(self._batch(batch, needed) for batch in in_batches(people, _AT_ONCE)))

    async def _batch(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        calls = []
        of_patient = [name for name in needed if name in _PATIENT_ROWS]
        if of_patient:
            calls.append(self._patients(people, of_patient))
        if "episodes" in needed:
            calls.append(self._episodes(people, needed["episodes"]))
        if "encounters" in needed:
            calls.append(self._of("encounters", "Encounter", people))
        if "flags" in needed:
            calls.append(self._of("flags", "Flag", people, (("status", "active"),)))
        if "relatives" in needed:
            calls.append(self._of("relatives", "RelatedPerson", people))
        return united(await together(calls))

    async def pages(self, needed: Needed, since: datetime | None) -> AsyncIterator[Rows]:
        """Bring every patient, changed since then, page by page."""
        del needed
        changed = (("_lastUpdated", f"ge{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"),) if since else ()
        async for patients in self._server.feed("Patient", changed):
            yield {"patients": [whole(patient) for patient in patients]}

    async def candidates(self, traits: Traits, needed: Needed) -> Gathered:
        """Bring the patients with the number, or with one of the names and the date of birth."""
        del needed
        searches: list[Params] = [
            (("identifier", f"{NHS_NUMBER}|{number}"),)
            for system, number in traits.identifiers
            if system is IdentifierSystem.NHS_NUMBER
        ]
        if traits.date_of_birth is not None:
            born = ("birthdate", traits.date_of_birth.isoformat())
            families = dict.fromkeys(n.family for n in traits.names if n.family)
            searches += [(born, ("family", family)) for family in families]
        bundles = await together(self._server.search_privately("Patient", params) for params in searches)
        return united(_patients(bundle) for bundle in bundles)

    async def ping(self) -> datetime | None:
        """Ask what the server can do."""
        await self._server.metadata()
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._server.close()

    async def _patients(self, people: Sequence[str], wanted: list[str]) -> Gathered:
        bundle = await self._server.search("Patient", (("_id", ",".join(people)),))
        for patient in bundle.matches:
            if patient["id"] not in people:
                raise SourceBroken("wrong-person", "Patient")
        rows = {name: [row for p in bundle.matches for row in _PATIENT_ROWS[name](p)] for name in wanted}
        return Gathered(rows, bundle.as_of, bundle.complete)

    async def _of(self, name: str, kind: str, people: Sequence[str], more: Params = ()) -> Gathered:
        bundle = await self._search(kind, people, more)
        make = {"encounters": encounter_row, "flags": flag_row, "relatives": relative_row}[name]
        rows = [make(resource, self._subject(resource, people)) for resource in bundle.matches]
        return Gathered({name: rows}, bundle.as_of, bundle.complete)

    async def _episodes(self, people: Sequence[str], paths: frozenset[str]) -> Gathered:
        """Bring episodes with what the ask needs of their organisation, people, team and last contact."""
        workers = any("_workers" in path for path in paths)
        includes: Params = (("_include", "EpisodeOfCare:organization"),) if _any(paths, "_organisation") else ()
        includes += (("_include", "EpisodeOfCare:care-manager"),) if workers else ()
        nothing = Bundle()
        searches = {"EpisodeOfCare": self._search("EpisodeOfCare", people, includes)}
        if workers or _any(paths, "_team"):
            searches["CareTeam"] = self._search("CareTeam", people, teams.INCLUDES if workers else ())
        if "_last" in paths:
            searches["Encounter"] = self._search("Encounter", people, (("status", "finished"),))
        found = dict(zip(searches, await together(searches.values()), strict=True))
        episodes, care_teams = found["EpisodeOfCare"], found.get("CareTeam", nothing)
        roles = await self._roles(episodes, care_teams) if workers else nothing
        last = last_contacts(found.get("Encounter", nothing).matches, episodes.held, self._server)
        staff = teams.Staff(self._server, episodes, care_teams, roles)
        rows = [
            episode_row(episode, self._subject(episode, people), staff, last, workers=workers)
            for episode in episodes.matches
        ]
        parts = [*found.values(), *([roles] if roles is not nothing else [])]
        return Gathered({"episodes": rows}, oldest([b.as_of for b in parts]), all(b.complete for b in parts))

    async def _roles(self, episodes: Bundle, care_teams: Bundle) -> Bundle:
        """Look up the roles of care managers, who are named without a telephone number."""
        managers = {self._server.reference(inner(e, "careManager")) for e in episodes.matches}
        known = {
            self._server.reference(inner(r, "practitioner"))
            for key, r in care_teams.held.items()
            if key.startswith("PractitionerRole/")
        }
        wanted = sorted(m.partition("/")[2] for m in managers - known if m and m.startswith("Practitioner/"))
        if not wanted:
            return care_teams
        return await self._server.search("PractitionerRole", (("practitioner", ",".join(wanted)),))

    async def _search(self, kind: str, people: Sequence[str], more: Params) -> Bundle:
        bundle = await self._server.search(kind, (("patient", ",".join(people)), *more))
        for resource in bundle.matches:
            self._subject(resource, people)
        return bundle

    def _subject(self, resource: Object, people: Sequence[str]) -> str:
        """Say which patient a resource is about; SourceBroken where it is none of those asked about."""
        about = self._server.reference(inner(resource, "patient") or inner(resource, "subject")) or ""
        kind, _, patient = about.partition("/")
        if kind != "Patient" or patient not in people:
            raise SourceBroken("wrong-person", str(resource["resourceType"]))
        return patient


def _any(paths: Iterable[str], key: str) -> bool:
    return any(path == key or path.startswith(f"{key}.") for path in paths)


def _patients(bundle: Bundle) -> Gathered:
    return Gathered({"patients": [whole(p) for p in bundle.matches]}, bundle.as_of, bundle.complete)
