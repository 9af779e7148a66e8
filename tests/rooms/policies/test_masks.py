"""Masks: what part of a value is left, and nothing where the mask does not fit."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.masks import apply_mask
from policies.vocabulary import Mask


# Each mask leaves what its name says.
@pytest.mark.parametrize(
    ("mask", "value", "left"),
    [
        (Mask.YEAR_ONLY, dt.date(2014, 5, 17), dt.date(2014, 1, 1)),
        (Mask.YEAR_ONLY, dt.datetime(2014, 5, 17, 9, tzinfo=dt.UTC), dt.date(2014, 1, 1)),
        (Mask.OUTWARD_POSTCODE, "BK1 1AA", "BK1"),
        (Mask.OUTWARD_POSTCODE, " bk11 1aa ", "BK11"),
        (Mask.OUTWARD_POSTCODE, "BK11AA", "BK1"),
        (Mask.LAST_THREE, "9990001234", "234"),
        (Mask.INITIALS, "Mary-Ann de Souza", "M. D. S."),
    ],
)
def test_a_mask_leaves_its_part(mask: Mask, value: object, left: object) -> None:
    assert apply_mask(mask, value) == left


# A value that a mask does not fit is not shown at all.
@pytest.mark.parametrize(
    ("mask", "value"),
    [
        (Mask.YEAR_ONLY, "2014-05-17"),
        (Mask.YEAR_ONLY, None),
        (Mask.OUTWARD_POSTCODE, "12 Mill Lane"),
        (Mask.OUTWARD_POSTCODE, 12),
        (Mask.OUTWARD_POSTCODE, "BK1"),
        (Mask.LAST_THREE, "12345"),
        (Mask.LAST_THREE, 9990001234),
        (Mask.INITIALS, " "),
        (Mask.INITIALS, None),
    ],
)
def test_a_mask_that_does_not_fit_gives_nothing(mask: Mask, value: object) -> None:
    assert apply_mask(mask, value) is None


# No mask ever gives back the whole value, or fails on one.
@given(st.sampled_from(list(Mask)), st.one_of(st.text(), st.none(), st.integers(), st.lists(st.text())))
def test_a_mask_never_gives_the_whole(mask: Mask, value: object) -> None:
    left = apply_mask(mask, value)
    assert left is None or (left != value and len(str(left)) <= 2 * len(str(value)))
