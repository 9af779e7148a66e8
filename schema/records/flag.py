"""Flags: what a worker must know before acting."""

from datetime import date

import strawberry

from schema.fields import held, record
from schema.kinds import Kind
from schema.labels import Label
from schema.records.provenance import Record


@record
@strawberry.type(description="A flag on the person's record at a source.")
class Flag(Record):
    """A flag: its kind, and what it says."""

    code: str | None = held(kind=Kind.DETAIL, means="The flag's kind, in the source's words.")
    text: str | None = held(kind=Kind.DETAIL, label=Label.SPECIAL_CATEGORY, means="What the flag says.")
    start: date | None = held(kind=Kind.DETAIL, means="When it was set.")
    review_due: date | None = held(kind=Kind.DETAIL, means="When it is to be reviewed.")
