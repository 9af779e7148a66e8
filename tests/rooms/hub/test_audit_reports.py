"""Reports at the command line: each is written down before it is read; asked wrongly, it says so."""

import asyncio
import csv
import io
import json
import re
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.audit.ledger import Ledger
from hub.audit.left_out import MAY_BE_LEFT_OUT
from hub.audit.pseudonyms import Pseudonyms
from hub.commands.audit.streaming import framed
from hub.keys import create_keys, read_keys
from hub.people.index import PersonIndex
from hub.store.database import Database
from schema.purposes import Purpose
from tests.rooms.audit import people
from tests.rooms.hub.test_audit_keeping import BY, bodies
from tests.rooms.hub.test_commands import _nothing_set, hub, in_a_sentence

__all__ = ["_nothing_set"]

CHILD = "0123456789abcdef" * 2


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a hub's folder with one child, whom two workers looked at: one to protect them, one about a crime."""
    create_keys(tmp_path / "keys")
    keys = read_keys(tmp_path / "keys")
    names = Pseudonyms(keys)

    async def followed(_: PersonIndex, ids: list[str]) -> dict[str, object]:
        return {CHILD: type("Known", (), {"aliases": frozenset({CHILD})})()} if CHILD in ids else {}

    monkeypatch.setattr(PersonIndex, "followed", followed)

    async def write() -> None:
        database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
        await database.upgrade()
        ledger = await Ledger.open(database, keys, replica="r-1", clock=lambda: datetime(2026, 3, 2, tzinfo=UTC))
        child, worker = names.subject(CHILD), names.actor("worker-1")
        first = replace(people.intent(1, subject=child), actor=worker)
        crime, became = people.of_two_systems(child, "police", 2)
        crime = replace(crime, purpose=Purpose.CRIME_PREVENTION)
        await ledger.append(first, people.outcome(first, 3), crime, became, people.search(child))
        await ledger.close()
        await database.close()

    asyncio.run(write())
    return tmp_path


def told(*arguments: object, folder: Path) -> str:
    """Run a report as an officer."""
    done = hub("audit", *arguments, *BY, "--data", folder)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_childs_report_comes_in_every_form_and_is_itself_written_down(town: Path) -> None:
    """As a table, JSON, CSV and AuditEvents, in pages; the ledger says who asked for it."""
    assert "CRIME_PREVENTION" in told("child", "--person", CHILD, folder=town)
    found = json.loads(told("child", "--person", CHILD, "--as", "json", folder=town))
    assert [one["kind"] for one in found] == ["INTENT", "INTENT", "SEARCH"]
    assert found[1]["records shown"] == 1
    rows = list(csv.reader(io.StringIO(told("child", "--person", CHILD, "--as", "csv", folder=town))))
    assert len(rows) == 4
    assert len(json.loads(told("child", "--person", CHILD, "--as", "fhir", folder=town))["entry"]) == 3
    first = hub("audit", "child", "--person", CHILD, "--first", 1, "--as", "json", *BY, "--data", town)
    after = first.stderr.strip().removeprefix("next: ")
    rest = json.loads(told("child", "--person", CHILD, "--after", after, "--as", "json", folder=town))
    assert json.loads(first.stdout) + rest == found
    asked = [b for b in bodies(town) if b.get("name") == "report-asked"]
    assert len(asked) == 6
    assert {b["about"] for b in asked} == {"child"}
    assert CHILD not in json.dumps(bodies(town))


def test_a_workers_report_and_whose_a_pseudonym_is(town: Path) -> None:
    """By their own id; a pseudonym can be tried against a list, and that is written down."""
    (one,) = json.loads(told("worker", "--worker", "worker-1", "--as", "json", folder=town))
    (town / "staff").write_text("worker-7\nworker-1\n", "utf-8")
    assert told("who", one["worker"], "--among", town / "staff", folder=town) == "worker-1\n"
    (town / "staff").write_text("worker-7", "utf-8")
    assert hub("audit", "who", one["worker"], "--among", town / "staff", *BY, "--data", town).exit_code == 1
    assert [b.get("name") for b in bodies(town)].count("pseudonym-resolved") == 2
    assert "thirty-two" in in_a_sentence("audit", "who", "x", "--among", town / "staff", *BY, "--data", town)
    assert (
        json.loads(told("worker", "--worker", "worker-1", "--since", "2026-01-01", "--as", "json", folder=town)) == []
    )


def test_a_source_and_a_period(town: Path) -> None:
    """Counts by organisation and purpose; signs with their meaning; a day that is none is said."""
    found = json.loads(told("source", "housing-north", "--as", "json", folder=town))
    assert [(one["organisation"], one["asked"], one["gave records"]) for one in found] == [
        ("northshire", 1, 1),
        ("police", 1, 1),
    ]
    assert json.loads(told("source", "elsewhere", "--until", "2026-01-01", "--as", "json", folder=town)) == []
    signs = json.loads(told("unusual", "--since", "2025-01-01", "--as", "json", folder=town))
    assert signs == []
    assert "OUT" not in told("unusual", folder=town)
    for wrong in (
        ("source", "no such source"),
        ("source", "housing", "--as", "fhir"),
        ("unusual", "--as", "fhir"),
        ("unusual", "--since", "yesterday"),
    ):
        in_a_sentence("audit", *wrong, *BY, "--data", town)


def test_a_family_is_told_in_plain_words_what_an_officer_did_not_leave_out(town: Path) -> None:
    """A look about a crime waits for its agency's decision; another is left out on a ground, with sealed words."""
    letter = told("family", "--person", CHILD, folder=town)
    assert letter.strip().endswith(MAY_BE_LEFT_OUT)
    assert "front door of northshire" in letter
    assert "police" not in letter
    looks = json.loads(told("child", "--person", CHILD, "--as", "json", folder=town))
    ordinary = next(one["entry"] for one in looks if one["organisation"] == "northshire" and one["kind"] == "INTENT")
    crime = next(one["entry"] for one in looks if one["organisation"] == "police")
    (town / "why").write_text("Maya Quillfeather is at risk at home", "utf-8")
    leave = ("leave-out", ordinary, "--person", CHILD, "--ground", "RISK_TO_CHILD", "--reason-file", town / "why")
    told(*leave, folder=town)
    assert "Deciding at the front door" not in json.dumps(
        json.loads(told("family", "--person", CHILD, "--json", folder=town))["looks"][1:]
    )
    assert "Quillfeather" not in json.dumps(bodies(town))
    assert b"Quillfeather" not in (town / "hub.db").read_bytes()
    refused = hub("audit", "tell", crime, "--person", CHILD, *BY, "--data", town)
    assert "the agency that asked decides" in refused.stderr
    police = hub("audit", "tell", crime, "--person", CHILD, "--by", "o", "--organisation", "police", "--data", town)
    assert police.exit_code == 0, police.output
    told("tell", ordinary, "--person", CHILD, folder=town)
    done = hub("audit", "family", "--person", CHILD, *BY, "--data", town)
    letter = done.stdout
    assert "of police" in letter
    assert re.findall(r"Housing [^:]*: ", letter) == ["Housing (system 1): "] * 2 + ["Housing (system 2): "]
    assert "housing-" not in letter
    assert "Housing (system 2) is housing-south" in done.stderr
    assert letter.count("Why:") == 3
    (town / "why").write_text(" ", "utf-8")
    in_a_sentence("audit", *leave, *BY, "--data", town)
    assert "no look at this person" in in_a_sentence("audit", "tell", "0" * 32, "--person", CHILD, *BY, "--data", town)
    assert "knows no person" in in_a_sentence("audit", "family", "--person", "b" * 32, *BY, "--data", town)


def test_the_stream_is_one_object_a_line_and_goes_on_where_it_ended(town: Path) -> None:
    """To standard output, a file, and from a kept position; nothing new is nothing printed."""
    done = hub("audit", "stream", "--data", town)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["seq"] for one in lines] == list(range(5))
    position = done.stderr.strip().removeprefix("position: ")
    assert position == "r-1:5"
    assert hub("audit", "stream", "--after", position, "--data", town).stdout == ""
    kept, out = town / "position", town / "siem.jsonl"
    for _ in range(2):
        assert hub("audit", "stream", "--state", kept, "--to", out, "--data", town).exit_code == 0
    assert out.read_text("utf-8") == done.stdout
    told("child", "--person", CHILD, folder=town)
    hub("audit", "stream", "--state", kept, "--to", out, "--data", town)
    assert json.loads(out.read_text("utf-8").splitlines()[-1])["body"]["name"] == "report-asked"
    for wrong in (
        ("--after", "x"),
        ("--to", town / "no" / "file"),
        ("--syslog", "nowhere"),
        ("--syslog", "127.0.0.1:1"),
        ("--to", out, "--syslog", "a:1"),
    ):
        in_a_sentence("audit", "stream", *wrong, "--data", town)


def test_the_stream_reaches_a_syslog_server(town: Path) -> None:
    """Counted messages, each with its header and one object; a server that leaves is said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        got = bytearray()

        def serve() -> None:
            connection, _ = server.accept()
            while some := connection.recv(65_536):
                got.extend(some)

        reading = threading.Thread(target=serve)
        reading.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        assert hub("audit", "stream", "--syslog", address, "--data", town).exit_code == 0
        reading.join(timeout=10)
    count = 0
    rest = bytes(got)
    while rest:
        size, _, rest = rest.partition(b" ")
        message, rest = rest[: int(size)], rest[int(size) :]
        header, _, body = message.partition(b" - audit - ")
        assert header.startswith(b"<86>1 ")
        assert header.endswith(b" - childrens-services-hub")
        assert json.loads(body.removeprefix(b"- "))["seq"] == count
        count += 1
    assert count == 5
    assert framed(b"{}\n").endswith(b" {}")
