"""A partner's client: whose system it is, how it proves it, and what it may ask at most."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from joserfc.jwk import Key

from hub.identity.requester import Bound, Speaks

CLIENT_ID: Final = re.compile(r"[a-z][a-z0-9-]{2,39}")

KEPT: Final = frozenset({"web", "hub", "hub-command-line"})
"""Names of the hub's own: a client of that id would be counted, and told apart in the ledger, as one of them."""

LIFETIME: Final = 600
"""Seconds a token is valid for, where the client was given no other."""

LONGEST: Final = 3_600
"""Seconds no client's tokens outlast."""


class Method(StrEnum):
    """How a client proves that it is the one registered."""

    SECRET = "client_secret"  # noqa: S105 -- the name of a way, not a secret
    KEY = "private_key_jwt"
    CERTIFICATE = "self_signed_tls_client_auth"


@dataclass(frozen=True, slots=True)
class PartnerClient:
    """One client as it stands now. ``certificate`` is the thumbprint it must show, none where it need not.

    ``generation`` is in every token: one of an earlier generation is no longer believed.
    """

    id: str
    name: str
    organisation: str
    role: str
    bound: Bound
    method: Method
    on_behalf_of: bool
    lifetime: int
    generation: int
    certificate: str | None = None
    keys: Mapping[str, Key] = field(default_factory=dict, repr=False)
    revoked: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """The hashes of its secrets that are valid now."""
    speaks: Speaks | None = None
    """For whom it speaks, where it is another authority's hub; none for every other system."""

    @property
    def subject(self) -> str:
        """Give what the ledger knows it by; no issuer's people are called so (see ``hub/identity/trusted.py``)."""
        return f"partner:{self.id}"
