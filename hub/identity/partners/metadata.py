"""What a client's library needs to find the token endpoint (RFC 8414). It tells of nobody."""

from typing import Any

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from hub.identity.keys_held import ALGORITHMS
from hub.identity.partners.client import Method
from hub.identity.partners.grants import CREDENTIALS, EXCHANGE

WELL_KNOWN = "/.well-known/oauth-authorization-server"
TOKEN = "/oauth/token"  # noqa: S105 -- a path, not a secret
JWKS = "/oauth/jwks"


def metadata(issuer: str, *, certificates: bool) -> dict[str, Any]:
    """Give the metadata of the hub as an authorization server; ``certificates`` says that a proxy shows them."""
    ways = ["client_secret_basic", "client_secret_post", Method.KEY.value]
    told = AuthorizationServerMetadata(
        issuer=issuer,
        token_endpoint=issuer + TOKEN,
        jwks_uri=issuer + JWKS,
        response_types_supported=[],
        grant_types_supported=[CREDENTIALS, EXCHANGE],
        token_endpoint_auth_methods_supported=[*ways, *([Method.CERTIFICATE.value] if certificates else [])],
        token_endpoint_auth_signing_alg_values_supported=list(ALGORITHMS),
        tls_client_certificate_bound_access_tokens=certificates,
    )
    return dict(told)
