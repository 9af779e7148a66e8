"""Training: what each way to agree is worth, learnt by Splink from lists in which nobody need say who is who.

Fellegi and Sunter's m is learnt by expectation maximisation among pairs that share something, u from pairs taken at
random; what a list has too little of to learn keeps the bits it had.
"""

import json
import logging
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.people.learning.columns import table
from hub.people.learning.levels import COLUMN, comparisons
from hub.people.learning.lists import Record
from hub.people.profile import Profile, profile
from hub.people.weights import MOST_BITS, Agreement, Compared, Weights

FEWEST = 100
"""Records below which nothing is learnt."""
ENOUGH = 0.05
"""Share of records that must have a field for it to be learnt."""
LEAST_M = 1e-4
LEAST_U = 1e-6
"""What is never seen is not impossible: the least that either is taken for."""
RECALL = 0.7
"""Share of true pairs thought to agree wholly on a name and two more things: for the prior alone."""
SEED = 11
SAMPLE = 1_000_000
"""Pairs taken at random to learn u from."""

_HELD = {
    Compared.SURNAME: lambda p: bool(p.surnames),
    Compared.GIVEN: lambda p: bool(p.givens),
    Compared.BIRTH: lambda p: bool(p.births),
    Compared.POSTCODE: lambda p: bool(p.postcodes),
    Compared.ADDRESS: lambda p: bool(p.addresses),
    Compared.SEX: lambda p: bool(p.sexes),
}
_ANCHORS: Mapping[Compared, str] = {
    Compared.BIRTH: "l.birth = r.birth",
    Compared.POSTCODE: "l.postcode = r.postcode",
    Compared.SURNAME: "l.surname = r.surname and l.given = r.given",
}
"""What pairs share while the other fields are learnt."""
_SURE = (
    "l.surname = r.surname and l.given = r.given and l.birth = r.birth",
    "l.given = r.given and l.birth = r.birth and l.postcode = r.postcode",
)


class CannotTrain(Exception):
    """Tell the user what the lists lack, or what to install."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights, and from what they were learnt; ``kept`` names what keeps the bits it had."""

    weights: Weights
    records: int
    learnt: tuple[Compared, ...]
    kept: tuple[tuple[Compared, Agreement], ...]

    def written(self) -> str:
        """Write them as a file that HUB_WEIGHTS can name."""
        fields: dict[str, dict[str, float]] = {}
        for (field, agreement), bits in self.weights.bits.items():
            fields.setdefault(field.value, {})[agreement.value] = bits
        about = {
            "records": self.records,
            "learnt": [field.value for field in self.learnt],
            "kept": [f"{field.value}, {agreement.value}" for field, agreement in self.kept],
        }
        content = {"version": self.weights.version, "prior": self.weights.prior, "about": about, **fields}
        return json.dumps(content, indent=2) + "\n"


def train(records: Sequence[Record], version: str, start: Weights, *, sample: int = SAMPLE) -> Trained:
    """Learn weights; those of ``start`` stay where nothing can be learnt. CannotTrain says why not at all."""
    if len(records) < FEWEST:
        raise CannotTrain(f"there are {len(records)} records: at least {FEWEST} are needed to learn from")
    fields = _known([profile((record.traits,)) for record in records])
    anchors = [rule for field, rule in _ANCHORS.items() if field in fields]
    if len(anchors) < 2 or Compared.GIVEN not in fields:  # noqa: PLR2004 -- a field is learnt while another is shared
        raise CannotTrain("too few records have a given name, a family name and a date of birth or postcode")
    try:
        model = _learn(records, fields, anchors, sample)
    except ValueError:  # Splink's own, where a parameter comes to nothing
        raise CannotTrain("the lists are too short or too much alike to learn from: give more of them") from None
    return _trained(model, fields, records, version, start)


def _known(profiles: Sequence[Profile]) -> tuple[Compared, ...]:
    enough = ENOUGH * len(profiles)
    return tuple(field for field, held in _HELD.items() if sum(map(held, profiles)) >= enough)


def _learn(
    records: Sequence[Record], fields: Collection[Compared], anchors: Iterable[str], sample: int
) -> Mapping[str, Any]:
    try:
        import duckdb
        from splink import DuckDBAPI, Linker, SettingsCreator
    except ImportError:
        raise CannotTrain("training needs Splink: pip install 'childrens-services-hub[train]'") from None
    logging.getLogger("splink").setLevel(logging.ERROR)
    with duckdb.connect() as connection:
        connection.execute("set threads to 1")  # the same numbers whatever the machine
        linker = Linker(
            DuckDBAPI(connection).register(table(records)),
            SettingsCreator("dedupe_only", [*comparisons(fields)]),
            log_level=logging.ERROR,
        )
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [rule for rule in _SURE if "postcode" not in rule or Compared.POSTCODE in fields], recall=RECALL
        )
        training.estimate_u_using_random_sampling(max_pairs=sample, seed=SEED, min_count_per_level=None)
        for rule in anchors:
            training.estimate_parameters_using_expectation_maximisation(rule)
        return dict(linker.misc.save_model_to_json())


def _trained(
    model: Mapping[str, Any], fields: Collection[Compared], records: Sequence[Record], version: str, start: Weights
) -> Trained:
    bits, learnt = dict(start.bits), set[tuple[Compared, Agreement]]()
    at = {column: field for field, column in COLUMN.items()}
    for comparison in model["comparisons"]:
        field = at[comparison["output_column_name"]]
        for level in comparison["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if not level.get("is_null_level") and m is not None and u is not None:
                pair = field, Agreement(level["label_for_charts"])
                learnt.add(pair)
                bits[pair] = round(math.log2(max(m, LEAST_M) / max(u, LEAST_U)), 3)
    kept = tuple(pair for pair in bits if pair not in learnt)
    weights = replace(start, version=version, bits=bits, prior=_prior(model))
    return Trained(weights, len(records), tuple(fields), kept)


def _prior(model: Mapping[str, Any]) -> float:
    chance = model["probability_two_random_records_match"]
    return round(max(math.log2(chance / (1 - chance)), -MOST_BITS), 3)
