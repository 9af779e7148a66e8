"""Report: what was measured, as the tables of hub/docs/benchmarks.md."""

from collections.abc import Iterator, Sequence

from hub.people.evaluate import Quality
from hub.people.found import Result
from hub.people.measuring.doors import Children
from hub.people.measuring.front_door import Tally
from hub.people.measuring.linkage import Linked
from hub.people.measuring.place import Place


def linkage(name: str, found: Sequence[Linked]) -> Iterator[str]:
    """Tell how several ways linked the same lists."""
    yield f"\n{name}\n"
    yield "| | pairs right | wrong | missed | precision | recall | F1 | persons whole, F1 |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for each in found:
        q, whole = each.pairs, f"{each.clusters.f1:.4f}" if each.clusters else ""
        yield f"| {each.how} | {q.right} | {q.wrong} | {q.missed} | {_ratios(q)} | {whole} |"
    yield "\n| probability said | pairs | mean said | true |"
    yield "|---|---:|---:|---:|"
    for band in found[0].bands:
        true = band.true / band.pairs if band.pairs else 0.0
        yield f"| {band.low:g} to {band.high:g} | {band.pairs} | {band.said:.4f} | {true:.4f} |"


def doors(tallies: Sequence[tuple[str, Tally]]) -> Iterator[str]:
    """Tell what searches for people who are there came to."""
    columns = "times | matched | wrongly | matched or possible | first of the possible | too many | too little"
    yield f"\n| asked by | {columns} |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, t in tallies:
        first = f"{_share(t.first, t.possible)} of {t.possible}" if t.possible else ""
        yield (
            f"| {name} | {t.asked} | {_share(t.right_match, t.asked)} | {t.wrong_match} | {_share(t.shown, t.asked)} | "
            f"{first} | {t.outcomes[Result.TOO_MANY]} | {t.cannot} |"
        )


def place(found: Place) -> Iterator[str]:
    """Tell what became of the demo's people."""
    yield f"\n{found.people} people, {found.entries} entries of eight feeds\n"
    yield "| | right | wrong | missed | precision | recall | F1 |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, q in (("pairs of entries", found.pairs), ("persons whole", found.persons)):
        yield f"| {name} | {q.right} | {q.wrong} | {q.missed} | {_ratios(q)} |"
    yield (
        f"\n{found.asked} children asked for as an agency wrote them: {_share(found.shown, found.asked)} matched or "
        f"possible, {_share(found.first, found.asked)} first; {found.wrong} wrong matches."
    )


def children(found: Children) -> Iterator[str]:
    """Tell what became of the made-up children and of those who were not there."""
    yield f"\n{found.people} children"
    yield from doors([*found.ways.items()])
    yield "\n| not there, but like one who is | asked | matched | possible | too many | none |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind, t in found.strangers.items():
        o = t.outcomes
        yield (
            f"| {kind} | {t.asked} | {t.wrong_match} | {o[Result.POSSIBLE]} | {o[Result.TOO_MANY]} | "
            f"{o[Result.NO_MATCH]} |"
        )
    twins = found.twins
    yield (
        f"\nTwins: {twins.asked} questions, {twins.both} showed both with the banner, {twins.matched} matched "
        "without the exact given name or to the other."
    )
    yield f"Written otherwise: {found.spellings} questions asked twice, {found.changed} answered otherwise."


def _ratios(q: Quality) -> str:
    return f"{q.precision:.4f} | {q.recall:.4f} | {q.f1:.4f}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"
