"""Levels: how two people agree, said once more in SQL for Splink. A test holds it to the comparing the hub does."""

from collections.abc import Collection, Mapping
from typing import Any

from hub.people.named import ROUGHLY, SHORTEST
from hub.people.placed import HALF, LIKE, MOST_WORDS, VERY_LIKE
from hub.people.weights import Agreement, Compared, Weights

_A = Agreement
_ROOMY = 2.0**-40
"""A u so small that no m is above one, where only the ratio counts."""


def _similar(column: str) -> str:
    return (
        f"least(length({column}_l), length({column}_r)) >= {SHORTEST} "
        f"and damerau_levenshtein({column}_l, {column}_r) <= 1"
    )


def _roughly(column: str) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {ROUGHLY}"


def _any(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


_PREFIX = (
    "given_words_l[1:least(len(given_words_l), len(given_words_r))] "
    "= given_words_r[1:least(len(given_words_l), len(given_words_r))]"
)
_EXCHANGED = "given_joined_l = surname_joined_r or surname_joined_l = given_joined_r"
_SHARED = "len(list_intersect(address_words_l, address_words_r))"
_FEWER = "least(len(address_words_l), len(address_words_r))"
_PARTS = "[birth_{0}[1:4], birth_{0}[5:6], birth_{0}[7:8]]"
_TURNED = "[birth_{0}[1:4], birth_{0}[7:8], birth_{0}[5:6]]"

CONDITIONS: Mapping[Compared, Mapping[Agreement, str]] = {
    Compared.SURNAME: {
        _A.EXACT: "surname_l = surname_r",
        _A.FORMER: "surname_joined_l = surname_joined_r",
        _A.EQUIVALENT: f"coalesce({_any('surname_roots')}, false)",
        _A.PART: _any("surname_words"),
        _A.SIMILAR: _similar("surname_joined"),
        _A.ROUGHLY: _roughly("surname_joined"),
        _A.SOUNDS: _any("surname_sounds"),
        _A.EXCHANGED: _EXCHANGED,
    },
    Compared.GIVEN: {
        _A.EXACT: f"given_joined_l = given_joined_r or ({_PREFIX} and not given_many_l)",
        _A.EQUIVALENT: f"given_first_l <> given_first_r and {_any('given_roots')}",
        _A.SIMILAR: f"given_first_l = given_first_r or ({_similar('given_first')})",
        _A.ROUGHLY: _roughly("given_first"),
        _A.INITIAL: "least(length(given_first_l), length(given_first_r)) = 1 and given_first_l[1] = given_first_r[1]",
        _A.EXCHANGED: _EXCHANGED,
    },
    Compared.BIRTH: {
        _A.EXACT: "birth_l = birth_r",
        _A.DAY_MONTH: f"{_PARTS.format('l')} = {_TURNED.format('r')}",
        _A.ONE_DIGIT: "hamming(birth_l, birth_r) = 1",
        _A.YEAR: "birth_l[1:4] = birth_r[1:4]",
    },
    Compared.POSTCODE: {
        _A.EXACT: "postcode_l = postcode_r",
        _A.SIMILAR: "damerau_levenshtein(postcode_l, postcode_r) = 1",
        _A.DISTRICT: "outward_l = outward_r",
    },
    Compared.ADDRESS: {
        _A.EXACT: f"address_l = address_r or ({_SHARED} = {_FEWER} and {_FEWER} > 1)",
        _A.SIMILAR: f"{_SHARED} / {_FEWER} >= {MOST_WORDS} "
        f"or jaro_winkler_similarity(address_joined_l, address_joined_r) >= {VERY_LIKE}",
        _A.PART: f"{_SHARED} / {_FEWER} >= {HALF} "
        f"or jaro_winkler_similarity(address_joined_l, address_joined_r) >= {LIKE}",
    },
    Compared.NHS: {_A.SAME: _any("nhs")},
    Compared.UPN: {_A.SAME: _any("upn")},
    Compared.OTHER: {_A.SAME: _any("other")},
    Compared.SEX: {_A.SAME: "sex_l = sex_r"},
}
"""For each field the conditions in the order in which they are asked; what meets none is different."""

COLUMN = {
    Compared.SURNAME: "surname",
    Compared.GIVEN: "given",
    Compared.BIRTH: "birth",
    Compared.POSTCODE: "postcode",
    Compared.ADDRESS: "address",
    Compared.NHS: "nhs",
    Compared.UPN: "upn",
    Compared.OTHER: "other",
    Compared.SEX: "sex",
}
"""The column that is null where a field is not known."""


def comparisons(fields: Collection[Compared], weights: Weights | None = None) -> list[dict[str, Any]]:
    """Give Splink's comparisons of these fields, to be learnt or, with weights, as the weights have them."""
    return [_comparison(field, weights) for field in CONDITIONS if field in fields]


def _comparison(field: Compared, weights: Weights | None) -> dict[str, Any]:
    column = COLUMN[field]
    null = {
        "sql_condition": f"{column}_l is null or {column}_r is null",
        "label_for_charts": "not known",
        "is_null_level": True,
    }
    conditions = {**CONDITIONS[field], Agreement.DIFFERENT: "ELSE"}
    return {
        "output_column_name": column,
        "comparison_levels": [null, *(_level(field, a, sql, weights) for a, sql in conditions.items())],
    }


def _level(field: Compared, agreement: Agreement, sql: str, weights: Weights | None) -> dict[str, Any]:
    level: dict[str, Any] = {"sql_condition": sql, "label_for_charts": agreement.value}
    if weights is not None:
        bits = weights.of(field, agreement)
        level |= {"m_probability": _ROOMY * 2.0**bits, "u_probability": _ROOMY}
    return level
