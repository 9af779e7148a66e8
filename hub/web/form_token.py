"""What a form of a session must bring: nobody without the cookie can make it."""

import hmac


def form_token(token: str) -> str:
    """Give it, made from what the session's cookie holds."""
    return hmac.digest(token.encode("utf-8", "surrogateescape"), b"form", "sha256").hex()


def brought(form_value: str, token: str) -> bool:
    """Say whether a form brought it."""
    return hmac.compare_digest(form_value.encode(), form_token(token).encode())
