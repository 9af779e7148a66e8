"""Protection: which labels seal a person and which keep an address out of every search."""

from collections.abc import Iterable

from schema.labels import Label, Tier

SEALING = frozenset(label for label in Label if label.tier is Tier.SEALED)
"""Adoption, witness protection, gender recognition: the person never links and no search finds them."""

HIDES_ADDRESS = frozenset({Label.CONFIDENTIAL_ADDRESS, Label.NATIONALLY_RESTRICTED})
"""A question that names a postcode does not find the person, whatever else it names."""


def written(labels: Iterable[Label]) -> str:
    """Write labels for a column."""
    return " ".join(sorted(labels))


def read(text: str) -> frozenset[Label]:
    """Read labels from a column."""
    return frozenset(Label[name] for name in text.split())
