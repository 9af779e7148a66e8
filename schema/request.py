"""What every question about a child states: why it is asked, and on which referral or case."""

import strawberry

from schema.purposes import Purpose


@strawberry.input(description="Why you ask. Your role and organisation come from your sign-in, never from here.")
class RequestContext:
    """Why a question is asked."""

    purpose: Purpose = strawberry.field(description="Why you ask.")
    reference: str | None = strawberry.field(
        description="The referral or case reference; purposes that need one refuse a question without it.", default=None
    )
