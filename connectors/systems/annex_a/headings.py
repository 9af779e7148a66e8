"""Headings as authorities write them, matched by their letters and digits.

Case, blanks, punctuation and the kind of quotation mark do not count, nor does what is added at the end, such as
``(Y/N)``; two headings that fit one column are nobody's guess.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

_ENOUGH = 10
"""Letters two headings must share from the start before one may be the other with something added."""


def plain(heading: Any) -> str:
    """Reduce a heading to its letters and digits."""
    text = normalize("NFKC", heading).casefold() if isinstance(heading, str) else ""
    return "".join(c for c in text if c.isalnum())


def places(wanted: Iterable[str], cells: Sequence[Any]) -> Mapping[str, list[int]]:
    """Say where each wanted heading may be: nowhere, at one place, or at several."""
    found = [plain(cell) for cell in cells]
    names = {name: plain(name) for name in wanted}
    exact = {name: [i for i, cell in enumerate(found) if cell == key] for name, key in names.items()}
    taken = {i for listed in exact.values() for i in listed}
    free = [(i, cell) for i, cell in enumerate(found) if i not in taken and len(cell) >= _ENOUGH]
    near = {n: [i for i, cell in free if cell.startswith(k) or k.startswith(cell)] for n, k in names.items()}
    return {name: exact[name] or near[name] for name in names}
