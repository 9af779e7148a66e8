"""The token endpoint's grants, by Authlib's framework-free core: which there are, and who may use which.

The client was authenticated, and its user's assertion read, before Authlib is asked: its core is synchronous, and its
own client authentication tells a client nobody knows from one with a wrong secret.
"""

from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, BaseGrant, OAuth2Error, OAuth2Request, TokenEndpointMixin
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from hub.identity.partners.assertions import Person
from hub.identity.partners.client import PartnerClient
from hub.identity.partners.issuing import Issuing

CREDENTIALS = "client_credentials"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 -- a name of RFC 8693 section 3

HERE = "https://hub/oauth/token"
"""Authlib insists on an https address; TLS is ended before the hub, which knows its own from its settings."""

Told = tuple[int, dict[str, Any], list[tuple[str, str]]]
"""A status, a body and headers."""


class _Grant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc] # Authlib has no types
    """What both grants share: a client that may use it gets a token and no refresh token."""

    def validate_token_request(self) -> None:
        """Refuse a client to which this grant is not open."""
        if self.request.client.on_behalf_of is not (self.request.user is not None):
            raise UnauthorizedClientError

    def create_token_response(self) -> Told:
        """Give the token."""
        client: PartnerClient = self.request.client
        token = {
            "access_token": self.server.issuing.token(client, self.request.user),
            "token_type": "Bearer",
            "expires_in": client.lifetime,
        }
        return 200, token | self.more(), self.TOKEN_RESPONSE_HEADER

    def more(self) -> dict[str, str]:
        """Give what the answer says beside the token."""
        return {}


class ClientCredentials(_Grant):
    """A token for the client itself (RFC 6749 section 4.4)."""

    GRANT_TYPE = CREDENTIALS


class TokenExchange(_Grant):
    """A token for the client on behalf of who uses it (RFC 8693)."""

    GRANT_TYPE = EXCHANGE

    def more(self) -> dict[str, str]:
        """Say what was issued (section 2.2.1)."""
        return {"issued_token_type": ACCESS_TOKEN_TYPE}


class PartnerServer(AuthorizationServer):  # type: ignore[misc] # Authlib has no types
    """Answers token requests of clients already authenticated."""

    def __init__(self, issuing: Issuing) -> None:
        """Open both grants."""
        super().__init__()
        self.issuing = issuing
        self.register_grant(ClientCredentials)
        self.register_grant(TokenExchange)

    def answer(self, form: dict[str, str], client: PartnerClient, person: Person | None) -> Told:
        """Answer one request."""
        request = OAuth2Request("POST", HERE)
        request.payload = BasicOAuth2Payload(form)
        request.client, request.user = client, person
        answered: Told = self.create_token_response(request)
        return answered

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        """Take the request as it was made above."""
        return request

    def handle_response(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]) -> Told:
        """Leave the writing to the endpoint."""
        return status, body, headers

    def handle_error_response(self, _request: OAuth2Request, error: OAuth2Error) -> Told:
        """Give the error's code alone: Authlib's own words may repeat what was sent."""
        return 400, {"error": error.error}, []
