"""Data sharing agreements."""

from datetime import date

import strawberry

from schema.governance.problem import Problem
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose


@strawberry.type(description="What an agreement lets be seen, or bars. `*` is all; an empty list is none.")
class AgreementItem:
    """One data item."""

    effect: str = strawberry.field(description="allow or deny; a deny wins.")
    services: list[str] = strawberry.field(description="Services.")
    kinds: list[str] = strawberry.field(description="Kinds of data.")
    fields: list[str] = strawberry.field(description="Fields.")
    consumers: list[str] = strawberry.field(description="Who may see it.")
    purposes: list[str] = strawberry.field(description="For what.")
    start: date | None = strawberry.field(description="First day, where it is narrowed.", default=None)
    until: date | None = strawberry.field(description="Last day, where it is narrowed.", default=None)


@strawberry.type(description="A data sharing agreement: a provider's data for its consumers.")
class Agreement:
    """One agreement and what it is worth today."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    title: str = strawberry.field(description="Its title.")
    provider: str = strawberry.field(description="Whose data it is about.")
    consumers: list[str] = strawberry.field(description="Who may see them.")
    purposes: list[Purpose] = strawberry.field(description="For what.")
    lawful_bases: list[LawfulBasis] = strawberry.field(description="What it rests on in law.")
    dpia: str = strawberry.field(description="The data protection impact assessment's reference.")
    status: str = strawberry.field(description="draft, signed, suspended or ended.")
    today: str = strawberry.field(description="What it is worth today: IN_FORCE, PAST_REVIEW, EXPIRED or NONE.")
    start: date = strawberry.field(description="First day.")
    review: date = strawberry.field(description="When it is to be looked at again.")
    expiry: date = strawberry.field(description="Last day.")
    items: list[AgreementItem] = strawberry.field(description="What it is about.")
    document: str = strawberry.field(description="The agreement as JSON, to import elsewhere.")


@strawberry.type(description="What became of changing an agreement.")
class AgreementResult:
    """The agreement, or why it was not changed."""

    agreement: Agreement | None = strawberry.field(description="The agreement as it is now.", default=None)
    warnings: list[str] = strawberry.field(description="What whoever signs it should know.", default_factory=list)
    problem: Problem | None = strawberry.field(description="Why it was not done; none where it was.", default=None)
