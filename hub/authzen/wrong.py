"""Wrong: what is refused of a request, by the place it stands at. Nothing of what was sent is ever repeated."""


class Wrong(Exception):
    """A request, or one evaluation of it, cannot be answered. ``str()`` is safe to send.

    ``status`` is as in section 10.1.2 of the specification: 400 for what is not understood, 403 for what may not be
    asked.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        """Keep the status beside the message."""
        super().__init__(message)
        self.status = status


def forbidden(message: str) -> Wrong:
    """Give the refusal of what this caller may not ask."""
    return Wrong(message, 403)
