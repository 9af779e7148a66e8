"""Nobody: the credential is missing or not acceptable. What was wrong is in the log as a code, and told to nobody."""

CHALLENGE = 'Bearer error="invalid_token"'
"""What every bad credential is answered with (RFC 6750 section 3.1)."""

NO_CREDENTIAL = "Bearer"
"""What is answered where no credential came at all: then no error is named (the same section)."""


class Unauthenticated(Exception):
    """The credential is missing or not acceptable. It never says why: the log has the code."""

    def __init__(self, code: str) -> None:
        """Keep a code for the log."""
        super().__init__(code)
        self.code = code

    @property
    def challenge(self) -> str:
        """Give the ``WWW-Authenticate`` header's value."""
        return NO_CREDENTIAL if self.code == "no-bearer-token" else CHALLENGE
