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
    reason: str | None = strawberry.field(
        description="Why you ask, in your own words, up to 500 characters. It is kept sealed with the record of your"
        " question, and read only when that is reviewed. Some answers are given only to whoever says why.",
        default=None,
    )
    i_work_with_this_child: bool = strawberry.field(
        description="You say that you work with this child, though no allocation shows it. Say why as well.",
        default=False,
    )
