"""Who the hub takes you for."""

import strawberry


@strawberry.type(description="Who the hub takes you for, from your sign-in.")
class Me:
    """The requester, as the credential says."""

    name: str = strawberry.field(description="Your name.")
    role: str = strawberry.field(description="Your role.")
    role_means: str = strawberry.field(description="What the role does.")
    organisation: str = strawberry.field(description="Your organisation.")
