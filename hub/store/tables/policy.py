"""Stored versions of the rules: a rulebook's rows, its tests and the steps of its life. Rows are only ever added.

The database itself refuses to change or remove any of them (triggers of migration 0003), and to add a rule or a test
to a rulebook whose life has begun.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer
from sqlmodel import Field, SQLModel

OF = "rulebook.version"


class RulebookRow(SQLModel, table=True):
    """A version of the rules: ``version`` is the beginning of ``digest``, which is of every cell of every rule."""

    __tablename__ = "rulebook"

    version: str = Field(primary_key=True)
    digest: str
    examples_digest: str
    parent: str | None = Field(default=None, foreign_key=OF)
    author: str
    agency: str
    reason: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class RuleCells(SQLModel, table=True):
    """One rule of a version, each cell in a column of its own, spelled as in ``rules.csv``."""

    __tablename__ = "rulebook_rule"

    version: str = Field(primary_key=True, foreign_key=OF)
    id: str = Field(primary_key=True)
    role: str
    agency: str
    purpose: str
    service: str
    kind: str
    field: str
    sensitivity: str
    when: str
    effect: str
    on_deny: str
    obligation: str
    duties: str
    reason: str
    why: str


class ExampleCells(SQLModel, table=True):
    """One test attached to a version: a question and the verdict expected; ``facts`` are ``name=WORD``, spaced."""

    __tablename__ = "rulebook_example"

    version: str = Field(primary_key=True, foreign_key=OF)
    place: int = Field(primary_key=True)
    where: str
    role: str
    agency: str
    purpose: str
    service: str
    field: str
    labels: str
    facts: str
    flags: str
    expect: str
    why: str


class StepRow(SQLModel, table=True):
    """One step in the life of a version: what was done, by whom of which agency, and the stage it came to.

    ``sequence`` says which step came after which: the database gives it. ``parent`` is the version a draft was made
    from. ``ledger_record`` is the audited event that was durable before the step was taken.
    """

    __tablename__ = "rulebook_step"

    sequence: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    version: str = Field(sa_column=Column(ForeignKey(OF), nullable=False, index=True))
    act: str
    stage: str
    actor: str
    role: str
    agency: str
    reason: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    effective_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    parent: str | None = None
    errors: int | None = None
    warnings: int | None = None
    gained: int | None = None
    lost: int | None = None
    ledger_record: str
