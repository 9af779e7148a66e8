"""Certificates by a named proxy's header: a token bound to one is its bearer's alone, and nobody else may show any."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.requests import Request

from hub.identity.partners.client import Method
from hub.identity.proxies import LONGEST, Proxies, thumbprint, thumbprint_of
from hub.identity.unauthenticated import Unauthenticated
from tests.rooms.identity.partners import client_of, serving_partners

TODAY = datetime.now(UTC)


def certificate(name: str, start: timedelta = timedelta(days=-1), days: int = 30) -> x509.Certificate:
    """Make a certificate that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(TODAY + start)
    return made.not_valid_after(TODAY + start + timedelta(days=days)).sign(key, hashes.SHA256())


OURS, THEIRS = certificate("cms.example.org"), certificate("another.example.org")
OVER = certificate("over.example.org", timedelta(days=-60))


def der(one: x509.Certificate) -> str:
    """Write it as RFC 9440 has it."""
    return f":{base64.b64encode(one.public_bytes(Encoding.DER)).decode()}:"


def pem(one: x509.Certificate) -> str:
    """Write it as nginx does."""
    return quote(one.public_bytes(Encoding.PEM).decode())


def request(peer: str | None, *headers: tuple[str, str]) -> Request:
    given = [(name.encode(), value.encode()) for name, value in headers]
    return Request({"type": "http", "headers": given, "client": (peer, 1) if peer else None})


PROXIES = Proxies.of(["10.0.0.1", "10.1.0.0/16", "fd00::1"], "Client-Cert")


@pytest.mark.parametrize("peer", ["10.0.0.1", "10.1.2.3", "fd00::1"])
@pytest.mark.parametrize("write", [der, pem])
def test_a_named_proxy_shows_a_clients_certificate(peer: str, write: object) -> None:
    """In either way of writing it, the thumbprint is that of RFC 8705."""
    assert callable(write)
    shown = PROXIES.shown(request(peer, ("client-cert", write(OURS)), ("x-forwarded-for", "1.2.3.4, 5.6.7.8")))
    assert (shown.certificate, shown.address) == (thumbprint_of(OURS), "5.6.7.8")
    assert shown.certificate not in repr(shown)


@pytest.mark.parametrize("peer", ["10.0.0.2", "127.0.0.1", "testclient", None])
def test_nobody_else_may_show_one(peer: str | None) -> None:
    """Whoever is no named proxy is refused with the header, and believed about no address without it."""
    for value in (der(OURS), ""):
        with pytest.raises(Unauthenticated, match="certificate-from-elsewhere"):
            PROXIES.shown(request(peer, ("client-cert", value)))
    shown = PROXIES.shown(request(peer, ("x-forwarded-for", "1.2.3.4")))
    assert (shown.certificate, shown.address) == (None, peer or "")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (der(OVER), "certificate-not-valid-now"),
        (der(certificate("later", timedelta(days=1))), "certificate-not-valid-now"),
        (":AAAA:", "bad-certificate"),
        ("::", "bad-certificate"),
        ("x" * (LONGEST + 1), "bad-certificate"),
        ("%FF%FE", "bad-certificate"),
        (f"{der(OURS)}, {der(THEIRS)}", "bad-certificate"),
    ],
    ids=range(7),
)
def test_what_is_no_certificate_valid_now_is_refused(value: str, code: str) -> None:
    """Even from a proxy that is believed."""
    with pytest.raises(Unauthenticated, match=code):
        PROXIES.shown(request("10.0.0.1", ("client-cert", value)))


def test_two_certificates_are_none() -> None:
    """A proxy that adds its header beside the client's own would let the client choose."""
    with pytest.raises(Unauthenticated, match="two-certificates"):
        PROXIES.shown(request("10.0.0.1", ("client-cert", der(THEIRS)), ("client-cert", der(OURS))))
    assert PROXIES.shown(request("10.0.0.1", ("client-cert", ""))).certificate is None


def test_without_a_header_configured_none_is_read() -> None:
    """And an address that is none is not believed."""
    shown = Proxies.of(["10.0.0.1"], "").shown(request("10.0.0.1", ("client-cert", "x"), ("x-forwarded-for", "<b>")))
    assert (shown.certificate, shown.address) == (None, "10.0.0.1")
    with pytest.raises(ValueError, match="does not appear"):
        Proxies.of(["proxy.example.org"], "")
    with pytest.raises(Unauthenticated):
        thumbprint("", TODAY)


async def test_a_token_bound_to_a_certificate_is_worth_nothing_without_it(tmp_path: Path) -> None:
    """Over real HTTP: stolen, it is refused with none or another's; the certificate alone may prove a client."""
    async with serving_partners(tmp_path, proxies="127.0.0.1", certificate_header="Client-Cert") as at:
        bound = thumbprint_of(OURS)
        secret = await at.add(client_of("bound", certificate=bound))
        await at.add(client_of("alone", certificate=bound, method=Method.CERTIFICATE))
        ours, theirs, over = ({"client-cert": write} for write in (der(OURS), pem(THEIRS), der(OVER)))
        form = {"grant_type": "client_credentials", "client_id": "bound", "client_secret": secret}
        by_secret = [await at.post(h, **form) for h in ({}, theirs, over, ours)]
        assert [r.status_code for r in by_secret] == [401, 401, 401, 200]
        assert len({r.content for r in by_secret[:3]}) == 1
        alone = {"grant_type": "client_credentials", "client_id": "alone"}
        by_certificate = [await at.post(h, **alone) for h in ({}, theirs, over, ours)]
        assert [r.status_code for r in by_certificate] == [401, 401, 401, 200]
        for response in (by_secret[3], by_certificate[3]):
            token = response.json()["access_token"]
            asked = [await at.ask(token, **h) for h in ({}, theirs, over, ours)]
            assert [r.status_code for r in asked] == [401, 401, 401, 200]
        told = (await at.http.get("/.well-known/oauth-authorization-server")).json()
        assert told["tls_client_certificate_bound_access_tokens"]


async def test_a_header_from_elsewhere_is_refused_at_every_door(tmp_path: Path) -> None:
    """The hub's proxy is another machine: whoever reaches the hub directly cannot be anybody by a header."""
    async with serving_partners(tmp_path, proxies="10.0.0.1", certificate_header="Client-Cert") as at:
        secret = await at.add(client_of("plain"))
        await at.add(client_of("alone", certificate=thumbprint_of(OURS), method=Method.CERTIFICATE))
        spoofed = {"client-cert": der(OURS)}
        refused = await at.post(spoofed, grant_type="client_credentials", client_id="alone")
        assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
        token = (await at.credentials("plain", secret)).json()["access_token"]
        assert (await at.ask(token)).status_code == 200
        assert (await at.ask(token, **spoofed)).status_code == 401
    assert at.log.getvalue().count("certificate-from-elsewhere") == 2
