"""Who gains and who loses between two versions, exactly."""

import strawberry

from schema.governance.situation import Situation
from schema.purposes import Purpose
from schema.services import Service


@strawberry.type(description="One change: who asks what, in which situations, and what becomes of it.")
class PolicyChange:
    """Fields that change alike."""

    direction: str = strawberry.field(description="gains, loses, or owes: the same with other duties.")
    role: str = strawberry.field(description="Who asks.")
    agencies: str = strawberry.field(description="Of which agencies, in words.")
    purposes: list[Purpose] = strawberry.field(description="For which purposes.")
    service: Service = strawberry.field(description="Whose data.")
    fields: list[str] = strawberry.field(description="Which fields.")
    carrying: list[list[str]] = strawberry.field(description="Labels that must be there: one of each list.")
    when: list[Situation] = strawberry.field(description="In which situations.")
    before: str = strawberry.field(description="What it was.")
    after: str = strawberry.field(description="What it becomes.")


@strawberry.type(description="Every change from one version to another. Nothing is sampled.")
class PolicyDiff:
    """A diff: its counts, and its changes as far as they are asked for."""

    before: strawberry.ID = strawberry.field(description="From which version.")
    after: strawberry.ID = strawberry.field(description="To which.")
    gains: int = strawberry.field(description="Rights gained: a role, a purpose, a service and a field each.")
    loses: int = strawberry.field(description="Rights lost.")
    owes: int = strawberry.field(description="Rights with other duties.")
    total: int = strawberry.field(description="How many changes there are.")
    changes: list[PolicyChange] = strawberry.field(description="The changes, from the first asked for.")
