"""The structure of an agency's JSON, read before its values: an object where one is due, a list where one is.

A missing one is empty; one of another type is SourceBroken naming the place. Values inside are left to the mapping.
"""

from typing import cast

from connectors.errors import SourceBroken
from connectors.transports.guarded import Json

Object = dict[str, Json]


def inner(holder: Object, key: str) -> Object:
    """Give the object under a key, an empty one where there is none."""
    value = holder.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SourceBroken("wrong-type", key)
    return value


def objects(holder: Object, key: str) -> list[Object]:
    """Give the list of objects under a key, an empty one where there is none."""
    return cast("list[Object]", _listed(holder, key, dict))


def texts(holder: Object, key: str) -> list[str]:
    """Give the list of texts under a key, an empty one where there is none."""
    return cast("list[str]", _listed(holder, key, str))


def first(holder: Object, key: str) -> Object:
    """Give the first object of the list under a key, an empty one where there is none."""
    found = objects(holder, key)
    return found[0] if found else {}


def text(holder: Object, key: str) -> str | None:
    """Give the text under a key; none where it is absent or empty."""
    value = holder.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise SourceBroken("wrong-type", key)
    return value


def _listed(holder: Object, key: str, kind: type[Json]) -> list[Json]:
    value = holder.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise SourceBroken("wrong-type", key)
    return value
