"""Where to go after signing in: a path of this hub and nothing else, however it is written."""

import re
from typing import Final
from urllib.parse import unquote

HOME: Final = "/"
LONGEST: Final = 512

_PLAIN: Final = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@%?/-]*)")
_DEPTH: Final = 3


def local_path(wanted: str | None) -> str:
    r"""Give the path if a browser would stay at this hub with it; else HOME.

    Browsers read ``//host`` and ``\\host`` as another host, and leave out tabs and line ends before they look; what
    is encoded is decoded here again and again, in case something on the way does.
    """
    if not wanted or len(wanted) > LONGEST:
        return HOME
    decoded = wanted
    for _ in range(_DEPTH):
        if not _stays(decoded):
            return HOME
        decoded = unquote(decoded)
    return wanted if _stays(decoded) else HOME


def _stays(path: str) -> bool:
    return _PLAIN.fullmatch(path) is not None and not path.startswith("//")
