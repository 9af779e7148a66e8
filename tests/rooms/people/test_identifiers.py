"""Identifiers are checked before they are searched or trusted (L1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.people.identifiers import Fault, checked, nhs, upn
from schema.records import IdentifierSystem


def _check_digit(body: str) -> int:
    return (11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11) % 11


valid_nhs = (
    st.integers(400_000_000, 499_999_999)
    .map(str)
    .filter(lambda body: _check_digit(body) != 10)
    .map(lambda body: f"{body}{_check_digit(body)}")
    .filter(lambda number: len(set(number)) > 1)
)


# An NHS number is read however it is spaced or typed.
@pytest.mark.parametrize(
    "text",
    [
        "4010232137",
        "401 023 2137",
        "401-023-2137",
        "\uff14\uff10\uff11\uff10\uff12\uff13\uff12\uff11\uff13\uff17",
        " 401\u2013023\u20132137 ",
        "401\u00a0023\u00a02137",
    ],
)
def test_spaces_and_widths_do_not_matter(text: str) -> None:
    assert nhs(text) == "4010232137"


# What cannot be an NHS number is refused with the reason.
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.LENGTH),
        ("401023213", Fault.LENGTH),
        ("40102321370", Fault.LENGTH),
        ("40102321AB", Fault.LENGTH),
        ("4010232138", Fault.CHECK),
        ("0000000000", Fault.CHECK),
        ("4444444444", Fault.CHECK),
        ("0000000019", Fault.RANGE),
        ("0101011113", Fault.RANGE),
        ("9434765919", Fault.RANGE),
    ],
)
def test_what_is_wrong_is_said(text: str, fault: Fault) -> None:
    assert nhs(text) is fault


# A number whose check digit would be ten is no number, whatever its last digit.
def test_check_ten_is_refused() -> None:
    body = next(str(n) for n in range(400_000_000, 400_000_100) if _check_digit(str(n)) == 10)
    assert all(nhs(f"{body}{digit}") is Fault.CHECK for digit in range(10))


# The test range is for demonstrations only: it can be refused.
def test_the_test_range_is_allowed_by_a_flag() -> None:
    assert nhs("9990000018") == "9990000018"
    assert nhs("9990000018", test_range=False) is Fault.RANGE


# A single wrong digit never passes.
@given(valid_nhs, st.integers(0, 9), st.integers(1, 9))
def test_a_single_digit_change_is_rejected(number: str, place: int, by: int) -> None:
    digit = str((int(number[place]) + by) % 10)
    assert nhs(number) == number
    assert isinstance(nhs(number[:place] + digit + number[place + 1 :]), Fault)


# Two neighbouring digits that change places never pass.
@given(valid_nhs, st.integers(0, 8))
def test_a_transposition_is_rejected(number: str, place: int) -> None:
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert changed == number or isinstance(nhs(changed), Fault)


# A UPN is as good as its check letter; authorities are not checked, temporary ones are allowed.
@pytest.mark.parametrize("text", ["A823432110001", "a823432110001", "A823 4321 10001"])
def test_a_upn_check_letter_is_computed(text: str) -> None:
    rest = "823432110001"
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    right = letters[sum(w * int(d) for w, d in enumerate(rest, start=2)) % 23]
    assert upn(right + text.replace(" ", "")[1:]) == right + rest
    wrong = next(c for c in letters if c != right)
    assert upn(wrong + rest) is Fault.CHECK


# A temporary UPN ends in a letter, which counts by its place; letters that look like digits are never used.
def test_temporary_upns() -> None:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    accepted = [upn(f"{letter}94012341100B") for letter in letters]
    assert sum(not isinstance(value, Fault) for value in accepted) == 1
    assert upn("A94012341100I") is Fault.LENGTH
    assert upn("A9401234110") is Fault.LENGTH


# Any single-digit change of a UPN's number changes its letter.
@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_a_upn_digit_change_is_rejected(rest: str, place: int, by: int) -> None:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    letter = letters[sum(w * int(d) for w, d in enumerate(rest, start=2)) % 23]
    changed = rest[:place] + str((int(rest[place]) + by) % 10) + rest[place + 1 :]
    assert upn(letter + rest) == letter + rest
    assert upn(letter + changed) is Fault.CHECK


# Other identifiers have no check of their own, but must be something.
def test_other_identifiers() -> None:
    assert checked(IdentifierSystem.YOT_NUMBER, " brk/1234/25 ") == "brk/1234/25"
    assert checked(IdentifierSystem.CASE_NUMBER, "  ") is Fault.LENGTH
    assert checked(IdentifierSystem.UPN, "x") is Fault.LENGTH
