"""A version as one file: what comes back is what went out, and whatever is not whole is refused with its place."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.version import MOST_RULES, read_content
from hub.governance.versions.whole import MOST_BYTES, _digest, read_whole, written
from policies.validation import RulebookError
from tests.rooms.versions.stage import AUTHOR, FIRST, Room, content
from tests.rooms.versions.test_kept import SHIPPED

HOSTILE = ("'; DROP TABLE rulebook; --", "\u202eevil", "=cmd()", "a\x00b", "x" * 10_000, "False) or (True")


async def file_of(here: Room) -> dict[str, Any]:
    version = await here.lives.draft(SHIPPED, AUTHOR, "a reason")
    told: dict[str, Any] = json.loads(written(await here.versions.read(version)))
    return told


def sealed(told: dict[str, Any]) -> bytes:
    """Give a file's bytes with the digest its content has, as whoever alters it on purpose would."""
    rest = {name: part for name, part in told.items() if name != "digest"}
    return json.dumps({**rest, "digest": _digest(rest)}).encode()


async def test_what_comes_back_is_what_went_out(plain: Room) -> None:
    """Every rule and example, and the very version; who wrote it is not in the file."""
    told = await file_of(plain)
    again = read_content(*read_whole(sealed(told), "v.json"))
    assert again == SHIPPED or again.rulebook.version == SHIPPED.rulebook.version
    assert again.examples == SHIPPED.examples
    assert AUTHOR.subject not in json.dumps(told)


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("a part is missing", lambda t: t.pop("rules"), "rules: it is missing"),
    ("a part too many", lambda t: t.update(more=1), "more: there is no such part"),
    ("another form", lambda t: t.update(form="x"), "form: it must be"),
    ("rules that are no list", lambda t: t.update(rules={}), "rules: it is not a list"),
    ("a column missing", lambda t: t["rules"][3].pop("effect"), "rules 4: its columns must be"),
    ("a column too many", lambda t: t["rules"][0].update(more="x"), "rules 1: its columns must be"),
    ("a cell that is no text", lambda t: t["rules"][1].update(why=7), "rules 2 why: it is not text"),
    ("a row that is no row", lambda t: t["examples"].append(None), "its columns must be"),
    ("too many rules", lambda t: t.update(rules=t["rules"][:1] * (MOST_RULES * 10)), "100000, and 10000 at most"),
    ("many faults", lambda t: [r.pop("why") for r in t["rules"]], "more"),
]


@pytest.mark.parametrize(("what", "change", "said"), CHANGES, ids=[c[0] for c in CHANGES])
async def test_what_is_malformed_is_refused_with_its_place(
    plain: Room, what: str, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    """Even where the digest was made anew: the place and what is wrong there."""
    told = await file_of(plain)
    change(told)
    with pytest.raises(VersionRefused, match=r"v\.json") as refused:
        read_whole(sealed(told), "v.json")
    assert said in str(refused.value), what
    assert await plain.versions.active() == FIRST.rulebook.version


async def test_half_a_file_is_refused_wherever_it_was_cut(plain: Room) -> None:
    """A file that was half-written is refused with the line and column where it ends."""
    whole = json.dumps(await file_of(plain)).encode()
    for cut in range(0, len(whole), max(1, len(whole) // 50)):
        with pytest.raises(VersionRefused, match=r"v\.json line \d+ column \d+"):
            read_whole(whole[:cut], "v.json")


def test_a_file_too_large_is_not_read() -> None:
    """Nobody can fill the memory with a file."""
    with pytest.raises(VersionRefused, match="larger than"):
        read_whole(b" " * (MOST_BYTES + 1), "v.json")


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("column", ["id", "role", "agency", "when", "effect"])
def test_hostile_words_are_no_rules(word: str, column: str) -> None:
    """A cell takes words of its list; anything else is refused by row and column."""
    rules = [{**SHIPPED.rules[0], column: word}, *SHIPPED.rules[1:]]
    with pytest.raises(RulebookError, match=column):
        read_content(rules, [])


@pytest.mark.parametrize("word", HOSTILE)
async def test_a_reason_is_text_that_can_be_read_or_refused(plain: Room, word: str) -> None:
    """What an officer writes in English is only ever text; what cannot be printed is not kept."""
    if not word.isprintable() or len(word) > 1_000:
        with pytest.raises(VersionRefused, match="a reason is one line"):
            await plain.lives.draft(content("HEALTH"), AUTHOR, word)
        return
    version = await plain.lives.draft(content("HEALTH"), AUTHOR, word)
    assert (await plain.versions.read(version)).reason == word
