"""Changed places: where two versions' rules differ, those places together at which they come to the same."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from policies.facts import Asker
from policies.rulebook import Rulebook
from policies.simulate.askers import Alike, Askers
from policies.simulate.bodies import Body
from policies.simulate.places import Place, Rules
from policies.simulate.space import Space, space_of
from policies.simulate.turns import Comparison, Pair, where_changed


class Changed(NamedTuple):
    """Two versions' rules, how to compare them, and the places where they are what applies."""

    comparison: Comparison
    pair: Pair
    places: list[Place]


def changed_places(before: Rulebook, after: Rulebook) -> Iterator[Changed]:
    """Give every place where two versions' rules can come to different outcomes."""
    rules = Rules((before, after))
    askers = Askers(name for body in rules.all_bodies for name in body.needs)
    comparisons: dict[tuple[Space, int], Comparison] = {}
    alike: dict[tuple[Comparison, int], Changed] = {}
    for versions, places in _by_bodies(rules, askers):
        asker = places[0].asker
        old, new = _that_count(versions, asker, askers)
        if old != new:
            space = _space(versions, old | new, asker, askers)
            within = where_changed(space, old, new)
            comparison = comparisons.setdefault((space, within), Comparison(space, within))
            pair = comparison.pair(old, new)
            alike.setdefault((comparison, pair.rules), Changed(comparison, pair, [])).places.extend(places)
    yield from alike.values()


_Versions = tuple[frozenset[Body], frozenset[Body]]


def _by_bodies(rules: Rules, askers: Askers) -> Iterator[tuple[_Versions, list[Place]]]:
    """Give the places whose rules differ, by what the two versions' rules do and by what is read of who asks there."""
    same: dict[tuple[Alike, int, int], list[Place]] = {}
    for _, met in groupby(rules.places(changed=True), key=lambda met: met.place[:3]):
        alike: Alike | None = None
        for place, (old, new) in met:
            before, after = rules.bodies(old), rules.bodies(new)
            if before != after:
                alike = alike or askers.alike(place.asker)
                same.setdefault((alike, before, after), []).append(place)
    for (_, before, after), places in same.items():
        yield (rules.these(before), rules.these(after)), places


def _that_count(versions: _Versions, asker: Asker, askers: Askers) -> _Versions:
    """Leave out rules that apply in no situation in which a changed one does: where that is not, nothing changes."""
    old, new = versions
    needs = {body.needs for body in old ^ new}
    meeting = {
        body for body in old | new if any(askers.together(asker, body.needs | of_changed) for of_changed in needs)
    }
    return old & meeting, new & meeting


def _space(versions: _Versions, meeting: frozenset[Body], asker: Asker, askers: Askers) -> Space:
    """Give the situations that count; a flag that any rule there asks for is told as a fact, as it is everywhere."""
    asked = {name for body in versions[0] | versions[1] for name in body.needs} & askers.of_flags(asker)
    return space_of(asked | {name for body in meeting for name in body.needs}, asker)
