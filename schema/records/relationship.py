"""Relationships: family and household. Each person named is decided on separately."""

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.described import Described, closed_list
from schema.fields import held, record
from schema.kinds import Kind
from schema.records.provenance import Record

if TYPE_CHECKING:
    from schema.person import Person


@closed_list
class RelationshipType(Described):
    """What the other person is to this one."""

    MOTHER = "MOTHER", "Mother."
    FATHER = "FATHER", "Father."
    PARENT = "PARENT", "Parent, not said which."
    STEP_PARENT = "STEP_PARENT", "Step-parent or a parent's partner."
    SIBLING = "SIBLING", "Brother or sister, half- or step-siblings included."
    CHILD = "CHILD", "Son or daughter."
    CARER = "CARER", "Foster carer, guardian or other carer."
    HOUSEHOLD = (
        "HOUSEHOLD",
        "Lives at the same address; how they are related is not recorded.",
    )
    OTHER = "OTHER", "Another relationship."


@record
@strawberry.type(description="A relative or member of the household, as one source holds it.")
class Relationship(Record):
    """A relative or member of the household."""

    type: RelationshipType | None = held(kind=Kind.IDENTITY, means="What the other person is to this one.")
    name: str | None = held(kind=Kind.IDENTITY, means="The other person's name as the source writes it.")
    parental_responsibility: bool | None = held(
        kind=Kind.IDENTITY,
        means="Whether the other person holds parental responsibility, where recorded.",
    )
    same_household: bool | None = held(kind=Kind.IDENTITY, means="Whether they are recorded at the same address now.")
    start: date | None = held(kind=Kind.IDENTITY, means="First day of the relationship, where recorded.")
    end: date | None = held(kind=Kind.IDENTITY, means="Last day of the relationship, where recorded.")
    person: Annotated["Person", strawberry.lazy("schema.person")] | None = strawberry.field(
        description="The other person, decided on separately; null where unknown or not permitted.",
        default=None,
        metadata={"envelope": True},
    )
    local_id: strawberry.Private[str | None] = field(default=None, metadata={"envelope": True})
