"""Errors named by what the hub does next.

No message ever holds a value from a record: a message names the source, a field or a place, and a code.
"No such child" and "not permitted" are values, never errors.
"""


class SourceError(Exception):
    """Something went wrong at a source; ``code`` is stable and safe to log."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep a stable code and a detail that names places, never values."""
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class SourceUnavailable(SourceError):
    """Try next time: the source could not be reached, was too slow, or said it was busy."""


class SourceRefused(SourceError):
    """Tell the owner: the source refused the hub's credentials or the kind of request."""


class SourceBroken(SourceError):
    """Alarm: the source answered with something that is not an answer."""


class SourceMisconfigured(SourceError):
    """Refuse to start: the source's configuration cannot work; the detail says where and what."""
