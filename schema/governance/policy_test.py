"""Tests attached to a version of the rules."""

import strawberry

from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service


@strawberry.type(description="A fact by its name, and its word.")
class Fact:
    """One fact."""

    name: str = strawberry.field(description="Which fact.")
    word: str = strawberry.field(description="Its word.")


@strawberry.input(description="A fact by its name, and its word.")
class FactInput:
    """One fact."""

    name: str = strawberry.field(description="Which fact.")
    word: str = strawberry.field(description="Its word.")


@strawberry.type(description="A question and the verdict it must come to.")
class PolicyTest:
    """One attached test, and whether it holds."""

    where: str = strawberry.field(description="A name for it.")
    role: str = strawberry.field(description="Who asks.")
    agency: str = strawberry.field(description="Where they work.")
    purpose: Purpose = strawberry.field(description="Why.")
    service: Service = strawberry.field(description="Whose data.")
    field: str = strawberry.field(description="Which field.")
    labels: list[Label] = strawberry.field(description="Labels on the record.")
    facts: list[Fact] = strawberry.field(description="What is true of the question; all of them.")
    flags: list[Label] = strawberry.field(description="Flags on the person.")
    expect: str = strawberry.field(description="The verdict expected.")
    why: str = strawberry.field(description="In English, what it stands for.")
    fault: str | None = strawberry.field(
        description="How the rules decide it otherwise; none where it holds.", default=None
    )


@strawberry.input(description="A question and the verdict it must come to.")
class PolicyTestInput:
    """One test to be attached."""

    where: str = strawberry.field(description="A name for it.")
    role: str = strawberry.field(description="Who asks.")
    agency: str = strawberry.field(description="Where they work.")
    purpose: Purpose = strawberry.field(description="Why.")
    service: Service = strawberry.field(description="Whose data.")
    field: str = strawberry.field(description="Which field.")
    labels: list[Label] = strawberry.field(description="Labels on the record.")
    facts: list[FactInput] = strawberry.field(description="What is true of the question; all of them.")
    flags: list[Label] = strawberry.field(description="Flags on the person.")
    expect: str = strawberry.field(description="The verdict expected.")
    why: str = strawberry.field(description="In English, what it stands for.")
