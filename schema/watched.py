"""Watching: what somebody is told who asked to be told when it changes who is involved with a child."""

from datetime import datetime

import strawberry

from schema.described import Described, closed_list
from schema.person import Person
from schema.services import Service
from schema.sizes import sized


@closed_list
class SeenChange(Described):
    """What became of one source's part since it was last told."""

    SHOWN = "SHOWN", "Involvements are shown now and none were: the service became involved, or you may see it now."
    CHANGED = "CHANGED", "Of the involvements shown, something is not as it was: one more, one less, or a field."
    GONE = "GONE", "No involvement is shown any more: none is held, or you may not see it now."
    SILENT = "SILENT", "The source stopped answering: whether anything changed there is not known."
    HEARD = "HEARD", "The source answers again, and nothing you may see changed meanwhile."


@strawberry.type(description="One source whose part changed since it was last told.")
class SourceChange:
    """One source's change."""

    source: strawberry.ID = strawberry.field(description="The source's short name, as in `sources`.")
    service: Service = strawberry.field(description="The service it belongs to.")
    change: SeenChange = strawberry.field(description="What changed.")


@strawberry.type(description="Who is involved with a child: as it is when the watch begins, and whenever that changes.")
class InvolvementChanged:
    """What is told at once, and again at every change."""

    seen_at: datetime = strawberry.field(description="When the hub looked (UTC).")
    changes: list[SourceChange] = strawberry.field(
        description="What changed since it was last told, source by source; empty the first time.",
        directives=[sized(10)],
    )
    person: Person | None = strawberry.field(
        description="The person as you may see them now, decided anew. Null for one who does not exist or may not be"
        " known to."
    )
