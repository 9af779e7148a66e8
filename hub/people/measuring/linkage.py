"""Linkage: the hub's batch mode beside Splink and recordlinkage, on the same lists in one run."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.people.batch import LIKELY, SURE, Pair, Scored, clusters, one_to_one, scored
from hub.people.evaluate import Band, Quality, calibration, of_clusters, of_pairs, pairs_of
from hub.people.learning.lists import Record
from hub.people.learning.train import train
from hub.people.measuring import rivals
from hub.people.measuring.febrl import febrl
from hub.people.profile import profile
from hub.people.weights import Weights

FEBRL3, FEBRL4 = ("3",), ("4a", "4b")
BITS = range(-20, 41)
"""Scores from which two records are taken for one person's, of which the best for the truth is looked for."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What one way of linking came to."""

    how: str
    pairs: Quality
    clusters: Quality | None = None
    bands: tuple[Band, ...] = ()


def compared(sets: Sequence[str], start: Weights) -> list[Linked]:
    """Link FEBRL by the weights given, by weights learnt from it unsupervised, and by the others."""
    lists = [febrl(each) for each in sets]
    every = _every(lists)
    truth = pairs_of(persons(every))
    learnt = train(every, f"febrl {'+'.join(sets)}", start).weights
    return [
        linked("hub, weights learnt here", lists, learnt),
        linked("hub, weights as shipped", lists, with_prior(start, learnt.prior)),
        at_its_best("hub, weights as shipped, best threshold", lists, start),
        Linked("Splink 5, best threshold", rivals.splink(sets, truth)),
        Linked("recordlinkage 0.16, ECM", rivals.recordlinkage(sets, truth)),
    ]


def with_prior(weights: Weights, prior: float | None) -> Weights:
    """Give weights the prior of a list: how many pairs are one person's is the list's, not the weights'."""
    return Weights(weights.version, weights.bits, prior)


def linked(how: str, lists: Sequence[Sequence[Record]], weights: Weights) -> Linked:
    """Link one list with itself, or two with each other, each record of them once."""
    found = _scored(lists, weights)
    truth = pairs_of(persons(_every(lists)))
    bands = calibration((s.probability, _ordered(s.pair) in truth) for s in found)
    return replace(_joined(how, lists, found, LIKELY if len(lists) > 1 else SURE), bands=bands)


def at_its_best(how: str, lists: Sequence[Sequence[Record]], weights: Weights) -> Linked:
    """Link by the score that does best, the truth being known: the advantage that Splink is given."""
    alone = with_prior(weights, None)
    found = _scored(lists, alone)
    return max((_joined(how, lists, found, alone.probability(bits)) for bits in BITS), key=lambda each: each.pairs.f1)


def _scored(lists: Sequence[Sequence[Record]], weights: Weights) -> list[Scored]:
    return scored([{r.id: profile((r.traits,)) for r in records} for records in lists], weights)


def _joined(how: str, lists: Sequence[Sequence[Record]], found: Sequence[Scored], least: float) -> Linked:
    """Join what is as likely as this, and set it beside the truth."""
    true = persons(_every(lists))
    truth = pairs_of(true)
    if len(lists) > 1:
        return Linked(how, of_pairs(truth, {_ordered(pair) for pair in one_to_one(found, least)}))
    groups = clusters((r.id for r in _every(lists)), found, least)
    return Linked(how, of_pairs(truth, pairs_of(groups)), of_clusters(true, groups))


def _every(lists: Sequence[Sequence[Record]]) -> list[Record]:
    return [record for records in lists for record in records]


def persons(records: Iterable[Record]) -> list[frozenset[str]]:
    """Give whose records are whose."""
    of: dict[str, set[str]] = defaultdict(set)
    for record in records:
        of[record.person].add(record.id)
    return [frozenset(each) for each in of.values()]


def _ordered(pair: Pair) -> Pair:
    return min(pair), max(pair)
