"""The ground truth, kept beside the systems' data for tests alone: who each local id really is."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hub.demo.agencies import Source
from hub.demo.books.ssd import DUPLICATE_ID
from hub.demo.cast import CONSENT_WITHDRAWN_DAYS
from hub.demo.mistakes import Mistake
from hub.demo.population import Population

FILE = "truth.json"


@dataclass(frozen=True, slots=True)
class TruePerson:
    """One person: their local ids by source, and the slip each source made in writing them down."""

    key: str
    role: str
    family: str
    given: str
    surname: str
    born: date | None
    links: dict[str, tuple[str, ...]]
    mistakes: dict[str, str]
    restrictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so: people by key, the cast by its keys, pairs that must never link, and look-alike strangers."""

    children: int
    seed: int
    today: date
    people: dict[str, TruePerson]
    cast: dict[str, str]
    never_link: tuple[tuple[str, str], ...]
    strangers: tuple[tuple[str, str], ...]
    consent_withdrawn: dict[str, date]

    def cast_member(self, key: str) -> TruePerson:
        """Give a child of the cast."""
        return self.people[self.cast[key]]

    def by_local_id(self) -> dict[tuple[str, str], str]:
        """Give the person key of every (source, local id)."""
        return {(s, i): p.key for p in self.people.values() for s, ids in p.links.items() for i in ids}


def write_truth(population: Population, children: int, folder: Path) -> None:
    """Write the truth of a population to ``truth.json``."""
    people: dict[str, dict[str, object]] = {}
    for family in population.families:
        for p in family.members:
            people[p.key] = {
                "role": str(p.role),
                "family": p.family,
                "given": p.name.given,
                "surname": p.name.family,
                "born": p.born.isoformat() if p.born else None,
                "links": {},
                "mistakes": {},
                "restrictions": [str(r) for r in p.restrictions],
            }
    links, mistakes = _links(population)
    for key, told in people.items():
        told["links"], told["mistakes"] = links.get(key, {}), mistakes.get(key, {})
    withdrawn = date.fromordinal(population.today.toordinal() - CONSENT_WITHDRAWN_DAYS)
    content = {
        "children": children,
        "seed": population.seed,
        "today": population.today.isoformat(),
        "people": people,
        "cast": population.cast,
        "never_link": population.never_link,
        "strangers": population.strangers,
        "consent_withdrawn": {population.cast["step-down"]: withdrawn.isoformat()},
    }
    (folder / FILE).write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")


def _links(population: Population) -> tuple[dict[str, dict[str, list[str]]], dict[str, dict[str, str]]]:
    links: dict[str, dict[str, list[str]]] = {}
    mistakes: dict[str, dict[str, str]] = {}
    for source, entries in population.entries.items():
        for entry in entries:
            key = entry.person.key
            links.setdefault(key, {})[str(source)] = [entry.local_id]
            if entry.written.mistake is not Mistake.NONE:
                mistakes.setdefault(key, {})[str(source)] = str(entry.written.mistake)
    links[population.cast["main"]][str(Source.SOCIAL_CARE)].append(DUPLICATE_ID)
    return links, mistakes


def read_truth(folder: Path) -> Truth:
    """Read ``truth.json`` from a demo folder."""
    content = json.loads((folder / FILE).read_text("utf-8"))
    people = {key: _person(key, told) for key, told in content["people"].items()}
    return Truth(
        content["children"],
        content["seed"],
        date.fromisoformat(content["today"]),
        people,
        content["cast"],
        tuple((a, b) for a, b in content["never_link"]),
        tuple((a, b) for a, b in content["strangers"]),
        {key: date.fromisoformat(day) for key, day in content["consent_withdrawn"].items()},
    )


def _person(key: str, told: dict[str, Any]) -> TruePerson:
    return TruePerson(
        key,
        told["role"],
        told["family"],
        told["given"],
        told["surname"],
        date.fromisoformat(told["born"]) if told["born"] else None,
        {source: tuple(ids) for source, ids in told["links"].items()},
        told["mistakes"],
        tuple(told["restrictions"]),
    )
