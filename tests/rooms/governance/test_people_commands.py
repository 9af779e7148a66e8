"""Decisions not to share, objections, second persons and reasons by the command line: whole lives, and wrong input."""

import asyncio
import json
from pathlib import Path

import pytest

from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.settings import Environment, read_settings
from hub.store.tables.people import AGENCY_LINK, PERSON_SOURCE
from tests.cast import agency
from tests.house import house
from tests.rooms.governance.commanding import SAID, done, hub, names, refused, spoil, who
from tests.rooms.governing.desk import FEW
from tests.rooms.graphql.conftest import CONTEXT

HEALTH, POLICE, HOUSING = who("health"), who("police"), who("housing")
UNTIL = ("--review", "2099-01-01")


def test_a_decision_not_to_share_from_first_to_last(data: Path, ids: dict[str, str]) -> None:
    """Decided with words in confidence, listed, read by the agency's officer, ended; each in the ledger."""
    maya = ("--person", ids["maya"])
    scope = ("--service", "HEALTH", "--kind", "DETAIL", "--start", "2026-03-01")
    command = ("not-sharing", "decide", *maya, "--reason", "RISK_TO_CHILD", *UNTIL, *scope, *HEALTH)
    first = done(data, *command, said=SAID)["id"]
    (line,) = done(data, "not-sharing", "list", *maya)
    assert (line["id"], line["services"], line["kinds"], line["state"]) == (first, ["HEALTH"], ["DETAIL"], "stands")
    assert "Quillfeather" not in hub(data, "not-sharing", "list").output
    assert done(data, "not-sharing", "words", first, *HEALTH) == {"id": first, "text": SAID}
    assert SAID in hub(data, "not-sharing", "words", first, *HEALTH).output
    assert "no decision of that id" in refused(data, "not-sharing", "words", first, *POLICE)
    (data / "words").write_text("in a file")
    second = hub(data, *command[:-4], *POLICE, "--words", str(data / "words"))
    assert "not your agency's" in second.stderr
    assert "Recorded" in hub(data, *command, "--words", str(data / "words")).stderr
    assert "no decision of your agency" in refused(data, "not-sharing", "end", first, *POLICE)
    assert "Ended" in hub(data, "not-sharing", "end", first, *HEALTH).stderr
    assert "no decision" in refused(data, "not-sharing", "end", first, *HEALTH)
    assert sorted(one["state"] for one in done(data, "not-sharing", "list", *maya)) == ["ended", "stands"]
    spoil(data, f"UPDATE not_sharing SET review = '2026-03-02' WHERE id != '{first}'")  # noqa: S608 -- words of this test
    assert [o["state"] for o in done(data, "not-sharing", "list", "--overdue")] == ["overdue"]
    assert done(data, "not-sharing", "list", "--agency", "nobody") == []
    assert names(data) == ["not-shared", *["not-sharing-read"] * 2, "not-shared", "shared-again"]


def test_an_objection_from_first_to_last(data: Path, ids: dict[str, str]) -> None:
    """Received, read by whoever assesses it, assessed once; each in the ledger."""
    maya = ("--person", ids["maya"])
    command = ("objections", "receive", *maya, "--objector", "MOTHER", "--received", "2026-03-01", *HEALTH)
    first = done(data, *command, said=SAID)["id"]
    assert "restricts" in hub(data, *command, "--service", "HEALTH", said=SAID).stderr
    states = [one["state"] for one in done(data, "objections", "list", *maya, "--waiting")]
    assert states == ["RAISED", "RAISED"]
    assert done(data, "objections", "words", first, *HEALTH)["text"] == SAID
    assert SAID in hub(data, "objections", "words", first, *HEALTH).stdout
    assert "about your agency" in refused(data, "objections", "words", first, *POLICE)
    assess = ("objections", "assess", first, "--came-to", "OVERRULED", "--reason", "SAFEGUARDING")
    assert "no objection of that id to your agency" in refused(data, *assess, *POLICE)
    assert done(data, *assess, *HEALTH)["state"] == "OVERRULED"
    assert "waits to be assessed" in refused(data, *assess, *HEALTH)
    assert len(done(data, "objections", "list", "--waiting")) == 1
    assert "OVERRULED" in hub(data, "objections", "list", "--agency", agency("health")).stdout
    last = ("objections", "assess", done(data, "objections", "list", "--waiting")[0]["id"], *assess[3:], *HEALTH)
    assert "is overruled" in hub(data, *last, "--on", "2026-03-02").stderr
    assert names(data)[:2] == ["objection-received"] * 2


def test_a_second_person_agrees_for_a_while(data: Path, ids: dict[str, str]) -> None:
    """Somebody of a role that meets children in danger, of the same agency, to whom the person is somebody."""
    worker = ("--worker", "sub-front-door", "--role", "front-door-worker")
    agree = ("second-person", "agree", "--person", ids["maya"], *worker, *who("social-care", "sub-colleague"))
    made = done(data, *agree, "--minutes", "30")["id"]
    assert "for 60 minutes" in hub(data, *agree).stderr
    assert {one["id"] for one in done(data, "second-person", "list")} >= {made}
    assert "lasts" in hub(data, "second-person", "list", "--agency", agency("social-care")).stdout
    assert done(data, "second-person", "list", "--agency", "nobody") == []
    spoil(data, "UPDATE second_person SET until = began")
    assert {one["state"] for one in done(data, "second-person", "list")} == {"over"}
    wrong = [
        ((*agree[:-4], *who("social-care", "sub-front-door")), "somebody else"),
        ((*agree, "--minutes", "61"), "from 1 to 60"),
        ((*agree, "--role", "analyst"), "--role must be"),
        ((*agree[:2], "--person", ids["sealed"], *agree[4:]), "knows no person"),
        ((*agree, "--worker", "Grace Attwater of the front door"), "by their id"),
    ]
    for words, why in wrong:
        assert why in refused(data, *words), words
    assert names(data) == ["second-person-agreed"] * 2


def test_a_worker_agrees_by_their_token(data: Path, ids: dict[str, str]) -> None:
    """The token's role is who they are: an officer's may not agree, and a worker's may decide nothing for an agency."""
    audience = read_settings(None, env="demo", data=data).audience
    for role in ("front-door-worker", "ig-officer"):
        named = Requester(f"sub-{role}", "Made Up", role, agency("social-care"), "tests")
        (data / role).write_text(DevelopmentIssuer(data, Environment.DEMO).token(named, audience=audience))
    person = ("--person", ids["maya"])
    agree = ("second-person", "agree", *person, "--worker", "sub-front-door", "--token-file")
    assert done(data, *agree, str(data / "front-door-worker"))["id"]
    assert "may not agree" in refused(data, *agree, str(data / "ig-officer"))
    assert "leave out --role" in refused(data, *agree, str(data / "front-door-worker"), "--role", "front-door-worker")
    token = ("--token-file", str(data / "front-door-worker"))
    for words in (
        ("not-sharing", "decide", *person, "--reason", "CONFIDENCE", *UNTIL, *token),
        ("not-sharing", "end", "x", *token),
        ("not-sharing", "words", "x", *token),
        ("objections", "receive", *person, "--objector", "MOTHER", *token),
        ("objections", "assess", "x", "--came-to", "UPHELD", "--reason", "SAFEGUARDING", *token),
        ("objections", "words", "x", *token),
        ("reasons", "list", *token),
        ("reasons", "read", "x", *token),
    ):
        assert "information governance officer" in refused(data, *words), words


def test_a_reason_is_listed_and_read(data: Path, ids: dict[str, str]) -> None:
    """By the asker's agency and by one whose system was asked; the words are in no list."""

    async def asked() -> None:
        query = "query ($id: ID!, $c: RequestContext!) { person(id: $id, context: $c) { id names { given } } }"
        async with house(data, rulebook=FEW) as home:
            result = await home.ask(query, {"id": ids["maya"], "c": {**CONTEXT, "reason": SAID}})
            assert not result.errors

    asyncio.run(asked())
    (one,) = done(data, "reasons", "list", *who("social-care"))
    assert (one["what"], one["agency"]) == ("question", agency("social-care"))
    assert "Quillfeather" not in hub(data, "reasons", "list", *HEALTH).output
    assert done(data, "reasons", "read", one["id"], *HEALTH)["text"] == SAID
    assert SAID in hub(data, "reasons", "read", f"{one['id']}~health~names", *who("social-care")).stdout
    elsewhere = ("--by", "ig-9", "--organisation", "another-council")
    assert done(data, "reasons", "list", *elsewhere) == []
    assert "no question of that id" in refused(data, "reasons", "read", one["id"], *elsewhere)
    assert names(data) == ["reason-read"] * 2
    spoil(data, "UPDATE audit_record SET body = '[]' WHERE kind = 'INTENT'")
    assert "cannot be read" in refused(data, "reasons", "read", one["id"], *HEALTH)
    result = hub(data, "reasons", "list", *HEALTH)
    assert (result.exit_code, result.stderr.count("cannot be read: body")) == (1, 1)


def test_what_is_typed_wrong_is_refused_in_one_line_and_changes_nothing(data: Path, ids: dict[str, str]) -> None:
    """What is wrong and what would be right; somebody sealed or unknown to one's agency is nobody."""
    maya = ("--person", ids["maya"])
    decide = ("not-sharing", "decide", "--reason", "CONFIDENCE", *UNTIL)
    object_ = ("objections", "receive", "--objector", "MOTHER")
    wrong: list[tuple[tuple[str, ...], str, str]] = [
        ((*decide, *maya, *HEALTH, "--reason", "BECAUSE"), SAID, "--reason: 'BECAUSE' is not one of RISK_TO_CHILD"),
        ((*decide, *maya, *HEALTH, "--review", "soon"), SAID, "--review takes a date"),
        ((*decide, *maya, *HEALTH, "--review", ""), SAID, "--review takes a date"),
        ((*decide, *maya, *HEALTH, "--start", "then"), SAID, "--start takes a date"),
        ((*decide, *maya, *HEALTH, "--review", "2020-01-01"), SAID, "reviewed after it begins"),
        ((*decide, *maya, *HEALTH, "--service", "TAROT"), SAID, "--service: 'TAROT'"),
        ((*decide, *maya, *HEALTH, "--service", "POLICE"), SAID, "not your agency's"),
        ((*decide, *maya, *HEALTH, "--kind", "ALL"), SAID, "--kind: 'ALL'"),
        ((*decide, *maya, *HEALTH), "  ", "says nothing"),
        ((*decide, *maya, *HEALTH), SAID * 60, "more than 2000"),
        ((*decide, *maya, *HEALTH, "--words", str(data / "nowhere")), "", "cannot be read"),
        ((*decide, *maya, *HEALTH, "--words", str(data / "hub.db")), "", "not UTF-8"),
        ((*decide, *maya, "--by", " ", *HEALTH[2:]), SAID, "--by must say"),
        ((*decide, "--person", ids["sealed"], *HEALTH), SAID, "knows no person"),
        ((*decide, "--person", ids["rowan"], *HOUSING), SAID, "knows no person"),
        ((*decide, "--person", "0" * 32, *HEALTH), SAID, "knows no person"),
        ((*object_, *maya, *HEALTH, "--objector", "AUNT"), SAID, "--objector"),
        ((*object_, *maya, *HEALTH, "--received", "then"), SAID, "--received"),
        ((*object_, "--person", ids["sealed"], *HEALTH), SAID, "knows no person"),
        (("objections", "assess", "x", "--came-to", "LOST", "--reason", "SAFEGUARDING", *HEALTH), "", "--came-to"),
        (("objections", "assess", "x", "--came-to", "UPHELD", "--reason", "SO", *HEALTH), "", "--reason"),
    ]
    for words, said, why in wrong:
        assert why in refused(data, *words, said=said), words
    assert hub(data, "not-sharing", "decide", *maya, *HEALTH).exit_code == 2
    assert done(data, "not-sharing", "list") == done(data, "objections", "list") == []
    assert names(data) == []


def test_an_agency_whose_system_gives_no_index_decides_on_anybody(data: Path, ids: dict[str, str]) -> None:
    """The police of the demo are asked each time: nobody is linked to them, and their decisions are needed most."""
    theirs = f"SELECT id FROM {PERSON_SOURCE.name} WHERE source_id = 'police'"  # noqa: S608 -- words of this test
    spoil(data, f"DELETE FROM {AGENCY_LINK.name} WHERE entry_id IN ({theirs})")  # noqa: S608 -- the same
    decide = ("not-sharing", "decide", "--reason", "INVESTIGATION", *UNTIL, *POLICE)
    assert done(data, *decide, "--person", ids["maya"], said=SAID)["id"]
    assert "knows no person" in refused(data, *decide, "--person", ids["sealed"])


@pytest.fixture
def listed(data: Path, ids: dict[str, str]) -> dict[str, list[str]]:
    """Give two rows of each list, by what lists them."""
    maya = ("--person", ids["maya"])
    made: dict[str, list[str]] = {}
    for name, command in {
        "not_sharing": ("not-sharing", "decide", *maya, "--reason", "CONFIDENCE", *UNTIL, *HEALTH),
        "objection": ("objections", "receive", *maya, "--objector", "MOTHER", *HEALTH),
        "consent": (
            *("consent", "record", *maya, "--giver", "mother", "--relationship", "MOTHER", "--method", "form"),
            *("--capacity", "PARENTAL_RESPONSIBILITY", "--purpose", "EARLY_HELP", *HEALTH),
        ),
    }.items():
        made[name] = [done(data, *command, said=SAID)["id"] for _ in range(2)]
    for _ in range(2):
        assert hub(data, "allocations", "add", *maya, "--worker", "sub-1", *HEALTH).exit_code == 0
    made["allocation"] = [one["id"] for one in done(data, "allocations", "list")]
    columns = "id, person_id, requester, role, organisation, owners, reason, key_ct, text_ct, reference_ct"
    grant = f"INSERT INTO break_glass_grant ({columns}, began, until, review_due) VALUES"
    values = f"'{ids['maya']}', 'w', 'social-worker', 'cast-health', 'a', 'MISSING_CHILD', x'00', x'00', x'00', 1, 2, 3"
    spoil(
        data,
        *(f"{grant} ('{one}', {values})" for one in ("g-1", "g-2")),
        "INSERT INTO notice VALUES ('n-1', 'a', 'b', 'c', 1, NULL), ('n-2', 'a', 'b', 'c', 1, NULL)",
        "INSERT INTO basis_commencement VALUES ('CHILDREN_ACT_2004_S16LA', '2026-04-01', 'x')",
        "INSERT INTO second_person VALUES ('s-1', 'p', 'w', 'o', 'a', 1, 2), ('s-2', 'p', 'w', 'o', 'a', 1, 2)",
    )
    made |= {"break_glass_grant": ["g-1", "g-2"], "notice": ["n-1", "n-2"], "second_person": ["s-1", "s-2"]}
    return made


GLASS, NOTICES = ("break-glass", "list"), ("break-glass", "notices")
LISTS: list[tuple[str, tuple[str, ...], str, str]] = [
    ("break_glass_grant", GLASS, "reason = 'Quillfeather'", "emergency access {0} cannot be read: reason"),
    (
        "break_glass_grant",
        GLASS,
        "outcome = 'FINE', until = 'x'",
        "emergency access {0} cannot be read: until, outcome",
    ),
    ("break_glass_grant", GLASS, "began = 99999999999999", "{0} cannot be read: began"),
    ("break_glass_grant", GLASS, "role = x'ff'", "{0} cannot be read: role"),
    ("notice", NOTICES, "at = 'Quillfeather'", "notice {0} cannot be read: at"),
    ("allocation", ("allocations", "list"), "start = 'Quillfeather'", "allocation {0} cannot be read: start"),
    ("allocation", ("allocations", "list"), "ending = 7", "allocation {0} cannot be read: ending"),
    ("not_sharing", ("not-sharing", "list"), "kinds = 'Quillfeather'", "not to share {0} cannot be read: kinds"),
    ("objection", ("objections", "list"), "received = '', state = 'NO'", "{0} cannot be read: received, state"),
    ("consent", ("consent", "list"), "capacity = 'GILLICK'", "{0} cannot be read: its columns do not fit together"),
    ("consent", ("consent", "list"), "recorded_at = 'Quillfeather'", "consent {0} cannot be read: recorded_at"),
    ("second_person", ("second-person", "list"), "until = 'x'", "agreement {0} cannot be read: until"),
]


def test_a_row_that_cannot_be_read_is_named_and_the_rest_is_listed(
    data: Path, ids: dict[str, str], listed: dict[str, list[str]]
) -> None:
    """In every list: which row, which columns, nothing of what stands there, no traceback; the exit code says so."""
    for source, command, wrong, says in LISTS:
        good, bad = listed[source]
        about = ("--person", ids["maya"]) if command[0] == "consent" else ()
        keep = f"CREATE TABLE kept AS SELECT * FROM {source}"  # noqa: S608 -- words of this test
        spoil(data, keep, f"UPDATE {source} SET {wrong} WHERE id = '{bad}'")  # noqa: S608 -- the same
        for as_json in (("--json",), ()):
            result = hub(data, *command, *about, *as_json)
            assert result.exit_code == 1, (command, result.output)
            assert says.format(bad) in result.stderr, (wrong, result.stderr)
            assert "Quillfeather" not in result.output
            assert "Traceback" not in result.output
            if as_json:
                (line,) = json.loads(result.stdout)
                assert line.get("id", good) == good
        spoil(data, f"DELETE FROM {source}", f"INSERT INTO {source} SELECT * FROM kept", "DROP TABLE kept")  # noqa: S608 -- the same
        assert hub(data, *command, *about).exit_code == 0
    spoil(data, "INSERT INTO basis_commencement VALUES ('Quill feather', '2020-01-01', 'x')")
    result = hub(data, "basis", "list")
    assert (result.exit_code, result.stderr) == (
        1,
        "hub: the stored commencement without an id cannot be read: basis; have it mended\n",
    )
    assert "CHILDREN_ACT_1989_S47" in result.stdout


def test_nothing_is_done_to_what_cannot_be_read(data: Path, listed: dict[str, list[str]]) -> None:
    """It is refused in one line that names it: an emergency access is not reviewed, an allocation not ended."""
    spoil(data, "UPDATE break_glass_grant SET reason = 'Quillfeather'", "UPDATE allocation SET start = 'x'")
    review = ("break-glass", "review", "g-1", "--outcome", "JUSTIFIED", *HEALTH)
    assert "emergency access g-1 cannot be read: reason" in refused(data, *review)
    allocation = listed["allocation"][0]
    assert f"allocation {allocation} cannot be read: start" in refused(data, "allocations", "end", allocation, *HEALTH)
