"""Writing a question for another hub: a document for the fields asked, made of the schema's words and no value.

Each root field asks some of its sources about some people for one set of fields, so that no source there is asked for
more than may be shown of it here. What a question costs is reckoned as the other hub will reckon it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from connectors.systems.hub.words import LISTS, SHAPES, Inner, Shape
from schema.fields import FieldId

ROOTS: Final = 4
"""Root fields of one document: the other hub takes five, and counts the words of all of them."""

SAID: Final = """sources { source outcome reason asOf complete
      coverage { start end area youngest oldest } contact { team phone email hours } }
    withheld { path source masked code decisionId ring { team } }"""

_OF_SAID: Final = 10 * 3 + 20 * 2
"""What that costs: ten sources with coverage and contact, twenty gaps with a team."""

KEPT: Final = 256
"""Documents kept: there are as many as there are sets of fields that rules permit."""


@lru_cache(maxsize=KEPT)
def document(groups: tuple[frozenset[FieldId], ...]) -> str:
    """Write the document that asks for these sets of fields, one root field each."""
    variables = "".join(f", $i{n}: [ID!]!, $s{n}: [ID!]!" for n in range(len(groups)))
    roots = "".join(
        f"  g{n}: people(ids: $i{n}, sources: $s{n}, context: $context) {{ id\n    {selection(fields)}\n    {SAID} }}\n"
        for n, fields in enumerate(groups)
    )
    return f"query($context: RequestContext!{variables}) {{\n{roots}}}"


@lru_cache(maxsize=KEPT)
def selection(fields: frozenset[FieldId]) -> str:
    """Write what is selected of a person."""
    lists = ((part, _of(SHAPES[record], fields)) for part, (record, _) in LISTS.items())
    return " ".join(f"{part} {{ id provenance {{ source }} {inner} }}" for part, inner in lists if inner)


@lru_cache(maxsize=KEPT)
def cost(fields: frozenset[FieldId]) -> int:
    """Reckon what one person costs."""
    lists = ((SHAPES[record], size) for record, size in LISTS.values())
    return 1 + _OF_SAID + sum(size * (1 + _costs(shape, fields)) for shape, size in lists if _of(shape, fields))


def _of(shape: Shape, fields: frozenset[FieldId]) -> str:
    return " ".join((*(w.spelt for w in shape.words if w.id in fields), *_inside(shape.inner, fields)))


def _inside(inner: Sequence[Inner], fields: frozenset[FieldId]) -> Iterable[str]:
    for one in inner:
        if selected := _of(SHAPES[one.record], fields):
            yield f"{one.spelt} {{ id {selected} }}"


def _costs(shape: Shape, fields: frozenset[FieldId]) -> int:
    inside = sum(i.size * _one(SHAPES[i.record], fields) for i in shape.inner)
    return 1 + inside  # where it is from is an object too


def _one(shape: Shape, fields: frozenset[FieldId]) -> int:
    return 1 + sum(i.size * _one(SHAPES[i.record], fields) for i in shape.inner) if _of(shape, fields) else 0
