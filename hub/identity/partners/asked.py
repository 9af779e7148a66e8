"""A token request as it was sent (RFC 6749 sections 2.3 and 4): its form, and one way of saying which client."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from hub.identity.signed import taken_apart
from hub.identity.unauthenticated import Unauthenticated

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM: Final = "application/x-www-form-urlencoded"
MOST: Final = 16
"""Parameters."""
LARGEST: Final = 32_768
"""Bytes of a form."""


class BadRequest(Exception):
    """The form is not one; what is wrong is said by an error of RFC 6749 section 5.2."""


@dataclass(frozen=True, slots=True)
class Presented:
    """Which client it says it is, and what it shows for it: at most one of a secret and an assertion."""

    client_id: str
    secret: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)


def form_of(content_type: str, body: bytes) -> dict[str, str]:
    """Read a form in which nothing is said twice."""
    if content_type.partition(";")[0].strip().lower() != FORM or len(body) > LARGEST:
        raise BadRequest
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST, errors="strict")
    except ValueError:
        raise BadRequest from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise BadRequest
    return form


def presented(authorization: list[str], form: dict[str, str]) -> Presented:
    """Give the one way a request names its client; BadRequest where it uses several, Unauthenticated where none."""
    ways = [bool(authorization), "client_secret" in form, "client_assertion" in form]
    if sum(ways) > 1 or len(authorization) > 1:
        raise BadRequest
    if authorization:
        return _basic(authorization[0])
    if "client_assertion" in form:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise BadRequest
        return _asserted(form)
    if "client_id" not in form:
        raise Unauthenticated("no-client")
    return Presented(form["client_id"], form.get("client_secret"))


def _basic(header: str) -> Presented:
    """Read HTTP Basic; id and secret are each encoded as in a form (section 2.3.1)."""
    scheme, _, given = header.partition(" ")
    try:
        text = base64.b64decode(given, validate=True).decode("utf-8") if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        text = ""
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise Unauthenticated("bad-basic")
    return Presented(unquote_plus(client_id), unquote_plus(secret))


def _asserted(form: dict[str, str]) -> Presented:
    """Read which client an assertion says it is; a ``client_id`` beside it must be the same (RFC 7521 section 4.2)."""
    client_id = taken_apart(form["client_assertion"]).word("sub")
    if form.get("client_id", client_id) != client_id:
        raise Unauthenticated("another-client")
    return Presented(client_id, assertion=form["client_assertion"])
