"""A rule as a row of typed words."""

import strawberry


@strawberry.type(description="A rule: a row of words of closed lists; `*` is any.")
class PolicyRule:
    """One rule."""

    id: str = strawberry.field(description="The rule's id.")
    role: list[str] = strawberry.field(description="Who asks.")
    agency: list[str] = strawberry.field(description="Where they work.")
    purpose: list[str] = strawberry.field(description="Why.")
    service: list[str] = strawberry.field(description="Whose data.")
    kind: list[str] = strawberry.field(description="Which kinds of data.")
    field: list[str] = strawberry.field(description="Which fields.")
    sensitivity: list[str] = strawberry.field(description="Up to which tier, or which labels.")
    when: list[str] = strawberry.field(description="The conditions, all of which must hold.")
    effect: str = strawberry.field(description="allow or deny.")
    on_deny: str = strawberry.field(description="What a deny leaves.", default="")
    obligation: str = strawberry.field(description="Which part of the value is shown.", default="")
    duties: list[str] = strawberry.field(description="What an allow asks in return.", default_factory=list)
    reason: str = strawberry.field(description="The reason a worker is told.", default="")
    why: str = strawberry.field(description="In English, what the rule is for.", default="")


@strawberry.input(description="A rule to be put in a new version. Every word is checked.")
class PolicyRuleInput:
    """One rule as it is to be."""

    id: str = strawberry.field(description="The rule's id.")
    role: list[str] = strawberry.field(description="Who asks.")
    agency: list[str] = strawberry.field(description="Where they work.")
    purpose: list[str] = strawberry.field(description="Why.")
    service: list[str] = strawberry.field(description="Whose data.")
    kind: list[str] = strawberry.field(description="Which kinds of data.")
    field: list[str] = strawberry.field(description="Which fields.")
    sensitivity: list[str] = strawberry.field(description="Up to which tier, or which labels.")
    when: list[str] = strawberry.field(description="The conditions, all of which must hold.")
    effect: str = strawberry.field(description="allow or deny.")
    on_deny: str = strawberry.field(description="What a deny leaves.", default="")
    obligation: str = strawberry.field(description="Which part of the value is shown.", default="")
    duties: list[str] = strawberry.field(description="What an allow asks in return.", default_factory=list)
    reason: str = strawberry.field(description="The reason a worker is told.", default="")
    why: str = strawberry.field(description="In English, what the rule is for.", default="")
