"""What a body is by its Content-Type (RFC 9110 section 8.3): JSON or XML, in UTF-8, and nothing else."""

import re

from connectors.errors import SourceBroken

_XML = frozenset({"application/xml", "text/xml"})
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^"'\s;]*)""", re.IGNORECASE)
_UTF_8 = frozenset({"utf8", "usascii", ""})


def is_xml(content_type: str | None, *, xml: bool) -> bool:
    """Say which of the two it is, where ``xml`` may come; SourceBroken for neither: a login page comes with a 200."""
    if content_type == "application/json":  # mostly
        return False
    kind = (content_type or "").partition(";")[0].strip().lower()
    found = xml and (kind in _XML or kind.endswith("+xml"))
    if not found and kind != "application/json" and not kind.endswith("+json"):
        raise SourceBroken("not-xml-type" if xml else "not-json-type")
    charset = _CHARSET.search(content_type or "")
    if charset is not None and charset[1].lower().replace("-", "") not in _UTF_8:
        raise SourceBroken("not-utf-8")
    return found
