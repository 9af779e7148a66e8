"""``hub clients``: an officer registers a partner's system, sees what it may ask, rotates and revokes it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from hub.cli import app
from tests.rooms.identity.partners import key, published
from tests.rooms.identity.test_certificates import OURS
from tests.small_hub import settings_in
from tests.systems.hub.northshire import OTHER_HUB, PART

Hub = Callable[..., Result]
MAY = ("--purpose", "SAFEGUARDING_TRIAGE", "--source", "housing")
WHOSE = ("--name", "Homes", "--for", "made-up-homes", "--role", "front-door-worker")
OFFICER = ("--by", "demo:olive", "--organisation", "made-up-homes")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Run commands over a folder that holds nothing but one source."""
    from hub.keys import create_keys

    settings_in(tmp_path)
    create_keys(tmp_path / "keys")
    monkeypatch.setenv("HUB_ENV", "development")
    monkeypatch.setenv("HUB_DATA", str(tmp_path))

    def run(*given: Any, code: int = 0) -> Result:
        done = CliRunner().invoke(app, ["clients", *map(str, given)])
        assert done.exit_code == code, done.output
        assert "Traceback" not in done.output
        return done

    return run


def test_a_client_from_its_first_day_to_its_last(hub: Hub, tmp_path: Path) -> None:
    """E8: its secret is printed alone and once; neither a list nor a show ever holds it, or its hash."""
    secret = hub("add", "homes", *WHOSE, *MAY, *OFFICER).stdout.strip()
    assert secret.startswith("hubsecret_")
    assert " " not in secret
    shown = json.loads(hub("show", "homes", "--json").stdout)
    assert (shown["purposes"], shown["sources"], shown["secrets"]) == (["SAFEGUARDING_TRIAGE"], ["housing"], 1)
    listed = hub("list").stdout + hub("list", "--json").stdout + hub("show", "homes").stdout
    assert "made-up-homes" in listed
    second = json.loads(hub("rotate", "homes", "--json", *OFFICER).stdout)["client_secret"]
    assert second != secret
    assert json.loads(hub("show", "homes", "--json").stdout)["secrets"] == 2
    hub("revoke", "homes", *OFFICER)
    assert json.loads(hub("list", "--json").stdout)[0]["revoked"]
    everything = listed + hub("list").stdout
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))
    for one in (secret, second):
        assert one not in everything
        assert one.encode() not in stored
    assert "was revoked" in hub("rotate", "homes", *OFFICER, code=1).stderr
    assert "already" in hub("add", "homes", *WHOSE, *MAY, *OFFICER, code=1).stderr


def test_a_client_with_a_key_and_a_certificate(hub: Hub, tmp_path: Path) -> None:
    """Nothing secret comes about; new keys take the old ones' place."""
    keys, pem = tmp_path / "keys.json", tmp_path / "cert.pem"
    keys.write_text(published([key()]))
    pem.write_bytes(OURS.public_bytes(Encoding.PEM))
    more = ("--method", "private_key_jwt", "--jwks", keys, "--on-behalf-of", "--certificate", pem, "--decides-named")
    assert hub("add", "signs", *WHOSE, *MAY, *more, *OFFICER).stdout == ""
    before = json.loads(hub("show", "signs", "--json").stdout)
    assert before["on_behalf_of"]
    assert before["decides_named"]
    assert before["certificate"]
    keys.write_text(published([key()]))
    hub("rotate", "signs", "--jwks", keys, *OFFICER)
    assert json.loads(hub("show", "signs", "--json").stdout)["keys"] != before["keys"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("add", "homes", *WHOSE, *MAY), "--by"),
        (("add", "homes", *WHOSE, "--purpose", "EARLY_HELP", "--source", "none", *OFFICER), "no source none"),
        (("add", "homes", *WHOSE, *MAY, "--agreement", "none", *OFFICER), "no agreement none"),
        (("add", "homes", *WHOSE, *MAY, "--jwks", "{folder}/none", *OFFICER), "cannot be read"),
        (("add", "homes", *WHOSE, *MAY, "--jwks", "{folder}/private.json", *OFFICER), "not public"),
        (("add", "homes", *WHOSE, *MAY, "--jwks", "{folder}/empty.json", *OFFICER), "holds no key"),
        (("add", "homes", *WHOSE, *MAY, "--certificate", "{folder}/empty.json", *OFFICER), "not a certificate"),
        (("show", "nobody"), "no such client"),
        (("rotate", "nobody", *OFFICER), "no such client"),
        (("revoke", "nobody", *OFFICER), "no such client"),
    ],
    ids=range(10),
)
def test_what_is_wrong_is_one_line(hub: Hub, tmp_path: Path, given: tuple[str, ...], said: str) -> None:
    """It says what to do, and nothing is registered."""
    (tmp_path / "private.json").write_text(json.dumps({"keys": [key().as_dict(private=True)]}))
    (tmp_path / "empty.json").write_text('{"keys":[]}')
    done = hub(*(word.format(folder=tmp_path) for word in given), code=1)
    assert said in done.stderr
    assert done.stdout == ""


def test_the_hubs_key_is_made_by_hand_in_production(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then there are no partners' clients there; then one line makes it, and shows its id."""
    for name, value in (("ENV", "production"), ("DATABASE_URL", f"sqlite:///{tmp_path / 'hub.db'}"), ("ISSUER", "i")):
        monkeypatch.setenv(f"HUB_{name}", value)
    for name in ("SOURCES", "KEYS"):
        monkeypatch.setenv(f"HUB_{name}", str(tmp_path / name.lower()))
    (tmp_path / "jwks.json").write_text(published([key()]))
    monkeypatch.setenv("HUB_JWKS_FILE", str(tmp_path / "jwks.json"))
    assert "hub clients key --rotate" in hub("key", code=1).stderr
    made = hub("key", "--rotate").stdout.strip()
    assert "HUB_PUBLIC_URL" in hub("key", code=1).stderr
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example.org")
    assert hub("key").stdout.strip() == made
    assert "--token-file" in hub("revoke", "x", *OFFICER, code=1).stderr


def test_a_hub_speaks_for_others_with_a_key_of_its_own(hub: Hub, tmp_path: Path) -> None:
    """Its operator makes a key and prints the public half; ours says for whom it speaks and what its roles are."""
    private, public = tmp_path / "north.pem", tmp_path / "south.jwks.json"
    made = hub("jwks", private, "--new")
    (known,) = json.loads(made.stdout)["keys"]
    assert "d" not in known
    assert known["kid"] in made.stderr
    assert private.stat().st_mode & 0o077 == 0
    public.write_text(hub("jwks", private).stdout)
    assert json.loads(public.read_text())["keys"] == [known]
    assert "cannot be made" in hub("jwks", private, "--new", code=1).stderr
    assert "not a private P-256 key" in hub("jwks", public, code=1).stderr
    more = ("--method", "private_key_jwt", "--jwks", public, "--speaks-for", "south-council")
    hub("add", "south-hub", *WHOSE, *MAY, *more, "--their-role", "boss=social-worker", *OFFICER)
    shown = json.loads(hub("show", "south-hub", "--json").stdout)
    assert (shown["speaks_for"], shown["their_roles"]) == (["south-council"], ["boss=social-worker"])
    own = ("--speaks-for", "made-up-homes", "--their-role", "boss=social-worker")
    assert (
        "made-up-homes has sources of its own"
        in hub("add", "bad-hub", *WHOSE, *MAY, *more, *own, *OFFICER, code=1).stderr
    )
    for wrong in ("boss", "boss=a"):
        said = hub("add", "bad-hub", *WHOSE, *MAY, *more, "--their-role", wrong, *OFFICER, code=1).stderr
        assert "--their-role" in said
    twice = ("--their-role", "boss=social-worker", "--their-role", "boss=police-officer")
    assert "each of theirs once" in hub("add", "bad-hub", *WHOSE, *MAY, *more, *twice, *OFFICER, code=1).stderr


def test_a_client_may_be_bound_to_a_source_of_another_hub(hub: Hub, tmp_path: Path) -> None:
    """By the name it has here, which is in no file of its own; the file's own id is no source."""
    given = {"id": "north", "name": "North", "agency": "north-council", "deadline": 2, "url": "http://127.0.0.1:9"}
    given |= {"hub": "https://north.example", "ours": "https://south.example", "client": "south", "kid": "k"}
    part = PART.format(theirs="homes", name="North homes").replace("northshire-homes", "north-homes")
    (tmp_path / "sources" / "north.toml").write_text(OTHER_HUB.format(**given, key_file=tmp_path / "none") + part)
    more = ("--purpose", "SAFEGUARDING_TRIAGE", "--source", "north-homes", *OFFICER)
    hub("add", "cms", *WHOSE, *more)
    assert json.loads(hub("show", "cms", "--json").stdout)["sources"] == ["north-homes"]
    assert "no source north:" in hub("add", "other", *WHOSE, *MAY, "--source", "north", *OFFICER, code=1).stderr
    listed = json.loads(CliRunner().invoke(app, ["sources", "list", "--json"]).stdout)
    assert {one["id"] for one in listed} == {"housing", "north-homes"}
    keys = tmp_path / "k.json"
    keys.write_text(published([key()]))
    speaks = ("--method", "private_key_jwt", "--jwks", keys, "--speaks-for", "north-homes", "--their-role")
    hub("add", "north-hub", *WHOSE, *more, *speaks, "boss=social-worker")
