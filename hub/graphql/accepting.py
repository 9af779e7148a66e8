"""What kind of response a client accepts (RFC 9110 section 12.5.1), of the two that GraphQL over HTTP has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
OFFERED: Final = (JSON, GRAPHQL)
"""In the order the hub chooses where a client does not mind."""

_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class _Range:
    """One range of media types: how much it is wanted, and how exactly it is named."""

    name: str
    weight: float
    exact: int
    place: int

    def covers(self, media: str) -> bool:
        return self.name in {media, "application/*", "*/*"}


def media_of(accept: Sequence[str]) -> str | None:
    """Give the media type to answer in by the Accept headers that came; none where neither would be accepted."""
    given = ",".join(accept)
    if not given.strip():
        return JSON
    ranges = [r for place, text in enumerate(given.split(",")) if (r := _range(text, place)) is not None]
    wanted = {media: found for media in OFFERED if (found := _best(ranges, media)) is not None}
    if not wanted:
        return None
    return max(wanted, key=lambda media: (wanted[media].weight, wanted[media].exact, -wanted[media].place))


def _best(ranges: Sequence[_Range], media: str) -> _Range | None:
    """Give the range that speaks of a media type most exactly; none where it says no, or none does."""
    covering = [r for r in ranges if r.covers(media)]
    if not covering:
        return None
    best = max(covering, key=lambda r: r.exact)
    return best if best.weight > 0 else None


def _range(text: str, place: int) -> _Range | None:
    """Read one range; none where it is not one, or wants another encoding than UTF-8."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "q":
            if not _WEIGHT.fullmatch(value):
                return None
            weight = float(value)
        if key == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
            return None
    return _Range(name, weight, {"*/*": 0, "application/*": 1}.get(name, 2), place)
