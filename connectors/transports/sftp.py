"""A folder of drops at an SFTP server: looked at now and then, read into memory, never written to the hub's disk.

The server must be the one in ``known_hosts``; the hub signs in with a key or a password that is a reference. Nothing
of this machine's own SSH settings, agent or keys is used. Needs the ``sftp`` extra.
"""

import asyncio
import time
from collections.abc import Coroutine
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.source import SecretRef
from connectors.transports.addresses import checked_base
from connectors.transports.places import Found, newest

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    import asyncssh


T = TypeVar("T")


class SftpSettings(BaseModel):
    """Where the server is and who the hub says it is; ``every`` is how often the folder is looked at, in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str
    port: int = Field(default=22, ge=1, le=65_535)
    username: str
    known_hosts: Path
    private_key: SecretRef | None = None
    password: SecretRef | None = None
    every: float = Field(default=60.0, ge=0)
    timeout: float = Field(default=30.0, gt=0, le=300)

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.private_key is None) == (self.password is None):
            message = "name either private_key or password"
            raise ValueError(message)
        return self


class OverSftp:
    """A folder at an SFTP server."""

    def __init__(self, settings: SftpSettings, folder: str, where: str) -> None:
        """Check the address and read the secret, so that what cannot work refuses to start."""
        if find_spec("asyncssh") is None:
            raise SourceMisconfigured("extra-missing", f"{where}: connection.sftp needs the extra sftp")
        checked_base(f"https://{settings.host}:{settings.port}", f"{where}: connection.sftp.host")
        if not settings.known_hosts.is_file():
            raise SourceMisconfigured("known-hosts", f"{where}: connection.sftp.known_hosts is no file")
        self._settings = settings
        self._folder = PurePosixPath(folder)
        self._password = settings.password.read().get_secret_value() if settings.password else None
        self._key = _key(settings, where)
        self._seen: dict[str, tuple[float, Found]] = {}

    async def find(self, pattern: str) -> Found:
        """Look in the folder, unless that was done a moment ago."""
        until, found = self._seen.get(pattern, (0.0, None))
        if found is None or time.monotonic() >= until:
            found = await self._guarded(self._find(pattern), pattern)
            self._seen[pattern] = (time.monotonic() + self._settings.every, found)
        return found

    async def fetch(self, found: Found, most: int) -> bytes:
        """Read the file; one that is not as long as it was is still being written."""
        if found.size > most:
            raise SourceBroken("too-large", found.name)
        content = await self._guarded(self._read(found), found.name)
        if len(content) != found.size:
            raise SourceBroken("half-written", found.name)
        return content

    async def close(self) -> None:
        """Forget what was seen; no connection is kept."""
        self._seen.clear()

    async def _find(self, pattern: str) -> Found:
        async with self._connected() as connection, connection.start_sftp_client() as sftp:
            names = await sftp.glob(str(self._folder / pattern))
            stats = [(PurePosixPath(str(name)).name, await sftp.stat(name)) for name in names]
        return newest([Found(n, (s.mtime or 0) * 1_000_000_000, s.size or 0) for n, s in stats], pattern)

    async def _read(self, found: Found) -> bytes:
        path = str(self._folder / found.name)
        async with (
            self._connected() as connection,
            connection.start_sftp_client() as sftp,
            sftp.open(path, "rb") as file,
        ):
            content: Any = await file.read(found.size + 1)  # typed as text; a file opened in bytes gives bytes
        return bytes(content)

    def _connected(self) -> "AbstractAsyncContextManager[asyncssh.SSHClientConnection]":
        import asyncssh

        return asyncssh.connect(
            self._settings.host,
            self._settings.port,
            username=self._settings.username,
            known_hosts=str(self._settings.known_hosts),
            client_keys=[self._key] if self._key else None,
            password=self._password,
            config=None,
            agent_path=None,
        )

    async def _guarded(self, doing: Coroutine[Any, Any, T], place: str) -> T:
        """Turn whatever the library raises into one of ours, outside its handler so that nothing of it is kept."""
        import asyncssh

        failure: SourceError
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await doing
        except asyncssh.SFTPNoSuchFile:
            failure = SourceUnavailable("missing-file", place)
        except (asyncssh.SFTPPermissionDenied, asyncssh.PermissionDenied):
            failure = SourceRefused("credentials", place)
        except asyncssh.HostKeyNotVerifiable:
            failure = SourceRefused("another-server", place)
        except TimeoutError:
            failure = SourceUnavailable("timed-out", place)
        except (asyncssh.Error, OSError):
            failure = SourceUnavailable("unreachable", place)
        raise failure


def _key(settings: SftpSettings, where: str) -> "asyncssh.SSHKey | None":
    import asyncssh

    if settings.private_key is None:
        return None
    try:
        return asyncssh.import_private_key(settings.private_key.read().get_secret_value())
    except asyncssh.KeyImportError:
        pass
    raise SourceMisconfigured("private-key", f"{where}: connection.sftp.private_key is no key")
