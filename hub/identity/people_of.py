"""People of: whoever brings a token of an issuer where people also sign in with a browser is one of those people.

Else one person would be two: with two budgets, two names in the ledger, and an agreement with themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from hub.identity.issuers.configured import IssuerConfig
from hub.identity.issuers.reading import read_sign_in
from hub.identity.naming import ByClaims
from hub.identity.sessions import SessionLimits
from hub.settings import Environment, Settings, SettingsError

LATELY: Final = SessionLimits().lately
"""Seconds, where nothing else is configured."""


@dataclass(frozen=True, slots=True)
class People:
    """The issuers at which people sign in, by id, and how long ago somebody may have done so for what is grave."""

    issuers: Mapping[str, IssuerConfig]
    lately: int = LATELY

    @classmethod
    def of(cls, settings: Settings) -> "People":
        """Read the sign-in file, if there is one; WrongSignIn lists its mistakes."""
        if settings.sign_in is None:
            return cls({})
        found = read_sign_in(settings.sign_in, production=settings.env is Environment.PRODUCTION)
        return cls(found.by_id(), found.sessions.limits.lately)

    def named(self, naming: ByClaims, issuer: str, chosen: str | None = None, place: str = "HUB_ISSUER") -> ByClaims:
        """Give who names the people of an issuer's tokens; ``chosen`` is the id of the sign-in they are known by.

        SettingsError where there is none such, or where another's people are called what these would be.
        """
        if chosen is not None and chosen not in self.issuers:
            raise SettingsError(f"{place}: people_of names no issuer of HUB_SIGN_IN")
        same = next((i for i in self.issuers.values() if i.issuer == issuer), None)
        theirs = self.issuers[chosen] if chosen is not None else same
        if theirs is not None:
            return replace(naming, prefix="", people=theirs.id, apart=theirs.subject)
        if naming.prefix.rstrip(":") in self.issuers:
            raise SettingsError(
                f"{place}: HUB_SIGN_IN has another issuer of that id: give one of them another name, or say people_of"
            )
        return replace(naming, others=naming.others | self.issuers.keys())
