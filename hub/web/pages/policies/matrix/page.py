"""Every service, kind and role at a glance: how much of each a worker sees for a purpose, by the rules that count."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from hub.graphql.governing.books import book
from hub.graphql.governing.versions import lives
from hub.web.pages.policies.supposing import CHOICES, CONSENT, read
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import KINDS, OFFERED, role_words
from policies.vocabulary import Role
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.services import SERVICES, Service

OF_KIND: Final[Mapping[Kind, frozenset[FieldId]]] = {
    kind: frozenset(name for name, field in CATALOGUE.items() if field.kind is kind) for kind in Kind
}
_SIGNS: Final = {"all": "●", "some": "◐", "none": "○"}


@dataclass(frozen=True, slots=True)
class Cell:
    """How many fields of a kind of a service a role sees, and where that is told field by field."""

    shown: int
    of: int
    path: str

    @property
    def tone(self) -> str:
        """Say whether it is all, some or none."""
        return "none" if not self.shown else "all" if self.shown == self.of else "some"

    @property
    def sign(self) -> str:
        """Give a sign that needs no colour."""
        return _SIGNS[self.tone]

    @property
    def says(self) -> str:
        """Say it in words."""
        return {"all": "everything", "none": "nothing"}.get(self.tone, f"{self.shown} of {self.of} fields")


@dataclass(frozen=True, slots=True)
class Grid:
    """One role's services and kinds."""

    role: Role
    label: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def empty(self) -> bool:
        """Whether the role sees nothing at all."""
        return not any(cell.shown for _, cells in self.rows for cell in cells)


async def matrix(visit: Visit) -> Shown:
    """Show the glance."""
    room, given = visit.governing, read(visit.query)
    rules = await book(room, None)
    grids = []
    for role in Role:
        asker, facts = await given.facts(room, role)
        rows = tuple(
            (SERVICES[s].label, tuple(_cells(rules.ruling(asker, s, facts).permitted, role, s, given.words)))
            for s in SERVICES
        )
        grids.append(Grid(role, role_words(role.value), rows))
    values = {
        "tab": "glance",
        "version": rules.version,
        "rules": len(rules.rows),
        "given": given,
        "offered": OFFERED,
        "consents": CONSENT,
        "choices": CHOICES,
        "kinds": KINDS,
        "means": {kind: kind.means for kind in Kind},
        "grids": [grid for grid in grids if not grid.empty],
        "nothing": [grid.label for grid in grids if grid.empty],
        "draft": await _waiting(visit),
    }
    return Shown("policies/matrix/page.html", "Policies at a glance", values)


def _cells(permitted: frozenset[FieldId], role: Role, service: Service, words: Mapping[str, str]) -> list[Cell]:
    return [
        Cell(
            len(permitted & fields),
            len(fields),
            f"/policies/cell?{urlencode({'role': role.value, 'service': service.value, 'kind': kind.value, **words})}",
        )
        for kind, fields in OF_KIND.items()
    ]


async def _waiting(visit: Visit) -> int:
    """Count versions that wait for somebody."""
    return sum(one.stage in {"PROPOSED", "APPROVED", "SCHEDULED"} for one in await lives(visit.governing))
