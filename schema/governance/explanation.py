"""One question about one field, explained."""

import strawberry

from schema.governance.policy_test import Fact, FactInput
from schema.labels import Label
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.services import Service


@strawberry.input(description="A question about one field, before anybody asks it.")
class ExplainInput:
    """Who asks what, and the facts; those not given are in order."""

    role: str = strawberry.field(description="Who asks.")
    agency: str = strawberry.field(description="Where they work.")
    purpose: Purpose = strawberry.field(description="Why.")
    service: Service = strawberry.field(description="Whose data.")
    field: str = strawberry.field(description="Which field, such as Professional.phone.")
    labels: list[Label] = strawberry.field(description="Labels on the record.", default_factory=list)
    flags: list[Label] = strawberry.field(description="Flags on the person.", default_factory=list)
    facts: list[FactInput] = strawberry.field(description="Facts that are not in order.", default_factory=list)
    version: strawberry.ID | None = strawberry.field(
        description="By which version; the one that counts if none.", default=None
    )


@strawberry.type(description="What is decided of a question about one field, and why.")
class Explanation:
    """A decision, every rule that had a part in it, and both texts."""

    version: strawberry.ID = strawberry.field(description="By which version.")
    verdict: str = strawberry.field(description="What becomes of the field.")
    mask: str | None = strawberry.field(description="Which part of the value is shown.")
    reason: Reason | None = strawberry.field(description="The reason a worker is told.")
    allow: list[str] = strawberry.field(description="Every allow that applied.")
    deny: list[str] = strawberry.field(description="Every deny that applied.")
    duties: list[str] = strawberry.field(description="What is owed where it is shown.")
    near_misses: list[str] = strawberry.field(description="Rules that nearly allowed it, and on what each failed.")
    worker: str = strawberry.field(description="What the worker reads where something is held.")
    worker_not_held: str = strawberry.field(description="What the worker reads where nothing is.")
    auditor: str = strawberry.field(description="What an auditor reads.")


@strawberry.type(
    description="How one source was decided in one question, as the ledger has it. It never says about whom."
)
class RecordedDecision:
    """A recorded decision, explained as far as the ledger tells what it rested on."""

    id: strawberry.ID = strawberry.field(description="The record's id in the ledger.")
    at: str = strawberry.field(description="When (UTC).")
    role: str = strawberry.field(description="Who asked.")
    organisation: str = strawberry.field(description="Of which agency.")
    purpose: Purpose = strawberry.field(description="Why.")
    version: strawberry.ID = strawberry.field(description="By which version.")
    path: str = strawberry.field(description="What was asked about.")
    source: strawberry.ID = strawberry.field(description="At which source.")
    service: Service = strawberry.field(description="Of which service.")
    called: bool = strawberry.field(description="Whether the source was asked.")
    asked: list[str] = strawberry.field(description="The fields asked for.")
    permitted: list[str] = strawberry.field(description="Those permitted.")
    rules: list[str] = strawberry.field(description="Every rule that had a part in it.")
    facts: list[Fact] = strawberry.field(description="What it was decided on.")
    explanation: Explanation | None = strawberry.field(
        description="The same decided again for a record without labels; none where it cannot be.",
        default=None,
    )
