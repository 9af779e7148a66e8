"""Forms as browsers send them: read whole, with a bound, each field once."""

from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from hub.graphql.reading import Refused, read_body

LONGEST: Final = 131_072
"""Bytes of a form: the longest brings an agreement in, written out as JSON."""
MOST: Final = 256
"""Fields of a form: a rule is chosen from lists of which every word is one."""
_MEDIA: Final = "application/x-www-form-urlencoded"


class NoForm(Exception):
    """What came is not a form that can be read."""


async def read_form(request: Request) -> dict[str, str]:
    """Read a form; NoForm where it is none. A field that comes twice is left out."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != _MEDIA:
        raise NoForm
    try:
        body = await read_body(request)
        if len(body) > LONGEST:
            raise NoForm
        read = parse_qs(body.decode("ascii"), max_num_fields=MOST)
    except (Refused, ValueError):
        raise NoForm from None
    return {name: values[0].strip() for name, values in read.items() if len(values) == 1}
