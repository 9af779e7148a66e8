"""Rivals: the same lists linked by Splink and by recordlinkage as their own pages do it, without the person number.

Each gets every other column, the blocks its pages use and the threshold that does best for it, the truth being known.
"""

import logging
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from hub.people.batch import Pair
from hub.people.evaluate import Quality, of_pairs
from hub.people.measuring.febrl import Missing, rows

_THRESHOLDS = tuple(n / 2 for n in range(-8, 41))


def splink(sets: Sequence[str], truth: set[Pair]) -> Quality:
    """Link by Splink: its comparisons for names, dates of birth and distances, learnt by its own training."""
    try:
        import duckdb
        import pyarrow as pa
        import splink.comparison_library as cl
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    except ImportError:
        raise Missing("Splink is not here: pip install 'childrens-services-hub[evaluate]'") from None
    logging.getLogger("splink").setLevel(logging.ERROR)
    blocks = [
        block_on("given_name", "surname"),
        block_on("date_of_birth"),
        block_on("postcode", "given_name"),
        block_on("postcode", "surname"),
        block_on("street_number", "address_1"),
        block_on("address_1", "suburb"),
    ]
    settings = SettingsCreator(
        "dedupe_only" if len(sets) == 1 else "link_only",
        [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.8]),
            cl.JaroWinklerAtThresholds("suburb", [0.9, 0.8]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        [*blocks],
        unique_id_column_name="rec_id",
    )
    with duckdb.connect() as connection:
        api = DuckDBAPI(connection)
        tables = [
            api.register(pa.Table.from_pylist([{k: v or None for k, v in row.items()} for row in rows(each)]))
            for each in sets
        ]
        linker = Linker(tables if len(tables) > 1 else tables[0], settings, log_level=logging.ERROR)
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [block_on("given_name", "surname", "date_of_birth")], 0.6
        )
        training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
        for block in (block_on("date_of_birth"), block_on("postcode"), block_on("surname", "given_name")):
            training.estimate_parameters_using_expectation_maximisation(block)
        told = linker.inference.predict(threshold_match_weight=_THRESHOLDS[0])
        relation = told.as_duckdbpyrelation().select("match_weight, rec_id_l, rec_id_r")
        found = [(weight, (min(one, other), max(one, other))) for weight, one, other in relation.fetchall()]
    return _best(found, truth)


def recordlinkage(sets: Sequence[str], truth: set[Pair]) -> Quality:
    """Link by recordlinkage: its comparisons for FEBRL, told apart by its ECM classifier, which needs no truth."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pandas as pd
            import recordlinkage as rl
    except ImportError:
        raise Missing("recordlinkage is not here: pip install 'childrens-services-hub[evaluate]'") from None
    frames = [pd.DataFrame(list(rows(each))).replace("", None).set_index("rec_id") for each in sets]
    index = rl.Index()
    for column in ("given_name", "surname", "date_of_birth", "postcode", "address_1"):
        index.block(column)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = index.index(*frames)
        features = _compare(rl).compute(pairs, *frames)
        joined = rl.ECMClassifier(binarize=0.8).fit_predict(features)
    return of_pairs(truth, {(min(pair), max(pair)) for pair in joined})


def _compare(rl: Any) -> Any:
    compare = rl.Compare()
    for column in ("given_name", "surname", "address_1", "suburb"):
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("date_of_birth", "postcode", "street_number", "state"):
        compare.exact(column, column, label=column)
    return compare


def _best(found: Iterable[tuple[float, Pair]], truth: set[Pair]) -> Quality:
    each = list(found)
    of = [of_pairs(truth, {pair for weight, pair in each if weight >= least}) for least in _THRESHOLDS]
    return max(of, key=lambda quality: quality.f1)
