"""Rules that change while a question is answered: what leaves is one version's, whoever is asked about."""

import re
from typing import Any

from policies.rulebook import Rulebook
from tests.house import RULES, WHO, House, switch
from tests.rooms.answer.test_honesty import _only_known_to_police
from tests.rooms.policies.rules import bar, rule

NOBODY = "00000000-0000-0000-0000-000000000000"
SHUT = Rulebook([*RULES.rows, bar(id="deny-early-help", role="early-help-worker")])
CLOSER = Rulebook([*RULES.rows, bar(id="deny-early-help", role="early-help-worker", service="EDUCATION HOUSING")])
WIDER = Rulebook([*RULES.rows, rule(id="open-early-help", role="early-help-worker")])
SWITCHES = ((RULES, SHUT), (SHUT, RULES), (RULES, CLOSER), (WIDER, RULES), (RULES, WIDER), (WIDER, SHUT), (SHUT, WIDER))


async def asked(home: House, child: str) -> str:
    """Ask about somebody; give what was answered, without the id that differs every time."""
    person: Any = await home.person(child, "early-help", "EARLY_HELP", WHO)
    return re.sub(r"'decisionId': '[^']*'", "", repr(person))


async def asked_while(home: House, child: str, after: Rulebook) -> str:
    """Ask about somebody, and let other rules count as soon as the intent is written."""
    append, switched = home.ledger.append, False

    async def switching(*entries: Any) -> Any:
        nonlocal switched
        done = await append(*entries)
        if not switched:
            switched = True
            await switch(home, after)
        return done

    home.ledger.append = switching  # type: ignore[method-assign] # the moment between deciding and releasing
    try:
        return await asked(home, child)
    finally:
        home.ledger.append = append  # type: ignore[method-assign] # the same


async def test_nobody_and_somebody_are_answered_by_one_version(home: House) -> None:
    """A child, a protected one, one known only where the asker may not look, and nobody: by the later rules alone.

    Where the later rules would show what the earlier ones kept from being asked for, the source says so.
    """
    children = ("maya", "hidden", await _only_known_to_police(home), NOBODY)
    seen = set()
    for before, after in SWITCHES:
        await switch(home, after)
        later = [await asked(home, child) for child in children]
        for child, right in zip(children, later, strict=True):
            await switch(home, before)
            during = await asked_while(home, child, after)
            assert during == right or (child != NOBODY and "UNAVAILABLE" in during), (child, before, after)
            seen.add((child, during == right, right == "None"))
    assert {(NOBODY, True, True), (NOBODY, True, False), ("maya", False, False)} <= seen


async def test_nobody_and_hidden_are_still_answered_alike(home: House) -> None:
    """One known only where the asker may not look is not told apart from nobody by rules that change meanwhile."""
    hidden = await _only_known_to_police(home)
    for before, after in ((RULES, SHUT), (SHUT, RULES), (RULES, CLOSER)):
        answers = []
        for child in (hidden, NOBODY):
            await switch(home, before)
            answers.append((await asked_while(home, child, after)).replace(child, ""))
        assert answers[0] == answers[1]
