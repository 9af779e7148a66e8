"""What a client accepts, as its Accept header says it: read here and nowhere else (RFC 9110 section 12.5.1).

Whoever answers says what is offered. Of the ranges that cover an offer the one that names it most exactly counts, with
its parameters; ``q=0`` says no. What is not written as a range should be is passed over: it accepts nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_NAME: Final = re.compile(rf"{_WORD}/{_WORD}")
_PARAMETER: Final = re.compile(rf"({_WORD})[ \t]*=[ \t]*({_WORD}|{_QUOTED})")
_WEIGHT: Final = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
_BETWEEN: Final = {
    mark: re.compile(rf'(?:[^{mark}"]|"(?:[^"\\]|\\.)*(?:"|\\?\Z))+', re.DOTALL)  # a quote that never ends runs on
    for mark in ",;"
}
UTF_8: Final = frozenset({"utf-8", "utf8"})
"""How the one encoding the hub answers in is written."""


class Liking(NamedTuple):
    """How much an offer is wanted: by weight, then by how exactly it is named, then by how soon. More is greater."""

    weight: float
    exact: int
    sooner: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of response. ``has`` are the parameters it knows, with the values it stands for; none is any.

    ``by_name`` is what no range that covers everything means, and ``must`` what a range has to say besides its name. A
    parameter that is not known is passed over where ``lenient``: elsewhere it names another format.
    """

    media: str
    has: Mapping[str, frozenset[str] | None] = field(default_factory=lambda: {"charset": UTF_8})
    must: frozenset[str] = frozenset()
    by_name: bool = False
    lenient: bool = True

    def fits(self, parameters: Mapping[str, str]) -> bool:
        """Say whether this is what a range with these parameters means."""
        return self.must <= parameters.keys() and all(map(self._known, parameters, parameters.values()))

    def _known(self, name: str, value: str) -> bool:
        if name not in self.has:
            return self.lenient
        values = self.has[name]
        return values is None or value in values


@dataclass(frozen=True, slots=True)
class Range:
    """One range of media types: what it names, how much it is wanted, and where it stands."""

    name: str
    parameters: Mapping[str, str]
    weight: float
    place: int

    def covers(self, offer: Offer) -> bool:
        """Say whether an offer is one of these."""
        wide = () if offer.by_name else ("*/*", offer.media.partition("/")[0] + "/*")
        return (self.name == offer.media or self.name in wide) and offer.fits(self.parameters)

    @property
    def exact(self) -> int:
        """Give how exactly it names a type: all, those of one kind, or one."""
        return 0 if self.name == "*/*" else 1 if self.name.endswith("/*") else 2


def liking(accept: Sequence[str], offer: Offer) -> Liking | None:
    """Give how much a client wants an offer by the Accept headers that came; none where it does not accept it."""
    covering = [one for one in _ranges(",".join(accept)) if one.covers(offer)]
    if not covering:
        return None
    best = max(covering, key=lambda one: (one.exact, len(one.parameters), one.weight, -one.place))
    return Liking(best.weight, best.exact, -best.place) if best.weight > 0 else None


@lru_cache(maxsize=8)  # of one header several offers are looked for
def _ranges(text: str) -> tuple[Range, ...]:
    written = enumerate(_BETWEEN[","].findall(text))
    return tuple(found for place, one in written if (found := _range(one, place)) is not None)


def _range(text: str, place: int) -> Range | None:
    """Read one range; none where it is not one."""
    name, _, rest = text.partition(";")
    parameters: dict[str, str] = {}
    if not _NAME.fullmatch(name := name.strip(" \t").lower()):
        return None
    for written in _BETWEEN[";"].findall(rest):
        if not (stripped := written.strip(" \t")):
            continue
        found = _PARAMETER.fullmatch(stripped)
        if found is None or (key := found[1].lower()) in parameters:
            return None
        parameters[key] = _unquoted(found[2]).lower()
    weight = parameters.pop("q", "1")
    return Range(name, parameters, float(weight), place) if _WEIGHT.fullmatch(weight) else None


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
