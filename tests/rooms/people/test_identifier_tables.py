"""The tables of PROMISES L1: sixty NHS numbers and forty unique pupil numbers, each with what it must come to.

By arithmetic apart from the hub's: Modulus 11 with weights ten to two, and the letter by remainder of 23.
"""

import pytest

from hub.people.identifiers import Fault, nhs, upn

NHS_NUMBERS: tuple[tuple[str, str | Fault], ...] = (
    ("4000000004", "4000000004"),
    ("4999999900", "4999999900"),
    ("6000000006", "6000000006"),
    ("7999999806", "7999999806"),
    ("4561237895", "4561237895"),
    ("7219384629", "7219384629"),
    ("4857773457", "4857773457"),
    ("6500001230", "6500001230"),
    ("7000000007", "7000000007"),
    ("9990000018", "9990000018"),
    ("9991234578", "9991234578"),
    ("9999999905", "9999999905"),
    ("456 123 7895", "4561237895"),
    ("456-123-7895", "4561237895"),
    ("456\u2013123\u20137895", "4561237895"),
    ("456\xa0123\xa07895", "4561237895"),
    ("456\u2011123\u20117895", "4561237895"),
    ("456  123  7895", "4561237895"),
    (" 4561237895 ", "4561237895"),
    ("\t4561237895\n", "4561237895"),
    ("\uff14\uff15\uff16\uff11\uff12\uff13\uff17\uff18\uff19\uff15", "4561237895"),
    ("4 5 6 1 2 3 7 8 9 5", "4561237895"),
    ("*4561237895%", "4561237895"),
    ("\u0664\u0665\u0666\u0661\u0662\u0663\u0667\u0668\u0669\u0665", "4561237895"),
    ("", Fault.LENGTH),
    (" ", Fault.LENGTH),
    ("-", Fault.LENGTH),
    ("456123789", Fault.LENGTH),
    ("45612378950", Fault.LENGTH),
    ("45612378AB", Fault.LENGTH),
    ("ABCDEFGHIJ", Fault.LENGTH),
    ("45612.37895", Fault.LENGTH),
    ("456123789X", Fault.LENGTH),
    ("45612378954561237895", Fault.LENGTH),
    ("NHS4561237895", Fault.LENGTH),
    ("45612/37895", Fault.LENGTH),
    ("04561237895", Fault.LENGTH),
    ("1", Fault.LENGTH),
    ("444444444", Fault.LENGTH),
    ("0000000000", Fault.CHECK),
    ("1111111111", Fault.CHECK),
    ("2222222222", Fault.CHECK),
    ("3333333333", Fault.CHECK),
    ("4444444444", Fault.CHECK),
    ("5555555555", Fault.CHECK),
    ("6666666666", Fault.CHECK),
    ("7777777777", Fault.CHECK),
    ("8888888888", Fault.CHECK),
    ("9999999999", Fault.CHECK),
    ("4000000080", Fault.CHECK),
    ("4000000081", Fault.CHECK),
    ("6000000090", Fault.CHECK),
    ("6000000091", Fault.CHECK),
    ("4561237896", Fault.CHECK),
    ("5461237895", Fault.CHECK),
    ("4561537895", Fault.CHECK),
    ("0101011113", Fault.RANGE),
    ("1010111108", Fault.RANGE),
    ("3112999991", Fault.RANGE),
    ("3200000007", Fault.RANGE),
)

PUPIL_NUMBERS: tuple[tuple[str, str | Fault], ...] = (
    ("H801200001001", "H801200001001"),
    ("N940123456789", "N940123456789"),
    ("P941100019001", "P941100019001"),
    ("C942200018002", "C942200018002"),
    ("Q943300017003", "Q943300017003"),
    ("C330401219004", "C330401219004"),
    ("R201345620123", "R201345620123"),
    ("L999400021005", "L999400021005"),
    ("A000000000000", "A000000000000"),
    ("A123456789012", "A123456789012"),
    ("U80120000100A", "U80120000100A"),
    ("H80120000100B", "H80120000100B"),
    ("E80120000100Z", "E80120000100Z"),
    ("h801200001001", "H801200001001"),
    (" H801200001001 ", "H801200001001"),
    ("H 8012000 01001", "H801200001001"),
    ("H801-200001001", "H801200001001"),
    ("H\uff18\uff10\uff11\uff12\uff10\uff10\uff10\uff10\uff11\uff10\uff10\uff11", "H801200001001"),
    ("u80120000100a", "U80120000100A"),
    ("*H801200001001", "H801200001001"),
    ("A801200001001", Fault.CHECK),
    ("Z801200001001", Fault.CHECK),
    ("H901200001001", Fault.CHECK),
    ("H801200001002", Fault.CHECK),
    ("H081200001001", Fault.CHECK),
    ("U80120000100B", Fault.CHECK),
    ("D80120000100A", Fault.CHECK),
    ("I801200001001", Fault.CHECK),
    ("O801200001001", Fault.CHECK),
    ("S801200001001", Fault.CHECK),
    ("", Fault.LENGTH),
    ("H80120000100", Fault.LENGTH),
    ("H8012000010011", Fault.LENGTH),
    ("801200001001", Fault.LENGTH),
    ("1801200001001", Fault.LENGTH),
    ("H80120000100I", Fault.LENGTH),
    ("H80120000100O", Fault.LENGTH),
    ("H80120000100S", Fault.LENGTH),
    ("H8012A0001001", Fault.LENGTH),
    ("UPNH801200001001", Fault.LENGTH),
)


# Each of sixty texts is the NHS number it stands for, or is refused for the reason it should be.
@pytest.mark.parametrize(("text", "expected"), NHS_NUMBERS)
def test_the_table_of_nhs_numbers(text: str, expected: str | Fault) -> None:
    assert nhs(text) == expected


# Each of forty texts is the pupil number it stands for, or is refused for the reason it should be.
@pytest.mark.parametrize(("text", "expected"), PUPIL_NUMBERS)
def test_the_table_of_pupil_numbers(text: str, expected: str | Fault) -> None:
    assert upn(text) == expected


# The tables are whole: sixty and forty, none twice, every fault among them.
def test_the_tables_are_whole() -> None:
    assert [len(dict(table)) for table in (NHS_NUMBERS, PUPIL_NUMBERS)] == [60, 40]
    assert {*dict(NHS_NUMBERS).values()} >= {*Fault}
