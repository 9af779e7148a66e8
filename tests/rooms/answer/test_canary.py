"""The canary's thread: decisions that answered are looked at again; a version found wrong answers nothing more."""

import asyncio
import threading
from typing import Any

import pytest

from hub.answer.canary import AGREED, DIFFERED, FAILED, MOST, CanaryWatch
from hub.observing import Observer
from policies.candidates import Candidates
from policies.compiled import compile_row
from policies.referee import Referee
from policies.ruling import Ruling
from policies.validation import read_row
from tests.house import WHO, House

OPEN = dict.fromkeys(("role", "agency", "purpose", "service", "kind", "field"), "*") | {
    "id": "open",
    "sensitivity": "PROTECTED",
    "when": "always",
    "effect": "allow",
    "why": "Nobody wrote this.",
    **dict.fromkeys(("on_deny", "obligation", "duties", "reason"), ""),
}


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look without resting in between."""
    monkeypatch.setattr("hub.answer.canary.REST", 0)


def watched(home: House) -> tuple[CanaryWatch, list[str]]:
    """Give a watch over a house and the list of what it found."""
    found: list[str] = []
    return CanaryWatch(home.answerer.preparer.rulebooks, lambda what, times: found.extend([what] * times)), found


async def asked(home: House) -> Any:
    context = {"purpose": "SAFEGUARDING_TRIAGE", "reference": "REF 1"}
    return await home.ask(WHO, {"id": home.ids["maya"], "context": context})


# What was decided agrees with Casbin, and the hub goes on answering.
async def test_what_was_decided_agrees(home: House) -> None:
    assert not (await asked(home)).errors
    watch, found = watched(home)
    watch.look()
    watch.look()
    assert found == [AGREED] * 2 * MOST
    assert not (await asked(home)).errors


# One decision that differs, and its version decides nothing more: questions are refused, not answered with less.
async def test_a_difference_refuses_everything(home: House) -> None:
    assert not (await asked(home)).errors
    (rulebook,) = home.answerer.preparer.rulebooks.all_held()
    for (asker, service, facts), _ in rulebook.lately():
        wrong = Ruling(Candidates([compile_row(read_row(OPEN))]), asker, service, facts)
        rulebook._kept[asker, service, facts] = wrong
    watch, found = watched(home)
    watch.look()
    rulebook._kept.clear()  # every house of these tests decides by this rulebook
    assert found[-1] == DIFFERED
    assert [(e.extensions or {}).get("code") for e in (await asked(home)).errors] == ["NOT_READY"]
    assert home.answerer.preparer.rulebooks.all_held() == ()
    watch.look()
    assert found.count(DIFFERED) == 1


# Casbin breaking is no difference: it is counted, and the next look tries again.
async def test_casbin_breaking_is_no_difference(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not (await asked(home)).errors
    watch, found = watched(home)
    with monkeypatch.context() as broken:
        broken.setattr(Referee, "shows", lambda *_: {}["parsed elsewhere"])
        watch.look()
    assert found == [FAILED]
    watch.look()
    assert found.count(AGREED) == MOST
    assert not (await asked(home)).errors


# It looks in a thread of its own: the event loop goes on meanwhile.
async def test_it_looks_in_a_thread(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.answer.canary.EVERY", 0)
    await asked(home)
    looked, threads = asyncio.Event(), set[int]()
    loop = asyncio.get_running_loop()

    def say(_found: str, _times: int) -> None:
        threads.add(threading.get_ident())
        loop.call_soon_threadsafe(looked.set)

    task = asyncio.create_task(CanaryWatch(home.answerer.preparer.rulebooks, say).forever())
    async with asyncio.timeout(10):
        await looked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert threading.get_ident() not in threads


# The operator sees how many were looked at, and is told in the log when one differed.
def test_the_operator_is_told(home: House) -> None:
    observer: Observer = home.observer
    observer.looked_at(AGREED, 40)
    observer.looked_at(DIFFERED, 1)
    assert 'hub_decisions_looked_at_total{found="agreed"} 40.0' in observer.metrics().decode()
    assert "decision-differed" in home.log.getvalue()
