"""Posting: notices are sent at once to the address that each agency gave, by reference only, signed.

A file names the addresses. What an address does not take is tried again until it does; nothing of a person is in it,
and nothing that comes back is read but its status.
"""

import asyncio
import hashlib
import hmac
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.errors import SourceMisconfigured
from connectors.source import SecretRef
from hub.governance.notices import Notice, seen, waiting
from hub.settings import Environment, Settings, SettingsError
from hub.store.database import Database
from policies.vocabulary import AGENCY

PATIENCE: Final = 5.0
"""Seconds one notice may take."""

ROUND: Final = 5.0
"""Seconds after which no more notices are begun in a round."""

AT_ONCE: Final = 100
"""Notices to one agency in a round."""

SIGNATURE: Final = "Hub-Signature"
"""``t=`` the second it was signed, ``v1=`` HMAC-SHA-256 under the agency's secret of that, a dot and the body."""

_TAKEN: Final = range(200, 300)


class _Address(BaseModel):
    """One ``[[agency]]`` of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=AGENCY.pattern)]
    url: Annotated[str, Field(max_length=512)]
    secret: SecretRef


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    agency: Annotated[list[_Address], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Posted:
    """Posts notices to where each agency wants them."""

    addresses: Mapping[str, tuple[str, bytes]] = field(repr=False)
    clock: Callable[[], float] = time.time

    async def send(self, notice: Notice) -> bool:
        """Post one and say whether it was taken."""
        url, secret = self.addresses[notice.agency]
        body = orjson.dumps(
            {"id": notice.id, "agency": notice.agency, "about": notice.about, "reference": notice.reference}
            | {"at": notice.at}
        )
        headers = {"Content-Type": "application/json", SIGNATURE: signature(secret, body, int(self.clock()))}
        whole = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            async with (
                aiohttp.ClientSession(timeout=whole, trust_env=False, auto_decompress=False) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status in _TAKEN
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return False

    async def round(self, database: Database) -> frozenset[str]:
        """Send whatever waits, to all agencies at once; give those that did not take theirs.

        The rest of what is theirs waits for the next round, and so does that of one which takes it slowly: it would
        keep the others' leads waiting.
        """
        told = await asyncio.gather(*(self._tell(database, one) for one in self.addresses), return_exceptions=True)
        for failed in told:
            if isinstance(failed, BaseException):
                raise failed
        return frozenset(one for one, taken in zip(self.addresses, told, strict=True) if not taken)

    async def _tell(self, database: Database, agency: str) -> bool:
        """Send one agency what waits for it, for as long as a round may take; say whether it took it."""
        gone: list[Notice] = []
        ends, taken = time.monotonic() + ROUND, True
        for notice in (await waiting(database, agency)).found[:AT_ONCE]:
            taken = await self.send(notice)
            if not taken:
                break
            gone.append(notice)
            if time.monotonic() > ends:
                break
        if gone:
            await seen(database, gone)
        return taken


def signature(secret: bytes, body: bytes, at: int) -> str:
    """Sign a notice, so that whoever gets it knows whose it is and when it was sent."""
    made = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def posted(settings: Settings) -> Posted | None:
    """Read the file that the settings name; none where they name none. SettingsError says what is wrong, and where."""
    path = settings.notices
    if path is None:
        return None
    try:
        read = _File.model_validate(tomllib.loads(path.read_text("utf-8"))).agency
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"HUB_NOTICES: {path} cannot be read") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name} is not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError(f"{path.name}: {'; '.join(_wrong(error))}") from None
    if len({one.id for one in read}) < len(read):
        raise SettingsError(f"{path.name}: an agency has two addresses: give each one")
    return Posted({one.id: (_url(path, one, settings.env), _secret(path, one)) for one in read})


def _wrong(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_input=False, include_url=False):
        yield f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}"


def _url(path: Path, one: _Address, env: Environment) -> str:
    parts = urlsplit(one.url)
    here = env is not Environment.PRODUCTION and parts.scheme == "http" and parts.hostname == "127.0.0.1"
    if not (parts.scheme == "https" or here) or not parts.hostname or parts.username is not None:
        raise SettingsError(f"{path.name}: agency {one.id}: url must be an https address without a user name")
    return one.url


def _secret(path: Path, one: _Address) -> bytes:
    try:
        return one.secret.read().get_secret_value().encode()
    except SourceMisconfigured as error:
        raise SettingsError(f"{path.name}: agency {one.id}: {error}") from None
