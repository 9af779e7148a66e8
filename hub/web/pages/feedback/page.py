"""Feedback: did you find what you came for? Two choices and, if one likes, a few words that name nobody."""

import re
from collections.abc import Mapping
from typing import Final

from hub.governance.acting import CannotBeDone
from hub.governance.feedback import LONGEST, Feedback, FoundIt, Missed, check_words, give
from hub.web.local_path import local_path
from hub.web.pages.visit import Shown, Visit

_WORD: Final = re.compile(r"[a-z-]{0,20}")
_FOUND: Final = {one.value: one for one in FoundIt}
_MISSED: Final = {one.value: one for one in Missed}


async def feedback(visit: Visit) -> Shown:
    """Show the form, or keep what it brought."""
    given = visit.form or {}
    back = visit.back_to("/find" if visit.session.asks else "/")
    if visit.form is None:
        return _page(given, {}, back, done=False)
    wrong = _wrong(given)
    if wrong:
        return _page(given, wrong, back, done=False)
    said = Feedback(
        page_of(back), visit.who.role, _FOUND[given["found"]], _MISSED[given["missed"]], given.get("words", "")
    )
    await give(visit.governing.acting, said)
    return _page({}, {}, back, done=True)


def page_of(path: str) -> str:
    """Give a page's own address without what it is about: ids and questions are left out."""
    parts = local_path(path).partition("?")[0].split("/")
    return "/".join(part if _WORD.fullmatch(part) else "-" for part in parts)


def _wrong(said: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong, by field."""
    wrong = {}
    if said.get("found") not in _FOUND:
        wrong["found"] = "Choose whether you found what you came for"
    if said.get("missed") not in _MISSED:
        wrong["missed"] = "Choose what you missed most"
    try:
        check_words(said.get("words", ""))
    except CannotBeDone as refused:
        wrong["words"] = str(refused)
    return wrong


def _page(said: Mapping[str, str], wrong: dict[str, str], back: str, *, done: bool) -> Shown:
    values = {
        "found": [(one.value, one.words) for one in FoundIt],
        "missed": [(one.value, one.words) for one in Missed],
        "chosen": (said.get("found", ""), said.get("missed", "")),
        "words": said.get("words", ""),
        "errors": wrong,
        "back": back,
        "done": done,
        "longest": LONGEST,
    }
    return Shown("feedback/page.html", "Thank you" if done else "Your feedback", values, 400 if wrong else 200)
