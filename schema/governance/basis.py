"""What in law questions rest on."""

from datetime import date

import strawberry

from schema.governance.problem import Problem
from schema.lawful_bases import LawfulBasis


@strawberry.type(description="A lawful basis, who may rely on it, and since when.")
class Basis:
    """One lawful basis."""

    basis: LawfulBasis = strawberry.field(description="The basis.")
    law: str = strawberry.field(description="The provision.")
    who: list[str] = strawberry.field(description="Which bodies may rely on it.")
    needs_consent: bool = strawberry.field(description="Whether it needs consent.")
    start: date | None = strawberry.field(
        description="From when it is relied on; none while it awaits a day.", default=None
    )
    end: date | None = strawberry.field(description="Last day.", default=None)


@strawberry.type(description="What became of setting the day a basis begins.")
class BasisResult:
    """The basis, or why it was not changed."""

    basis: Basis | None = strawberry.field(description="The basis as it is now.", default=None)
    problem: Problem | None = strawberry.field(description="Why it was not done; none where it was.", default=None)
