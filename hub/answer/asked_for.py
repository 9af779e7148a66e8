"""What goes along with a question to another authority's hub: who asks and why, by a pseudonym. Pure but for chance."""

import re
import secrets
from typing import Final

from connectors.neighbour import AskedFor
from hub.answer.question import Question
from hub.audit.pseudonyms import Pseudonyms

_HEXADECIMAL: Final = re.compile(r"(?!0+$)[0-9a-f]{1,32}")


def asked_for_of(question: Question, names: Pseudonyms) -> AskedFor:
    """Say for whom and why a question is asked, as another authority's hub is told: no name, and no id of ours."""
    who, relayed = question.requester, question.requester.relayed
    return AskedFor(
        names.abroad(who.subject),
        who.role,
        who.organisation,
        question.purpose,
        question.reference,
        relayed.trace if relayed else _trace(question.request_id),
        relayed.through if relayed else (),
    )


def _trace(request_id: str) -> str:
    """Give the trace id of a question: its own id, filled with noughts (W3C Trace Context, section 3.2.2.3)."""
    return request_id.rjust(32, "0") if _HEXADECIMAL.fullmatch(request_id) else secrets.token_hex(16)
