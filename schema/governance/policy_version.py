"""Versions of the rules: what was done to each, and what each is made of."""

from datetime import datetime

import strawberry

from schema.governance.policy_test import PolicyTest, PolicyTestInput
from schema.governance.problem import Problem
from schema.governance.rule import PolicyRule, PolicyRuleInput


@strawberry.type(description="One step in the life of a version.")
class PolicyStep:
    """What was done, by whom, when, and what was found."""

    act: str = strawberry.field(description="What was done.")
    stage: str = strawberry.field(description="The stage it led to.")
    actor: str = strawberry.field(description="Who did it, by their id at sign-in.")
    role: str = strawberry.field(description="Their role.")
    agency: str = strawberry.field(description="Their agency.")
    reason: str = strawberry.field(description="Why, in their words.")
    at: datetime = strawberry.field(description="When, by the database's time (UTC).")
    effective_at: datetime | None = strawberry.field(description="From when it is to count.", default=None)
    errors: int | None = strawberry.field(description="Faults found.", default=None)
    warnings: int | None = strawberry.field(description="Doubts found.", default=None)
    gained: int | None = strawberry.field(description="Rights gained.", default=None)
    lost: int | None = strawberry.field(description="Rights lost.", default=None)
    ledger_record: str = strawberry.field(description="The event in the ledger that was durable before it.", default="")


@strawberry.type(description="A version of the rules and its life. What it is made of never changes.")
class PolicyVersion:
    """One version by its steps."""

    id: strawberry.ID = strawberry.field(description="Its id: the beginning of a digest of all its rules.")
    stage: str = strawberry.field(
        description="Where it stands in its life: from DRAFT to ACTIVE, then SUPERSEDED or ROLLED_BACK."
    )
    active: bool = strawberry.field(description="Whether it is the version that counts.")
    history: list[PolicyStep] = strawberry.field(description="What was done to it, oldest first.")


@strawberry.type(description="What a version is made of.")
class PolicyContent:
    """A version's rules, tests, and where it comes from."""

    id: strawberry.ID = strawberry.field(description="The version's id.")
    digest: str = strawberry.field(description="The SHA-256 of all its rules' cells.")
    parent: strawberry.ID | None = strawberry.field(description="The version it was made from.")
    author: str = strawberry.field(description="Who wrote it, by their id at sign-in.")
    agency: str = strawberry.field(description="Their agency.")
    reason: str = strawberry.field(description="Why, in their words.")
    made_at: datetime = strawberry.field(description="When (UTC).")
    must_approve: list[str] = strawberry.field(
        description="The agencies whose data it is about: another person of each must approve it."
    )
    rules: list[PolicyRule] = strawberry.field(description="Its rules, in order of id.")
    tests: list[PolicyTest] = strawberry.field(description="Its tests, each run now.")


@strawberry.input(description="Edits from which a new version is made. The version they start from stays as it is.")
class DraftInput:
    """A draft: rows put in or taken out."""

    reason: str = strawberry.field(description="Why, in a sentence; it is kept with the version.")
    start: strawberry.ID | None = strawberry.field(
        description="The version to start from; the one that counts if none.", default=None
    )
    put: list[PolicyRuleInput] = strawberry.field(
        description="Rules to put in, each in the place of one with its id.", default_factory=list
    )
    remove: list[str] = strawberry.field(description="Ids of rules to take out.", default_factory=list)
    attach: list[PolicyTestInput] = strawberry.field(
        description="Tests to attach, each in the place of one with its name.", default_factory=list
    )
    detach: list[str] = strawberry.field(description="Names of tests to take away.", default_factory=list)


@strawberry.type(description="What became of a step.")
class PolicyResult:
    """The version as it stands, or why the step was not taken."""

    version: PolicyVersion | None = strawberry.field(description="The version as it stands now.", default=None)
    findings: list[str] = strawberry.field(description="What looking at it found.", default_factory=list)
    must_approve: list[str] = strawberry.field(description="The agencies that must approve it.", default_factory=list)
    problem: Problem | None = strawberry.field(description="Why it was not done; none where it was.", default=None)
