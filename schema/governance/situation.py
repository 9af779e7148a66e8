"""Situations: facts that must hold."""

import strawberry


@strawberry.type(description="A fact and the words of which it must be one.")
class SituationFact:
    """One fact of a situation."""

    name: str = strawberry.field(description="Which fact.")
    words: list[str] = strawberry.field(description="The words it may be.")


@strawberry.type(description="Facts that must hold; those not named do not matter.")
class Situation:
    """One situation."""

    facts: list[SituationFact] = strawberry.field(description="The facts.")
    says: str = strawberry.field(description="The same in English.")
