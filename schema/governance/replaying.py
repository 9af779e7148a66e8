"""Recorded questions decided again."""

import strawberry

from schema.services import Service


@strawberry.type(description="One field of one service for one role, counted in recorded decisions.")
class ReplayedField:
    """How many decisions gain or lose a field."""

    role: str = strawberry.field(description="Who asked.")
    service: Service = strawberry.field(description="Whose data.")
    field: str = strawberry.field(description="Which field.")
    gained: int = strawberry.field(description="In how many it would be shown and was not.")
    lost: int = strawberry.field(description="In how many it was shown and would not be.")


@strawberry.type(description="What a version would have meant to questions that were really asked. Nobody is named.")
class Replay:
    """Recorded decisions made again by two versions."""

    decisions: int = strawberry.field(description="Decisions replayed.")
    changed: int = strawberry.field(description="Decisions that change.")
    not_replayable: int = strawberry.field(description="Decisions that the ledger does not tell all of.")
    astray: int = strawberry.field(
        description="Decisions recorded otherwise than the first version makes them: none, or look into the ledger."
    )
    fields: list[ReplayedField] = strawberry.field(description="Which fields are gained and lost.")
