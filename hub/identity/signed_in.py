"""Somebody an issuer vouched for, and what the configuration makes of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in: ``subject`` is the hub's name for them, ``sub`` and ``sid`` the issuer's for them and its session.

    ``authenticated`` is when they proved who they are, in seconds since 1970; 0 where the issuer does not say.
    """

    issuer: str
    subject: str = field(repr=False)
    name: str = field(repr=False)
    sub: str = field(repr=False)
    sid: str | None = field(repr=False)
    id_token: str = field(repr=False)
    authenticated: int
    role: str
    organisation: str
    team: str | None = None
