"""The officer's commands: what they say, what they refuse in one line, and that refusing changes nothing."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from typer.testing import CliRunner, Result

from hub.cli import app
from hub.commands import officer
from hub.governance.acting import Acting
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked, break_glass
from hub.governance.standing_read import GRANT
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.keys import create_keys
from hub.settings import Environment, read_settings
from hub.store.database import Database
from hub.store.seconds import Now
from hub.store.tables.people import PERSON
from tests.rooms.governance.desk import MAYA, WORKER, acting_on
from tests.rooms.governance.test_agreement_file import ORDERED, PLAIN

RUN = CliRunner()
WHO = ("--by", "ig-1", "--organisation", "county-council")
PROVIDER = ("--by", "ig-2", "--organisation", "nhs-trust")
CHILD = ("--person", MAYA)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with keys, and a database that knows one made-up child."""
    folder = tmp_path_factory.mktemp("desk")
    create_keys(folder / "keys")

    async def fill() -> None:
        database = Database(f"sqlite:///{folder / 'hub.db'}")
        await database.upgrade()
        async with database.begin() as connection:
            await connection.execute(insert(PERSON).values(id=MAYA, status="active", labels="", version=1))
        await database.close()

    asyncio.run(fill())
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of it for each test."""
    monkeypatch.setenv("HUB_ENV", "development")
    return shutil.copytree(filled, tmp_path / "data")


def hub(data: Path, *words: str) -> Result:
    return RUN.invoke(app, [*words, "--data", str(data)])


def done(data: Path, *words: str) -> Any:
    """Run a command that works, and give its JSON."""
    result = hub(data, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(data: Path, *words: str) -> str:
    """Run a command that is refused in one line, with exit code 1, and give the line."""
    result = hub(data, *words)
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("hub: ")
    assert result.stderr.count("\n") == 1
    return str(result.stderr)


def said(data: Path, *words: str) -> str:
    """Run a command that works and give what it printed for a person to read."""
    result = hub(data, *words)
    assert result.exit_code == 0, result.output
    return str(result.output)


RECORD = ("consent", "record", *CHILD, "--giver", "mother", "--relationship", "MOTHER", "--method", "form", *WHO)
ABLE = ("--capacity", "PARENTAL_RESPONSIBILITY", "--purpose", "EARLY_HELP")


def test_consent_is_recorded_listed_withdrawn_and_carried_over(data: Path) -> None:
    """Record, list, export, import again, withdraw; each shows in the list."""
    scope = ("--service", "HEALTH", "--kind", "EXISTENCE", "--recipient", "county-council", "--evidence", "form-1")
    days = ("--given", "2026-03-01", "--expires", "2027-03-01")
    first = done(data, *RECORD, *ABLE, *scope, *days)["id"]
    (line,) = done(data, "consent", "list", *CHILD)
    assert (line["id"], line["state"], line["services"], line["expires"]) == (first, "GIVEN", ["HEALTH"], "2027-03-01")
    bundle = json.loads(said(data, "consent", "export", *CHILD))
    (data / "bundle.json").write_text(json.dumps(bundle))
    (second,) = done(data, "consent", "import", str(data / "bundle.json"), *WHO)["ids"]
    assert second != first
    assert "Recorded: 1" in said(data, "consent", "import", str(data / "bundle.json"), *WHO)
    assert "Recorded" in said(data, *RECORD, *ABLE, "--refused")
    assert "later word" in refused(data, "consent", "import", str(data / "bundle.json"), *WHO)
    done(data, "consent", "withdraw", *CHILD, "--giver", "mother", "--reason", "RECIPIENT", *WHO)
    states = [line["state"] for line in done(data, "consent", "list", *CHILD)]
    assert states == ["GIVEN", "GIVEN", "GIVEN", "REFUSED", "WITHDRAWN"]
    assert "WITHDRAWN" in said(data, "consent", "list", *CHILD)


REFUSED: list[tuple[tuple[str, ...], str]] = [
    ((*RECORD, "--capacity", "GILLICK", "--purpose", "EARLY_HELP"), "capacity"),
    ((*RECORD, "--capacity", "KIN", "--purpose", "EARLY_HELP"), "--capacity"),
    ((*RECORD, *ABLE, "--service", "TAROT"), "--service"),
    ((*RECORD, *ABLE, "--recipient", "A Council"), "--recipient"),
    ((*RECORD, *ABLE, "--expires", "soon"), "--expires"),
    ((*RECORD, *ABLE, "--by", " "), "--by"),
    ((*RECORD, *ABLE, "--organisation", "A Council"), "--organisation"),
    ((*RECORD, *ABLE, "--person", "0b" * 16), "knows no person"),
    (("consent", "withdraw", *CHILD, "--giver", "father", *WHO), "nothing of the kind"),
    (("consent", "import", "nowhere.json", *WHO), "cannot be read"),
    (("agreements", "import", "nowhere.json", *WHO), "cannot be read"),
    (("agreements", "show", "a-9"), "no agreement"),
    (("agreements", "suspend", "a-9", *WHO), "no agreement"),
    (("agreements", "suspend", "a-9", "--by", "ig-1", "--organisation", "X"), "--organisation"),
    (("break-glass", "review", "g-9", *WHO), "no such grant"),
    (("break-glass", "review", "g-9", "--outcome", "FINE", *WHO), "--outcome"),
]


def test_a_token_says_who_acts(data: Path) -> None:
    """Beside typed names, or no longer valid, nothing is done."""
    named = Requester("ig-9", "IG", "ig-officer", "county-council", "tests")
    token = DevelopmentIssuer(data, Environment.DEMO).token(
        named, audience=read_settings(None, env="demo", data=data).audience
    )
    (data / "token").write_text(token)
    words = (*RECORD[: -len(WHO)], *ABLE)
    done(data, *words, "--token-file", str(data / "token"))
    assert "leave out" in refused(data, *RECORD, *ABLE, "--token-file", str(data / "token"))
    assert [line["recordedBy"] for line in done(data, "consent", "list", *CHILD)] == ["ig-9"]
    (data / "token").write_text(token[:-9])
    assert "no token" in refused(data, *words, "--token-file", str(data / "token"))


def test_in_production_a_typed_name_is_not_believed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can run a command is not therefore whom they say they are."""
    production = {"ENV": "production", "DATABASE_URL": f"sqlite:///{data / 'hub.db'}", "KEYS": str(data / "keys")}
    production |= {"SOURCES": str(data), "ISSUER": "https://issuer.example", "JWKS_FILE": str(data / "jwks.json")}
    for name, value in production.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    for words in ((*RECORD, *ABLE), ("agreements", "suspend", "a-9", *WHO), ("break-glass", "review", "g-9", *WHO)):
        assert "in production a token says who acts" in refused(data, *words)


def test_what_cannot_be_done_is_refused_in_one_line(data: Path) -> None:
    """What is wrong and where; exit code 1; nothing recorded."""
    for words, why in REFUSED:
        assert why in refused(data, *words)
    assert done(data, "consent", "list", *CHILD) == []


def test_whoever_imports_a_consent_has_recorded_it_whatever_the_document_says(data: Path) -> None:
    """A name, an agency or another's id in the document is nobody's credential: none of it is kept, in any table."""
    done(data, *RECORD, *ABLE)
    bundle = json.loads(said(data, "consent", "export", *CHILD))
    (entry,) = bundle["entry"]
    (signed,) = [e for e in entry["resource"]["extension"] if e.get("valueString") == "ig-1"]
    signed["valueString"] = "Alderman Forge of another council"
    (data / "bundle.json").write_text(json.dumps(bundle))
    done(data, "consent", "import", str(data / "bundle.json"), "--by", "ig-7", "--organisation", "county-council")
    assert [line["recordedBy"] for line in done(data, "consent", "list", *CHILD)] == ["ig-1", "ig-7"]
    assert b"Alderman" not in b"".join(file.read_bytes() for file in data.glob("hub.db*"))
    entry["resource"]["organization"] = [{"display": "another council"}]
    (data / "bundle.json").write_text(json.dumps(bundle))
    assert "organization" in refused(data, "consent", "import", str(data / "bundle.json"), *WHO)


def test_a_wrong_import_of_consent_changes_nothing(data: Path) -> None:
    """The place is said and none of the file's values; a child nobody knows refuses all."""
    done(data, *RECORD, *ABLE)
    bundle = json.loads(said(data, "consent", "export", *CHILD))
    for spoil in ({"language": "secret-word"}, {"patient": {"identifier": {"system": "x", "value": "secret-word"}}}):
        resource = bundle["entry"][0]["resource"] | spoil
        (data / "bundle.json").write_text(json.dumps(bundle | {"entry": [bundle["entry"][0], {"resource": resource}]}))
        line = refused(data, "consent", "import", str(data / "bundle.json"), *WHO)
        assert "Bundle.entry[1].Consent" in line
        assert "secret-word" not in line
    text = json.dumps(bundle).replace(MAYA, "0b" * 16)
    (data / "bundle.json").write_text(text)
    assert "knows no person" in refused(data, "consent", "import", str(data / "bundle.json"), *WHO)
    assert len(done(data, "consent", "list", *CHILD)) == 1


def test_agreements_are_imported_shown_exported_and_suspended(data: Path) -> None:
    """With the notes that whoever signs should read; suspended from then on, and lifted again."""
    (data / "a.json").write_text(json.dumps(ORDERED))
    kept = done(data, "agreements", "import", str(data / "a.json"), *PROVIDER)
    assert kept["id"] == "nhs-trust:health-2026"
    assert kept["items"] > 2
    assert "is kept" in said(data, "agreements", "import", str(data / "a.json"), *PROVIDER)
    (line,) = done(data, "agreements", "list")
    assert line["status"] == "signed"
    assert "nhs-trust:health-2026" in said(data, "agreements", "list")
    assert len(done(data, "agreements", "show", "nhs-trust:health-2026")["items"]) == kept["items"]
    assert "Health and others" in said(data, "agreements", "show", "nhs-trust:health-2026")
    (data / "b.json").write_text(said(data, "agreements", "export", "nhs-trust:health-2026"))
    assert done(data, "agreements", "import", str(data / "b.json"), *PROVIDER)["items"] == kept["items"]
    assert "suspended" in said(data, "agreements", "suspend", "nhs-trust:health-2026", *PROVIDER)
    assert done(data, "agreements", "list")[0]["today"] == "NONE"
    assert done(data, "agreements", "suspend", "nhs-trust:health-2026", "--lift", *PROVIDER)["status"] == "signed"


def test_a_half_written_agreement_changes_nothing(data: Path) -> None:
    """Cut short, or wrong in one place: the place is said, and what stood stands."""
    (data / "a.json").write_text(json.dumps(PLAIN))
    done(data, "agreements", "import", str(data / "a.json"), *PROVIDER)
    whole = json.dumps(PLAIN | {"title": "Another", "status": "suspended"})
    (data / "a.json").write_text(whole[:-9])
    assert "line 1" in refused(data, "agreements", "import", str(data / "a.json"), *PROVIDER)
    (data / "a.json").write_text(json.dumps(PLAIN | {"title": "Another", "start": "then"}))
    assert "$.start" in refused(data, "agreements", "import", str(data / "a.json"), *PROVIDER)
    assert done(data, "agreements", "show", "nhs-trust:health-2026")["title"] == "Health and others"
    masked = json.loads(json.dumps(ORDERED))
    masked["rules"]["exceptions"].insert(0, masked["rules"]["defaults"][1])
    (data / "a.json").write_text(json.dumps(masked))
    assert "comes before it" in said(data, "agreements", "import", str(data / "a.json"), *PROVIDER)


async def granted(acting: Acting) -> str:
    asked = Asked(MAYA, frozenset({"nhs-trust"}), GlassReason.MISSING_CHILD, "last seen at noon", "CASE 7")
    return (await break_glass(acting, asked, WORKER)).id


def on_desk(data: Path, work: Callable[[Acting], Any]) -> Any:
    async def run() -> Any:
        async with acting_on(f"sqlite:///{data / 'hub.db'}", data / "keys") as acting:
            return await work(acting)

    return asyncio.run(run())


async def over(acting: Acting) -> None:
    async with acting.database.begin() as connection:
        await connection.execute(update(GRANT).values(until=Now() - 1))


def test_grants_are_listed_noticed_and_reviewed(data: Path) -> None:
    """Notices by reference, seen once; the words for the reviewer alone, and the outcome."""
    grant = on_desk(data, granted)
    notices = done(data, "break-glass", "notices")
    assert [(n["agency"], n["reference"]) for n in notices] == [("county-council", grant), ("nhs-trust", grant)]
    assert "nhs-trust" in said(data, "break-glass", "notices", "--agency", "nhs-trust", "--seen")
    assert [n["agency"] for n in done(data, "break-glass", "notices")] == ["county-council"]
    assert done(data, "break-glass", "list")[0]["state"] == "open"
    assert "still open" in refused(data, "break-glass", "review", grant, "--outcome", "JUSTIFIED", *WHO)
    on_desk(data, over)
    assert "noon" not in said(data, "break-glass", "list")
    assert "noon" in said(data, "break-glass", "review", grant, *WHO)
    assert done(data, "break-glass", "review", grant, *WHO) == {
        "id": grant,
        "text": "last seen at noon",
        "reference": "CASE 7",
    }
    assert "reviewed" in said(data, "break-glass", "review", grant, "--outcome", "JUSTIFIED", *WHO)
    assert done(data, "break-glass", "list")[0]["outcome"] == "JUSTIFIED"


@pytest.fixture
async def busy(data: Path) -> AsyncIterator[Path]:
    """Give a data folder whose desk another command holds."""
    async with acting_on(f"sqlite:///{data / 'hub.db'}", data / "keys", officer.DESK):
        yield data


async def test_a_desk_that_is_in_use_is_waited_for_a_little(busy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another command at the same moment is waited for, and not for ever."""
    monkeypatch.setattr(officer, "TRIES", 3)
    result = await asyncio.to_thread(hub, busy, "agreements", "list")
    assert result.exit_code == 1
    assert "replica-in-use" in result.stderr


def test_a_damaged_database_is_refused_in_one_line(data: Path) -> None:
    """Not a traceback."""
    (data / "hub.db").write_bytes(b"not a database at all, and long enough to look at" * 30)
    assert "hub: " in refused(data, "agreements", "list")
