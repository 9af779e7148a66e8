"""``hub sources``: a source is checked, previewed and begun; a new kind of connector too."""

import json
import logging
import os
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from connectors import registry
from connectors.conformance import PROMISES
from connectors.conformance.honest import EXAMPLES, Honest
from connectors.conformance.liars import Gossip
from connectors.conformance.out_of_reach import out_of_reach
from connectors.contract import Ambiguous, Ask, Connector, Health, LocalId, Located, Reply, TooLittle, Traits, Unknown
from connectors.errors import SourceUnavailable
from connectors.mapping.tracing import tracing
from connectors.registry import connect
from connectors.source import SourceConfig, read_source
from hub.cli import app
from hub.commands import scaffold
from schema.fields import FieldId

RUN = CliRunner()
TODAY = EXAMPLES.today
NUMBER = "NHS_NUMBER=9990000018"
TOML = """
id = "clubs"
service = "UNIVERSAL"
name = "Clubs"
owner = "Clubs"
agency = "clubs"
system = "plain"
[connection]
transport = "files"
folder = "FOLDER"
files.members = { name = "members.csv" }
[[map]]
record = "Identity"
from = "members"
person = "Ref"
names = [{ given = "First", family = "Last" }]
[map.identifiers]
NHS_NUMBER = "NHS"
[[map]]
record = "Involvement"
from = "members"
person = "Ref"
id = "Ref"
when = { path = "Type", in = ["M"] }
[map.fields]
start = { path = "Joined", date = "dd/mm/yyyy" }
reason = { path = "Why", codes = { S = "Swimming" } }
threshold = { constant = "UNIVERSAL" }
[map.professionals]
name = "Leader"
"""
CSV = "Ref,First,Last,NHS,Type,Joined,Why,Leader\n007,Ada,Marchbanks,9990000018,M,31/02/2025,S,[bold]Pat\n"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("HUB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def clubs(tmp_path: Path) -> Path:
    (tmp_path / "members.csv").write_text(CSV + "007,Ada,Marchbanks,9990000018,X,,,\n", "utf-8")
    file = tmp_path / "clubs.toml"
    file.write_text(TOML.replace("FOLDER", str(tmp_path)), "utf-8")
    return file


def hub(*arguments: object, env: str = "development") -> Result:
    return RUN.invoke(app, [str(a) for a in arguments], env={"HUB_ENV": env} if env else {})


def outcomes(done: Result) -> dict[str, str]:
    (source,) = json.loads(done.stdout)
    return {p["promise"].replace(" ", "_"): p["outcome"] for p in source["promises"]}


def test_a_source_is_checked_with_a_test_person(clubs: Path) -> None:
    """Health first, then every promise; what one person cannot try is said, and nothing is broken."""
    done = hub("sources", "check", clubs, "--identifier", NUMBER, "--json")
    assert done.exit_code == 0, done.output
    found = outcomes(done)
    assert list(found) == list(PROMISES)
    in_part = {"every_declared_field_is_answered"}
    assert {p for p, outcome in found.items() if outcome == "kept"} == set(PROMISES) - in_part - {
        "does_not_guess_an_ambiguous_person"
    }
    assert {p for p, outcome in found.items() if outcome == "in part"} == in_part
    table = hub("sources", "check", clubs, "--identifier", NUMBER).stdout
    assert "pages to the end" in table
    assert "9990000018" not in table
    assert json.loads(done.stdout)[0]["unread"] == [{"field": "members.Joined", "why": "not-a-date"}]
    assert "not-a-date" in table.partition("Could not be read")[2]
    assert "31/02/2025" not in table + done.stdout


def test_without_a_test_person_it_says_what_was_not_tried(clubs: Path) -> None:
    """Two promises need nobody; the others are said not to have been tried, and why."""
    done = hub("sources", "check", clubs, "--json")
    found = outcomes(done)
    assert done.exit_code == 0
    assert [p for p, outcome in found.items() if outcome == "kept"] == [
        "says_nothing_of_a_stranger",
        "raises_only_the_four_errors",
    ]
    assert "no known people among the examples" in hub("sources", "check", clubs).stdout


def test_a_source_that_does_not_answer_is_not_tried(clubs: Path) -> None:
    """Exit 1, and no promise is tried on a system that is not there."""
    (clubs.parent / "members.csv").unlink()
    done = hub("sources", "check", clubs, "--local-id", "007", "--json")
    assert done.exit_code == 1
    (row,) = json.loads(done.stdout)
    assert not row["ok"]
    assert "promises" not in row


def installed(monkeypatch: pytest.MonkeyPatch, folder: Path, liar: type[Honest]) -> Path:
    """Install a connector of a third party, as far as the hub can tell, and write its source file."""
    entry = EntryPoint("theirs", "theirs:connect", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry] if group == registry.GROUP else [])
    monkeypatch.setattr(EntryPoint, "load", lambda _: lambda _source: liar())
    file = folder / "theirs.toml"
    file.write_text(TOML.partition("[connection]")[0].replace('"plain"', '"theirs"'), "utf-8")
    return file


class _Gossip(Gossip):
    async def fetch(self, ask: Ask) -> Reply:
        reply = await super().fetch(ask)
        told = {p: () for p in ask.people if p.startswith("hub-check")}
        return Reply(
            {**reply.records, **told, LocalId("ada"): (await super().fetch(_about(ask, "ada"))).records["ada"]}
        )


def _about(ask: Ask, person: str) -> Ask:
    return Ask((LocalId(person),), ask.fields, ask.today)


def test_a_broken_promise_is_exit_three(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A third party's connector that tells of others is caught, and the exit code says so."""
    done = hub("sources", "check", installed(monkeypatch, tmp_path, _Gossip), "--local-id", "ada", "--json")
    assert done.exit_code == 3
    assert outcomes(done)["says_nothing_of_a_stranger"] == "BROKEN"
    assert "Marchbanks" not in done.output


class _Wild(Honest):
    async def health(self) -> Health:
        raise RuntimeError("Marchbanks")

    async def locate(self, traits: Traits) -> Located:
        del traits
        raise RuntimeError("Marchbanks")

    async def fetch(self, ask: Ask) -> Reply:
        del ask
        raise RuntimeError("Marchbanks")


def test_whatever_a_third_partys_connector_raises_is_one_plain_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Never a traceback, never what the error said."""
    file = installed(monkeypatch, tmp_path, _Wild)
    checked = hub("sources", "check", file, "--json")
    located = hub("sources", "preview", file, "--identifier", NUMBER)
    fetched = hub("sources", "preview", file, "--local-id", "ada")
    assert [d.exit_code for d in (checked, located, fetched)] == [1, 1, 1]
    assert "raised-RuntimeError" in checked.stdout
    assert located.stderr == "hub: locate raised RuntimeError\n"
    assert fetched.stderr == "hub: fetch raised RuntimeError\n"


class _Stuck(Honest):
    async def health(self) -> Health:
        raise TimeoutError


class _Shut(Honest):
    async def health(self) -> Health:
        raise SourceUnavailable("busy")


@pytest.mark.parametrize(("liar", "code"), [(_Stuck, "deadline"), (_Shut, "busy")])
def test_a_source_that_cannot_say_how_it_is_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, liar: type[Honest], code: str
) -> None:
    """Whatever becomes of the question, there is a code and exit 1."""
    done = hub("sources", "check", installed(monkeypatch, tmp_path, liar), "--json")
    assert (done.exit_code, json.loads(done.stdout)[0]["code"]) == (1, code)


class _Slow(Honest):
    async def fetch(self, ask: Ask) -> Reply:
        del ask
        raise TimeoutError


class _Down(Honest):
    async def fetch(self, ask: Ask) -> Reply:
        del ask
        raise SourceUnavailable("unreachable")


class _Nobody(Honest):
    async def locate(self, traits: Traits) -> Located:
        del traits
        return Unknown()


class _Twins(Honest):
    async def locate(self, traits: Traits) -> Located:
        del traits
        return Ambiguous(2)


class _Wanting(Honest):
    async def locate(self, traits: Traits) -> Located:
        del traits
        return TooLittle()


class _Gone(Honest):
    async def locate(self, traits: Traits) -> Located:
        del traits
        raise SourceUnavailable("unreachable")


@pytest.mark.parametrize(
    ("liar", "whom", "said"),
    [
        (_Twins, ("--identifier", NUMBER), "the source knows more than one such person: name one by --local-id"),
        (_Wanting, ("--identifier", NUMBER), "the source cannot look by that alone: name the person by --local-id"),
        (_Gone, ("--identifier", NUMBER), "unreachable"),
        (_Slow, ("--local-id", "ada"), "clubs did not answer within 6 seconds"),
        (_Down, ("--local-id", "ada"), "unreachable"),
        (_Nobody, ("--identifier", NUMBER), "the source knows nobody by that identifier"),
        (Honest, ("--local-id", "nobody"), "the source knows nobody by that id"),
        (Honest, (), "name a test person: --identifier SYSTEM=VALUE or --local-id ID"),
        (Honest, ("--identifier", "9990000018"), "--identifier takes SYSTEM=VALUE, where SYSTEM is one of"),
    ],
)
def test_a_preview_that_cannot_be_made_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, liar: type[Honest], whom: tuple[str, ...], said: str
) -> None:
    """One line on standard error, exit 1, nothing on standard output."""
    done = hub("sources", "preview", installed(monkeypatch, tmp_path, liar), *whom)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


def test_a_preview_shows_where_each_field_comes_from(clubs: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Path, raw code, decoded value and what was rejected, on standard output and in no log."""
    with caplog.at_level(logging.DEBUG):
        done = hub("sources", "preview", clubs, "--identifier", NUMBER, "--json")
    assert done.exit_code == 0, done.output
    shown = json.loads(done.stdout)
    fields = {f["field"]: (f["from"], f["raw"], f["becomes"], f["rejected"]) for f in shown["fields"]}
    assert fields["Involvement.start"] == ("members[1].Joined", "'31/02/2025'", "", "not-a-date")
    assert fields["Involvement.reason"] == ("members[1].Why", "'S'", "'Swimming'", "")
    assert fields["Involvement.threshold"] == ("members[1] constant", "", "UNIVERSAL", "")
    assert fields["Professional.name"][2] == "'[bold]Pat'"
    assert shown["leftOut"] == ["1 of members: no Involvement, by `when`"]
    assert not [r for r in caplog.records if "Pat" in r.getMessage() or "9990000018" in r.getMessage()]
    table = hub("sources", "preview", clubs, "--local-id", "007").stdout
    assert "[bold]Pat" in table
    assert "no Involvement, by `when`" in table


def test_a_preview_shows_how_the_person_was_identified_and_no_more(clubs: Path) -> None:
    """Where each part of who they are stands and that it was read: masked, of them alone, and only where looked for."""
    members = clubs.parent / "members.csv"
    members.write_text(members.read_text("utf-8") + "008,Cyd,Oldacre,9990000026,M,,,\n", "utf-8")
    clubs.write_text(
        clubs.read_text("utf-8").replace(
            "[map.identifiers]",
            "[map.fields]\ndate_of_birth = 'Joined'\nended = { end = 'Joined' }\n[map.identifiers]",
            1,
        ),
        "utf-8",
    )
    done = hub("sources", "preview", clubs, "--identifier", NUMBER, "--json")
    identity = [
        (f["field"], f["from"], f["raw"], f["becomes"], f["rejected"]) for f in json.loads(done.stdout)["identity"]
    ]
    assert identity[0] == ("Identity.names[1].given", "members[1].First", "A***", "A***", "")
    assert identity[2] == ("Identity.date_of_birth", "members[1].Joined", "3***", "", "not-a-date")
    assert identity[3][3] == "UNKNOWN"
    assert identity[4] == ("Identity.identifiers.NHS_NUMBER", "members[1].NHS", "9***", "(as asked)", "")
    assert "Marchbanks" not in done.stdout
    assert "Cyd" not in done.stdout
    assert "Identity." in hub("sources", "preview", clubs, "--identifier", NUMBER).stdout
    assert "Identity." not in hub("sources", "preview", clubs, "--local-id", "007").stdout


def test_what_no_mapping_fills_is_shown_as_the_codes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A connector without a mapping still shows what it gives."""
    done = hub("sources", "preview", installed(monkeypatch, tmp_path, Honest), "--local-id", "ada", "--json")
    lines = {f["field"]: f for f in json.loads(done.stdout)["fields"]}
    assert lines["PersonName.given"] == {
        "field": "PersonName.given",
        "from": "(in code)",
        "raw": "",
        "becomes": "'Ada'",
        "rejected": "",
    }
    assert lines["Birth.date_of_birth"]["becomes"] == "2012-03-09"


@pytest.mark.parametrize("env", ["production", ""])
def test_in_production_a_preview_needs_a_word(clubs: Path, env: str) -> None:
    """Unless somebody says that this is a test person; where nothing is set it is production."""
    refused = hub("sources", "preview", clubs, "--local-id", "007", env=env)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "--yes-this-is-a-test-person" in refused.stderr
    assert hub("sources", "preview", clubs, "--local-id", "007", "--yes-this-is-a-test-person", env=env).exit_code == 0


async def test_a_trace_says_no_value_of_its_own_accord(clubs: Path) -> None:
    """Printing a trace by mistake tells nothing; outside the tracing nothing is traced."""
    made = connect(read_source(clubs))
    ask = Ask((LocalId("007"),), made.capabilities.fields, EXAMPLES.today)
    with tracing() as trace:
        await made.fetch(ask)
    before = len(trace.fields)
    await made.fetch(ask)
    await made.close()
    assert before == len(trace.fields) == 5
    assert "Pat" not in repr(trace)
    assert "Swimming" not in repr(trace)


async def test_a_json_sources_paths_and_lists_are_traced(tmp_path: Path) -> None:
    """An item of a list is traced by its own paths, and a path that is JMESPath by what it finds."""
    from connectors.mapping import Mapper

    config = SourceConfig.model_validate(
        {
            **tomllib.loads(TOML.partition("[connection]")[0]),
            "path": tmp_path / "x.toml",
            "map": [
                {
                    "record": "Involvement",
                    "from": "cases",
                    "person": "id",
                    "each": "stays",
                    "fields": {"team": "team.name", "sub_service": "length(@)", "reason": {"join": ["a", "_parent.b"]}},
                    "professionals": {"each": "workers", "name": "n"},
                }
            ],
        }
    )
    mapper = Mapper(config, tabular=False)
    row: dict[str, Any] = {"id": "1", "b": "B", "stays": {"team": {"name": "T"}, "a": "A", "workers": [{"n": "W"}, 3]}}
    with tracing() as trace:
        mapper.records({"cases": [row]}, mapper.fields, TODAY)
    found = {t.name: (t.paths, t.raw, t.value) for t in trace.fields}
    assert found["Involvement.team"] == (("team.name",), ("T",), "T")
    assert found["Involvement.reason"] == (("_parent.b", "a"), ("B", "A"), "A B")
    assert found["Professional.name"] == (("n",), ("W",), "W")
    bare: dict[str, Any] = {"id": "1", "stays": [{"team": 3, "workers": [{"n": None}]}]}
    with tracing() as trace:
        mapper.records({"cases": [bare]}, frozenset({FieldId("Involvement.team"), FieldId("Professional.name")}), TODAY)
    assert [(t.name, t.raw, t.value) for t in trace.fields] == [("Involvement.team", (None,), None)]
    assert trace.left_out == {("cases", "Professional", "nothing there"): 1}


def test_a_system_that_is_not_ours_is_begun_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A third party's system has what every source has, and a connection to fill in."""
    installed(monkeypatch, tmp_path, Honest)
    done = hub("sources", "new", "clubs", "--system", "theirs", "--folder", tmp_path)
    assert done.exit_code == 0, done.output
    assert connect(read_source(tmp_path / "clubs.toml")) is not None


def test_the_systems_of_old_have_a_scaffold_of_their_own() -> None:
    """Nothing is begun bare that has a layout to begin with."""
    for system in ("plain-rest", "plain-files", "plain-sql", "ssd", "oneroster", "uk_core", "custodian", "ctf"):
        assert "see its own documentation" not in scaffold.source_file("clubs", system, "UNIVERSAL")


@pytest.mark.parametrize("system", scaffold.systems())
def test_every_scaffold_of_a_source_can_be_connected(tmp_path: Path, system: str) -> None:
    """What is written is a whole source file: read, mapped and connected as it stands, where the system has its own."""
    name = f"my-{system.replace('_', '-')}"
    done = hub("sources", "new", name, "--system", system, "--folder", tmp_path)
    assert done.exit_code == 0, done.output
    source = read_source(tmp_path / f"{name}.toml")
    assert (source.id, source.system) == (name, system.partition("-")[0] if "plain" in system else system)
    bare = "see its own documentation" in source.path.read_text("utf-8")
    assert bare or connect(source).capabilities.fields


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Clubs",), "a name is small letters"),
        (("clubs", "--system", "plane"), "--system is one of"),
        (("clubs", "--service", "SPACE"), "--service is one of"),
        (("clubs", "--connector", "--system", "ssd"), "--connector makes a new kind of system"),
        (("ssd", "--connector"), "ssd is taken"),
    ],
)
def test_a_scaffold_that_cannot_be_made_says_why(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """One line, and nothing is written."""
    done = hub("sources", "new", *arguments, "--folder", tmp_path)
    assert done.exit_code == 1
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_connectors_scaffold_is_a_package(tmp_path: Path) -> None:
    """A project with the entry point, the connector, its source file and a test, each naming the others rightly."""
    done = hub("sources", "new", "card-index", "--connector", "--folder", tmp_path)
    assert done.exit_code == 0, done.output
    made = tmp_path / "card-index"
    project = tomllib.loads((made / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["entry-points"]["hub.systems"] == {"card-index": "card_index_hub:connect"}
    assert read_source(made / "card-index.toml").system == "card-index"
    for file in ("card_index_hub/__init__.py", "card_index_hub/connector.py", "tests/test_promises.py"):
        compile((made / file).read_text("utf-8"), file, "exec")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A file that is there stays as it is; a folder that cannot be written in is said."""
    assert hub("sources", "new", "clubs", "--folder", tmp_path).exit_code == 0
    (tmp_path / "clubs.toml").write_text("mine")
    assert "is there already" in hub("sources", "new", "clubs", "--folder", tmp_path).stderr
    assert (tmp_path / "clubs.toml").read_text() == "mine"
    assert "cannot be written" in hub("sources", "new", "other", "--folder", tmp_path / "clubs.toml").stderr


def test_a_test_person_belongs_to_one_source(tmp_path: Path) -> None:
    """Without a file there is nobody to try."""
    done = hub("sources", "check", "--local-id", "1", "--data", tmp_path)
    assert (done.exit_code, done.stderr) == (1, "hub: a test person belongs to one source: name its FILE\n")


async def test_taking_a_system_away(clubs: Path) -> None:
    """A source without its system says so; one whose place is not known here, or that then cannot work, has no twin."""
    source = read_source(clubs)
    elsewhere = out_of_reach(source)
    assert isinstance(elsewhere, Connector)
    assert not (await elsewhere.health()).ok
    assert out_of_reach(source.model_copy(update={"connection": {}})) is None
    assert out_of_reach(source.model_copy(update={"system": "none"})) is None
