"""Linked identifiers: by whatever word a build writes for their type, and never a placeholder."""

import pytest

from connectors.systems.ssd.cells import text
from connectors.systems.ssd.identity import linked_system
from schema.records import IdentifierSystem


@pytest.mark.parametrize(
    ("written", "system"),
    [
        ("Unique Pupil Number", IdentifierSystem.UPN),
        ("Former Unique Pupil Number", IdentifierSystem.UPN),
        ("UPN", IdentifierSystem.UPN),
        ("NHS number", IdentifierSystem.NHS_NUMBER),
        ("Library Card", None),
        (None, None),
    ],
)
def test_a_linked_number_is_known_by_the_standards_words_and_by_what_builds_write(
    written: str | None, system: IdentifierSystem | None
) -> None:
    """The standard writes a pupil number's type in full; a type nobody knows is no number of ours."""
    assert linked_system({"link_identifier_type": written}) is system


def test_a_placeholder_is_no_value() -> None:
    """One build writes the same word where it has no number yet: it would make everybody the same child."""
    assert text({"link_identifier_value": "SSD_PH"}, "link_identifier_value") is None
