"""Who the hub says it is where a password will not do: a signed statement, or a certificate on real TLS."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import uvloop
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import import_key
from pydantic import ValidationError

from connectors.contract import Limits
from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable
from connectors.transports.client import Client, HttpConnection
from tests.rooms.connectors.peer import HEAD, Peer, playing, told, value
from tests.serving import answer, serving

PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
OPEN = serialization.NoEncryption()
KEYS: dict[str, Any] = {
    "RS384": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
}

FAMILIES: dict[str, Any] = {"RS384": "RSA", "ES256": "EC", "Ed25519": "OKP"}


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def key_file(folder: Path, name: str, key: Any) -> Path:
    return written(folder / name, key.private_bytes(PEM, PKCS8, OPEN))


# --- private_key_jwt -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_statement_is_signed_for_each_token(tmp_path: Path, algorithm: str) -> None:
    """Issuer, subject, audience, a minute's life and a number used once, under the algorithm and key named."""
    key = KEYS[algorithm]
    public = key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    seen: list[Any] = []

    async def agency(request: web.BaseRequest) -> web.Response:
        if request.path != "/token":
            assert request.headers["Authorization"] == "Bearer t1"
            return answer({}, 401 if "refuse" in request.path else 200)
        assert "Authorization" not in request.headers
        form = {k: v[0] for k, v in parse_qs((await request.read()).decode()).items()}
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        assert form["grant_type"] == "client_credentials"
        seen.append(
            jwt.decode(form["client_assertion"], import_key(public, FAMILIES[algorithm]), algorithms=[algorithm])
        )
        return answer({"access_token": "t1", "expires_in": 600})

    async with serving(agency) as base:
        auth = {
            "kind": "oauth2",
            "token_url": f"{base}/token",
            "client_id": "hub",
            "private_key": {"file": str(key_file(tmp_path, "key", key))},
            "algorithm": algorithm,
            "key_id": "k1",
        }
        client = Client(HttpConnection.model_validate({"base_url": base, "auth": auth}), Limits(), "t.toml")
        await client.get(("a",))
        with pytest.raises(SourceError):
            await client.get(("refuse",))
        await client.get(("a",))
        await client.close()
    first, second = (s.claims for s in seen)
    assert seen[0].header == {"alg": algorithm, "typ": "JWT", "kid": "k1"}
    assert (first["iss"], first["sub"], first["aud"]) == ("hub", "hub", f"{base}/token")
    assert first["exp"] - first["iat"] == 60
    assert first["jti"] != second["jti"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "either client_secret or private_key"),
        ({"private_key": {"env": "X"}}, "algorithm go together"),
        ({"private_key": {"env": "X"}, "algorithm": "HS256"}, "algorithm"),
        ({"private_key": {"env": "X"}, "algorithm": "none"}, "algorithm"),
        ({"client_secret": {"env": "X"}, "algorithm": "RS384"}, "algorithm go together"),
    ],
)
def test_the_proof_is_one_and_asymmetric(more: dict[str, Any], said: str) -> None:
    """A secret or a key, and a key's algorithm is named; one shared with the source is not to be had."""
    auth = {"kind": "oauth2", "token_url": "https://x.example/t", "client_id": "hub", **more}
    with pytest.raises(ValidationError, match=said):
        HttpConnection.model_validate({"base_url": "https://x.example", "auth": auth})


@pytest.mark.parametrize("content", [b"not a key", KEYS["ES256"].private_bytes(PEM, PKCS8, OPEN)])
def test_a_key_that_does_not_sign_so_refuses_to_start(tmp_path: Path, content: bytes) -> None:
    """The file and the key's name are told, never the key."""
    auth = {
        "kind": "oauth2",
        "token_url": "https://x.example/t",
        "client_id": "hub",
        "private_key": {"file": str(written(tmp_path / "k", content))},
        "algorithm": "RS384",
    }
    connection = HttpConnection.model_validate({"base_url": "https://x.example", "auth": auth})
    with pytest.raises(SourceMisconfigured, match=r"private-key: t\.toml: auth\.private_key does not sign RS384"):
        Client(connection, Limits(), "t.toml")


# --- mutual TLS ------------------------------------------------------------------------------------------------------


class Authority:
    """A certificate authority made for the test."""

    def __init__(self, folder: Path, name: str) -> None:
        """Make its key and its own certificate."""
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        ca = x509.BasicConstraints(ca=True, path_length=None)
        self.file = self._certificate(self.subject, self.key.public_key(), f"{name}.pem", ca)

    def issue(self, name: str) -> tuple[Path, Path]:
        """Give a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        leaf = x509.BasicConstraints(ca=False, path_length=None)
        certificate = self._certificate(subject, key.public_key(), f"{self.name}-{name}.pem", leaf)
        return certificate, key_file(self.folder, f"{self.name}-{name}.key", key)

    def _certificate(self, subject: x509.Name, public: Any, file: str, basic: x509.BasicConstraints) -> Path:
        now = datetime.now(UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        built = (
            x509.CertificateBuilder(subject_name=subject, issuer_name=self.subject, public_key=public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(basic, critical=True)
            .add_extension(here, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return written(self.folder / file, built.public_bytes(PEM))


@asynccontextmanager
async def agency(theirs: Authority, trusts: Authority) -> AsyncIterator[str]:
    """Serve over TLS to those with a certificate of one authority only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=trusts.file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(*theirs.issue("agency"))

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_mutual_tls(tmp_path: Path) -> None:
    """Both sides show a certificate of an authority the other trusts; nothing less is a connection."""
    good, other = Authority(tmp_path, "good"), Authority(tmp_path, "other")
    certificate, key = good.issue("hub")
    stranger, stranger_key = other.issue("hub")
    shown = {"client_certificate": certificate, "client_key": key}

    async def asked(base: str, **settings: Path) -> object:
        client = Client(HttpConnection(base_url=base, **settings), Limits(), "t.toml")
        try:
            return await client.get(("a",))
        finally:
            await client.close()

    async with agency(good, good) as base:
        assert await asked(base, ca_file=good.file, **shown) is not None
        refusals: list[dict[str, Path]] = [
            {"ca_file": other.file, **shown},
            shown,
            {"ca_file": good.file},
            {"ca_file": good.file, "client_certificate": stranger, "client_key": stranger_key},
        ]
        for settings in refusals:
            with pytest.raises(SourceUnavailable, match=r"tls|unreachable|cut-off"):
                await asked(base, **settings)
    async with agency(other, good) as base:
        with pytest.raises(SourceUnavailable, match="tls"):
            await asked(base, ca_file=good.file, **shown)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_connection_over_tls_is_kept_and_watched_too(
    tmp_path: Path, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    """Both certificates, one handshake for many calls; another at its end; what comes unasked, and none is kept.

    A certificate that names another host, or nobody vouches for, is no connection on either loop.
    """
    good, other = Authority(tmp_path, "good"), Authority(tmp_path, "other")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=good.file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(*good.issue("agency"))
    certificate, key = good.issue("hub")
    shown = {"client_certificate": certificate, "client_key": key}

    def script(peer: Peer, sock: socket.socket, number: int) -> None:
        while peer.heard(sock):
            sock.sendall(told(b'"%b"' % peer.requests[-1]))
            if len(peer.requests) == 20:
                peer.go_on.wait(5)
                sock.sendall(told(b'"somebody else"'))
                peer.moment.set()
            elif number == 1 and len(peer.requests) == 5:
                return

    async def main(peer: Peer) -> None:
        base = f"https://127.0.0.1:{peer.port}"
        client = Client(HttpConnection(base_url=base, ca_file=good.file, **shown), Limits(), "t.toml")
        for n in range(30):
            if n == 20:
                peer.go_on.set()
                peer.moment.wait(5)  # the loop stands still meanwhile
            page = await client.post((str(n),), {})
            assert page is not None
            assert page.value == f"/{n}"
            if n == 4:
                await asyncio.sleep(0.05)
        await client.close()
        assert peer.connections == 2 + 10
        for host, authority in ((f"https://localhost:{peer.port}", good), (base, other)):
            client = Client(HttpConnection(base_url=host, ca_file=authority.file, **shown), Limits(), "t.toml")
            with pytest.raises(SourceUnavailable, match=r"^tls$"):
                await client.get(("a",))
            await client.close()

    with playing(script, context) as peer, asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main(peer))
    assert len(peer.requests) == 30


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_body_that_ends_with_the_connection_is_whole_over_tls_only_if_the_source_said_so(
    tmp_path: Path, loop: Callable[[], asyncio.AbstractEventLoop], version: ssl.TLSVersion
) -> None:
    """Without ``close_notify`` whoever stands in between may have cut it (RFC 9112 section 9.8): it is no answer.

    A body that says its length is read either way.
    """
    authority = Authority(tmp_path, "good")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(*authority.issue("agency"))

    def script(peer: Peer, sock: socket.socket, _: int) -> None:
        assert isinstance(sock, ssl.SSLSocket)
        peer.heard(sock)
        asked = peer.requests[-1]
        sock.sendall(told(b"[1]") if asked == b"/framed" else HEAD + b"\r\n[1]")
        if asked == b"/said":
            sock.unwrap()
        else:
            socket.socket(fileno=sock.detach()).close()  # the line ends, and TLS is not told

    async def main(peer: Peer) -> None:
        base = f"https://127.0.0.1:{peer.port}"
        client = Client(HttpConnection(base_url=base, ca_file=authority.file), Limits(), "t.toml")
        said = {asked: await value(client, asked) for asked in ("said", "cut", "framed")}
        await client.close()
        assert str(said.pop("cut")) == "cut-off"
        assert said == {"said": [1], "framed": [1]}

    with playing(script, context) as peer, asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main(peer))


@pytest.mark.parametrize("wrong", ["client_certificate", "ca_file"])
def test_a_certificate_that_is_none_refuses_to_start(tmp_path: Path, wrong: str) -> None:
    """Found at the start and not at the first question."""
    noise = written(tmp_path / "noise", b"noise")
    with pytest.raises(SourceMisconfigured, match="certificate"):
        Client(HttpConnection.model_validate({"base_url": "https://x.example", wrong: noise}), Limits(), "t.toml")
