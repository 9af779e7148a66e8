"""What officers recorded about one person, as far as it concerns an officer's own agency."""

import strawberry

from schema.governance.allocation import Allocation
from schema.governance.consent import Consent
from schema.governance.not_sharing import DecisionNotToShare
from schema.governance.objection import Objection
from schema.governance.unreadable import UnreadableRecord


@strawberry.type(
    description="What officers recorded about a person and concerns your agency. That you looked is in the ledger."
)
class PersonGovernance:
    """Consents, objections, decisions and allocations of one person."""

    consents: list[Consent] = strawberry.field(description="What was said, oldest first.")
    objections: list[Objection] = strawberry.field(description="Objections to what your agency does.")
    decisions_not_to_share: list[DecisionNotToShare] = strawberry.field(
        description="Your agency's decisions that stand."
    )
    allocations: list[Allocation] = strawberry.field(description="Your agency's workers and teams, newest first.")
    unreadable: list[UnreadableRecord] = strawberry.field(
        description="What is recorded of the person, concerns your agency, and cannot be read."
    )
