"""From a refusal to what a client is told: of a change, data beside the thing; of a question, BAD_USER_INPUT."""

import contextlib
from collections.abc import Iterator
from typing import Final

from hub.errors import Code, HubError
from hub.governance.acting import CannotBeDone
from hub.governance.versions.errors import VersionRefused
from hub.governance.written import Unreadable
from policies.simulate.space import TooManySituations
from policies.validation import RulebookError
from schema.governance.problem import Problem

REFUSALS: Final = (CannotBeDone, VersionRefused, Unreadable, RulebookError, TooManySituations)
"""What refuses a change and says why, without a value of anybody's record."""

_CODES: Final = {
    VersionRefused: "step-refused",
    Unreadable: "unreadable",
    RulebookError: "rules-not-valid",
    TooManySituations: "too-many-situations",
}


def problem_of(error: Exception) -> Problem:
    """Say why something was not done; one of REFUSALS."""
    code = error.code if isinstance(error, CannotBeDone) else _CODES[type(error)]
    return Problem(code=code, message=str(error))


@contextlib.contextmanager
def asked_rightly() -> Iterator[None]:
    """Tell whoever asked wrongly what is wrong with the question."""
    try:
        yield
    except REFUSALS as error:
        raise HubError(Code.BAD_USER_INPUT, str(error)) from None
