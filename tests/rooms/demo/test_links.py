"""A cautious matcher can find the true links, and only those: what the hub's own matching is held to."""

from collections import defaultdict
from collections.abc import Iterator

from hub.demo.population import Entry, Population
from hub.demo.systems.police import folded


def keys(entry: Entry) -> Iterator[tuple[str, ...]]:
    """Give the keys under which a careful reader would join two records."""
    written, born = entry.written, str(entry.written.born)
    homes = {folded(h.postcode) for h in written.homes}
    for name in (written.name, *written.former):
        given, family = folded(name.given), folded(name.family)
        for postcode in homes:
            yield "home", given, family, born, postcode
        for number in (*written.nhs, written.upn, written.former_upn):
            if number:
                yield "number", number, given, born
                yield "number", number, family, born


def test_a_cautious_matcher_finds_ninety_five_in_a_hundred_and_no_false_link(population: Population) -> None:
    """Joining by number, name and birthday, or by name, birthday and postcode, finds 95 % of links, none wrongly."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def top(node: tuple[str, str]) -> tuple[str, str]:
        while parent[node] != node:
            node = parent[node]
        return node

    first: dict[tuple[str, ...], tuple[str, str]] = {}
    truly: dict[tuple[str, str], str] = {}
    for source, entries in population.entries.items():
        for entry in (e for e in entries if e.written.born):
            node = (str(source), entry.local_id)
            parent[node] = node
            truly[node] = entry.person.key
            for key in keys(entry):
                parent[top(node)] = top(first.setdefault(key, node))
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for node, key in truly.items():
        found[top(node)].add(key)
    assert all(len(people) == 1 for people in found.values())
    assert _recall(truly, {n: top(n) for n in truly}) >= 0.95


def _recall(truly: dict[tuple[str, str], str], joined: dict[tuple[str, str], tuple[str, str]]) -> float:
    nodes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for node, key in truly.items():
        nodes[key].append(node)
    pairs = [(a, b) for held in nodes.values() for n, a in enumerate(held) for b in held[n + 1 :]]
    return sum(joined[a] == joined[b] for a, b in pairs) / len(pairs)
