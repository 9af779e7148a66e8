"""``hub links``: who is who by command, of nobody whom the worker may not know of, and wrong input."""

import json
from pathlib import Path

import pytest

from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.settings import Environment, read_settings
from tests.cast import agency
from tests.rooms.governance.commanding import SAID, done, hub, names, refused, who

WORKER = (*who("social-care", "sub-1"), "--role", "front-door-worker")
PURPOSE = ("--purpose", "CHILD_PROTECTION", "--reference", "REF 1")
WHY = ("--reason", SAID)
OFFICER = who("social-care")
NOBODY = "hub: the hub knows no person of that id\n"


@pytest.fixture
def pair(ids: dict[str, str]) -> tuple[str, ...]:
    """Name two people of the cast, as options."""
    return "--person", ids["maya"], "--other", ids["rowan"]


def decided(data: Path, *words: str) -> list[str]:
    """Run one decision that is taken, and give what the ledger has of who is who."""
    result = hub(data, "links", *words)
    assert result.exit_code == 0, result.output
    assert "Quillfeather" not in result.output
    return [name for name in names(data) if "person" in name and "links" not in name]


def test_who_is_who_from_first_to_last(data: Path, ids: dict[str, str], pair: tuple[str, ...]) -> None:
    """No, taken back, yes, split off: each in the ledger, each with its words for the agency's officer."""
    told = (*PURPOSE, *WORKER)
    decided(data, "reject", *pair, *WHY, *told)
    assert "must be taken back first" in refused(data, "links", "confirm", *pair, *WHY, *told)
    decided(data, "withdraw", *pair, *told)
    assert "nobody said" in refused(data, "links", "withdraw", *pair, *told)
    decided(data, "confirm", *pair, *WHY, *told)
    assert "one person already" in refused(data, "links", "confirm", *pair, *WHY, *told)
    shown = done(data, "links", "show", "--person", ids["rowan"], *OFFICER)
    assert {row["source"] for row in shown} == {"social-care"}
    assert SAID in {row["reason"] for row in shown}
    (odd,) = done(data, "links", "contradictions", *OFFICER)
    assert (odd["person"], odd["sources"]) == (ids["maya"], "social-care")
    split = ("split", "--person", ids["maya"], *WHY, *told)
    assert "holds nothing" in refused(data, "links", *split, "--source", "nowhere")
    assert decided(data, *split, "--source", "social-care") == [
        "same-person-rejected",
        *("same-person-confirmed", "same-person-confirmed-not-acknowledged"),
        "same-person-rejection-withdrawn",
        *("same-person-rejection-withdrawn", "same-person-rejection-withdrawn-not-acknowledged"),
        "same-person-confirmed",
        *("same-person-confirmed", "same-person-confirmed-not-acknowledged"),
        "person-split",
    ]
    assert "person-read" in "".join(names(data))


def test_of_whom_the_worker_may_not_know_nothing_is_done(
    data: Path, ids: dict[str, str], pair: tuple[str, ...]
) -> None:
    """By purpose and agency, as over GraphQL: one line that is the same whoever it is, and nothing in the ledger."""
    told = (*PURPOSE, *WORKER)
    for person in (ids["sealed"], "0" * 32, "no id at all"):
        for both in (("--person", person, "--other", ids["maya"]), ("--person", ids["maya"], "--other", person)):
            for command in (("confirm", *WHY), ("reject", *WHY), ("withdraw",)):
                assert refused(data, "links", *command, *both, *told) == NOBODY
        assert refused(data, "links", "split", "--person", person, "--source", "health", *WHY, *told) == NOBODY
        assert refused(data, "links", "show", "--person", person, *OFFICER) == NOBODY
    for purpose in ("ANALYSIS", "POLICY_REVIEW"):
        assert refused(data, "links", "confirm", *pair, *WHY, *WORKER, "--purpose", purpose) == NOBODY
    assert refused(data, "links", "show", "--person", ids["maya"], *who("unheard-of")) == NOBODY
    assert done(data, "links", "contradictions", *OFFICER) == []
    assert done(data, "links", "partings", *OFFICER) == []
    assert "nothing of that id" in refused(data, "links", "settle", "0" * 32, "--lifted", *OFFICER)
    assert names(data) == ["contradictions-read", "partings-read"]
    assert "None." in hub(data, "links", "contradictions", *OFFICER).stderr


def test_what_is_typed_wrong_is_refused_in_one_line(data: Path, pair: tuple[str, ...]) -> None:
    """What is wrong and what would be right; nothing is written down of it."""
    confirm = ("links", "confirm", *pair)
    told = (*PURPOSE, *WORKER)
    for words, why in [
        ((*confirm, *told, "--reason", " "), "says nothing"),
        ((*confirm, *told, "--reason", "x" * 2001), "more than 2000"),
        ((*confirm, *WHY, *told, "--role", "analyst"), "--role must be one of front-door-worker"),
        ((*confirm, *WHY, *told[:-2]), "--role must be one of"),
        ((*confirm, *WHY, *WORKER, "--purpose", "CURIOSITY"), "--purpose must be one of CHILD_PROTECTION"),
        ((*confirm, *WHY, *WORKER, "--purpose", "CHILD_PROTECTION"), "needs context.reference"),
        ((*confirm, *WHY, *told, "--reference", "!"), "reference must be"),
        ((*confirm, *WHY, *told, "--by", " "), "--by must say"),
        ((*confirm, *WHY, *told, "--organisation", "Us"), "--organisation takes"),
    ]:
        assert why in refused(data, *words), words
    assert hub(data, *confirm, *WHY, *WORKER).exit_code == 2
    assert names(data) == []


def test_a_token_says_who_decides_and_who_reviews(data: Path, ids: dict[str, str], pair: tuple[str, ...]) -> None:
    """A worker's may decide and not review, an officer's the other way round."""
    audience = read_settings(None, env="demo", data=data).audience
    for role in ("front-door-worker", "ig-officer"):
        named = Requester(f"sub-{role}", "Made Up", role, agency("social-care"), "tests")
        (data / role).write_text(DevelopmentIssuer(data, Environment.DEMO).token(named, audience=audience))
    worker, officer = (("--token-file", str(data / role)) for role in ("front-door-worker", "ig-officer"))
    confirm = ("links", "confirm", *pair, *WHY, *PURPOSE)
    assert "leave out --role" in refused(data, *confirm, *worker, "--role", "front-door-worker")
    assert "those who meet children" in refused(data, *confirm, *officer)
    assert "officer" in refused(data, "links", "show", "--person", ids["maya"], *worker)
    assert "officer" in refused(data, "links", "contradictions", *worker)
    assert hub(data, *confirm, *worker).exit_code == 0
    table = hub(data, "links", "show", "--person", ids["maya"], *officer).stdout
    assert "Quillfeather" in table
    assert "joined by a person" in table


def test_with_nothing_set_up_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No keys, no rules, no traceback; and a hub without rules decides nothing."""
    monkeypatch.setenv("HUB_ENV", "development")
    for words in (
        ("confirm", "--person", "a", "--other", "b", *WHY, *PURPOSE, *WORKER),
        ("show", "--person", "a", *OFFICER),
        ("contradictions", *OFFICER),
    ):
        result = hub(tmp_path / "none", "links", *words)
        assert result.exit_code == 1, result.output
        assert result.stderr.startswith("hub: ")
        assert "Traceback" not in result.output
        assert json.dumps(SAID) not in result.output
