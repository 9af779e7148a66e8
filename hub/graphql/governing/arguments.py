"""Arguments that several fields take, described once."""

from typing import Annotated

import strawberry

from schema.labels import Label

VersionId = Annotated[strawberry.ID, strawberry.argument(description="A version's id.")]
OneVersion = Annotated[
    strawberry.ID | None, strawberry.argument(description="A version's id; the one that counts if none.")
]
PersonId = Annotated[strawberry.ID, strawberry.argument(description="The hub's id of the person.")]
RecordId = Annotated[strawberry.ID, strawberry.argument(description="The record's id.")]
Why = Annotated[str, strawberry.argument(description="Why, in a sentence; it is kept with the step.")]
Flags = Annotated[list[Label], strawberry.argument(description="Flags on the person.")]
Labels = Annotated[list[Label], strawberry.argument(description="Labels on the record.")]
