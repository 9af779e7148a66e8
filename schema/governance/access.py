"""Who can see a field."""

import strawberry

from schema.governance.situation import Situation
from schema.purposes import Purpose
from schema.services import Service


@strawberry.type(description="One way to see a field: who, for what, in which form, by which rules.")
class Access:
    """One way to see a field."""

    role: str = strawberry.field(description="Who asks.")
    agencies: str = strawberry.field(description="Of which agencies, in words.")
    purposes: list[Purpose] = strawberry.field(description="For which purposes.")
    service: Service = strawberry.field(description="Whose data.")
    form: str = strawberry.field(description="In what form it is seen.")
    when: list[Situation] = strawberry.field(description="In which situations.")
    allow: list[str] = strawberry.field(description="The allows that have a part in it.")
    deny: list[str] = strawberry.field(description="The denies that have a part in it.")
