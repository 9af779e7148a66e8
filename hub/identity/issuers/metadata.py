"""What an issuer publishes of itself (OpenID Connect Discovery 1.0), fetched from its own address and kept an hour.

Of the document only what is named here is taken: Authlib hands a whole document on as options of its HTTP client,
where an issuer could switch off the checking of certificates.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from hub.identity.issuers.configured import IssuerConfig
from hub.identity.remote_keys import Fetch, KeysUnread, RemoteKeys, fetch_keys
from hub.identity.strictly import read_object

FRESH: Final = 3_600.0
"""Seconds for which the document counts."""

SPARE: Final = 10.0
"""Seconds after a failed fetch before the next."""

WELL_KNOWN: Final = "/.well-known/openid-configuration"


class IssuerAway(Exception):
    """The issuer cannot be asked, or what it publishes cannot be used; the message is a code for the log."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where an issuer is asked; ``names_itself`` says that it names itself to whoever comes back (RFC 9207)."""

    authorize: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    names_itself: bool


def read_metadata(issuer: str, text: bytes) -> Metadata:
    """Read the document; IssuerAway where it is another's or sends the hub to what is no secure address."""
    try:
        said = read_object(text)
    except ValueError:
        raise IssuerAway("metadata-not-json") from None
    if said.get("issuer") != issuer:
        raise IssuerAway("metadata-of-another")
    return Metadata(
        _address(issuer, said, "authorization_endpoint"),
        _address(issuer, said, "token_endpoint"),
        _address(issuer, said, "jwks_uri"),
        _address(issuer, said, "userinfo_endpoint") if "userinfo_endpoint" in said else None,
        _address(issuer, said, "end_session_endpoint") if "end_session_endpoint" in said else None,
        said.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(issuer: str, said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    parts = urlsplit(value) if isinstance(value, str) else None
    secure = parts is not None and parts.scheme in {"https", urlsplit(issuer).scheme} and bool(parts.hostname)
    if parts is None or not secure or parts.username is not None or parts.fragment:
        raise IssuerAway("metadata-bad-address")
    return str(value)


class Published:
    """What one issuer publishes: its addresses, and its keys by their ids."""

    def __init__(
        self,
        issuer: IssuerConfig,
        failed: Callable[[str], None],
        *,
        fetch: Fetch = fetch_keys,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the issuer, and whom to tell by a code that its keys could not be read."""
        self._issuer = issuer.issuer
        self._failed = failed
        self._fetch = fetch
        self._clock = clock
        self._metadata: Metadata | None = None
        self._keys: RemoteKeys | None = None
        self._read_at = self._failed_at = float("-inf")

    async def metadata(self) -> Metadata:
        """Give what it publishes, fetching it again where it is old; IssuerAway where that cannot be had."""
        now = self._clock()
        if self._metadata is not None and now - self._read_at < FRESH:
            return self._metadata
        if now - self._failed_at < SPARE:
            raise IssuerAway("lately-away")
        try:
            text = await self._fetch(self._issuer.rstrip("/") + WELL_KNOWN)
            read = read_metadata(self._issuer, text)
        except (KeysUnread, IssuerAway) as error:
            self._failed_at = now
            raise IssuerAway(str(error)) from None
        if self._keys is None or self._metadata is None or self._metadata.keys != read.keys:
            self._keys = RemoteKeys(read.keys, self._failed, fetch=self._fetch, clock=self._clock)
        self._metadata, self._read_at = read, now
        return read

    @property
    def keys(self) -> RemoteKeys | None:
        """Give its keys; none before its metadata were read."""
        return self._keys

    @property
    def end_session_seen(self) -> str | None:
        """Give where its own sign-out is, if that is known already."""
        return self._metadata.end_session if self._metadata else None

    async def close(self) -> None:
        """Let go of whatever is being fetched."""
        if self._keys is not None:
            await self._keys.close()
