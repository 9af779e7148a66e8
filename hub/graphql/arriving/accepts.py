"""Whether a client accepts an answer in parts, and in which form.

``multipart/mixed`` (GraphQL over HTTP's RFC on incremental delivery), by itself or with the version of the format that
Apollo's clients ask for by name; a client that names another version reads another format, and is answered whole. Or
``text/event-stream``. No range that covers everything means either.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

SPEC: Final = "incrementalspec=v0.2"
"""The format with ``pending``, ``incremental`` and ``completed``, as Apollo names it (specs.apollo.dev/incremental)."""

_WEIGHT: Final = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_PASSED_OVER: Final = re.compile(r"boundary=.*|charset=\"?utf-?8\"?")


class Form(StrEnum):
    """In which form parts are sent."""

    MIXED = "multipart/mixed"
    MIXED_NAMED = "multipart/mixed;incrementalSpec=v0.2"
    EVENTS = "text/event-stream"


def form_of(accept: Sequence[str], version: str = "1.1") -> Form | None:
    """Give the form in which a client accepts parts: the one it wants most; multipart where it does not mind.

    None to HTTP/1.0: a body of which the length is not known comes in chunks, which it does not read (RFC 9112, 6.1).
    """
    if version == "1.0":
        return None
    found: dict[Form, float] = {}
    for one in (one for text in accept for one in text.split(",")):
        name, *parameters = (part.strip().lower().replace(" ", "") for part in one.split(";"))
        weights = [w for p in parameters if (w := _WEIGHT.fullmatch(p))]
        rest = {p for p in parameters if not _WEIGHT.fullmatch(p) and not _PASSED_OVER.fullmatch(p)}
        weight = float(weights[0][1]) if weights else 1.0
        form = _form(name, rest)
        if form is not None and weight > 0:
            found[form] = max(weight, found.get(form, 0.0))
    return max(found, key=lambda form: (found[form], form is not Form.EVENTS, form is Form.MIXED_NAMED), default=None)


def _form(name: str, rest: set[str]) -> Form | None:
    if name == Form.EVENTS:
        return Form.EVENTS
    if name != "multipart/mixed" or rest - {SPEC}:
        return None
    return Form.MIXED_NAMED if rest else Form.MIXED
