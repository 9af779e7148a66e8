"""Settings: read from the environment, all that is wrong said at once, never a value."""

from pathlib import Path

import pytest

from hub.settings import Environment, Settings, SettingsError, read_settings

SECRET = "s3cr3t-9990000018"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [n for n in os.environ if n.startswith("HUB_")]:
        monkeypatch.delenv(name)


def test_every_setting_is_a_variable(tmp_path: Path) -> None:
    """Each setting is read from the variable of its name."""
    (tmp_path / "logo.svg").write_text("<svg/>", "utf-8")
    given = {
        "HUB_ENV": "production",
        "HUB_DATA": str(tmp_path),
        "HUB_DATABASE_URL": "postgresql://hub@127.0.0.1/hub",
        "HUB_SOURCES": str(tmp_path / "sources"),
        "HUB_KEYS": str(tmp_path / "keys"),
        "HUB_WEIGHTS": str(tmp_path / "weights.json"),
        "HUB_EQUIVALENTS": str(tmp_path / "names.txt"),
        "HUB_HOST": "127.0.0.2",
        "HUB_PORT": "8080",
        "HUB_ISSUER": "https://issuer.example.org",
        "HUB_AUDIENCE": "hub",
        "HUB_JWKS_FILE": str(tmp_path / "keys.json"),
        "HUB_CLOCK_SKEW": "5",
        "HUB_ANSWER_STEP": "7",
        "HUB_COUNCIL": "Brookshire Council",
        "HUB_COLOUR": "#5b2a6e",
        "HUB_CONTACT_EMAIL": "hub@brookshire.example.org",
        "HUB_CONTACT_PHONE": "01632 960000",
        "HUB_PRIVACY_CONTACT": "dpo@brookshire.example.org",
        "HUB_LOGO": str(tmp_path / "logo.svg"),
        "HUB_BUDGETS": str(tmp_path / "budgets.toml"),
        "HUB_NOTICES": str(tmp_path / "notices.toml"),
        "HUB_PROXIES": "10.0.0.1, 10.1.0.0/16",
        "HUB_CERTIFICATE_HEADER": "Client-Cert",
        "HUB_DEADLINE": "3.5",
        "HUB_SIGN_IN": str(tmp_path / "sign-in.toml"),
        "HUB_PUBLIC_URL": "https://hub.example.org",
        "HUB_RECONCILE_HOURS": "6",
        "HUB_WATCH_SECONDS": "60.0",
        "HUB_WATCHES": "7",
        "HUB_WATCHES_EACH": "3",
        "HUB_GRAPHQL_GET": "True",
        "HUB_GRAPHQL_STATUSES": "2026",
        "HUB_REPLICA": "hub-2",
        "HUB_CHECKPOINT_FILE": str(tmp_path / "checkpoint"),
        "HUB_AUDIT_YEARS": "8",
        "HUB_AT_ONCE": "8",
        "HUB_WAITING": "16",
        "HUB_PATIENCE": "0.5",
        "HUB_AT_ONCE_EACH": "3",
        "HUB_SAVED_DAYS": "30",
    }
    read = read_settings(given)
    assert {f"HUB_{n.upper()}": str(v) for n, v in read.model_dump().items() if v is not None} == given
    several = {"HUB_ISSUERS": str(tmp_path / "issuers.toml")}
    others = {name: value for name, value in given.items() if name not in {"HUB_ISSUER", "HUB_JWKS_FILE"}}
    assert read_settings(several | others).issuers == tmp_path / "issuers.toml"
    assert set(given) | set(several) == {f"HUB_{name.upper()}" for name in Settings.model_fields}
    assert read.env is Environment.PRODUCTION
    assert (read.database, read.sources_folder, read.keys_folder) == (
        given["HUB_DATABASE_URL"],
        tmp_path / "sources",
        tmp_path / "keys",
    )


def test_a_desk_needs_none() -> None:
    """Without a variable everything is in the data folder; only the environment must be said."""
    read = read_settings({}, env="demo")
    assert (read.database, read.sources_folder, read.keys_folder) == (
        "sqlite:///.demo/hub.db",
        Path(".demo/sources"),
        Path(".demo/keys"),
    )


def test_what_a_command_is_given_wins_over_the_environment() -> None:
    """An option is nearer than a variable; one not given changes nothing."""
    read = read_settings({"HUB_PORT": "1", "HUB_ENV": "demo"}, port=2, host=None)
    assert (read.port, read.host) == (2, "127.0.0.1")


def test_production_is_the_default_and_says_all_it_needs() -> None:
    """Whoever sets nothing gets no demonstration by accident."""
    with pytest.raises(SettingsError) as refused:
        read_settings({})
    for name in ("DATABASE_URL", "SOURCES", "KEYS", "ISSUER", "JWKS_FILE"):
        assert f"HUB_{name}" in str(refused.value)


def test_a_watch_in_production_does_not_ask_all_the_time() -> None:
    """Each look asks every source: seldom enough where they are somebody's systems, as often as one likes at a desk."""
    with pytest.raises(SettingsError, match="HUB_WATCH_SECONDS must be at least 30 in production"):
        read_settings({"HUB_WATCH_SECONDS": "29"})
    assert read_settings({"HUB_WATCH_SECONDS": "0.1"}, env="demo").watch_seconds == 0.1


@pytest.mark.parametrize("name", ["DATABASE_URL", "ISSUER", "REPLICA", "PORT"])
def test_a_secret_may_be_in_a_file(tmp_path: Path, name: str) -> None:
    """``HUB_…_FILE`` names a file that holds the value; the variable itself wins over it."""
    file = tmp_path / "secret"
    value = {"DATABASE_URL": "sqlite:///x.db", "PORT": "12"}.get(name, "word")
    file.write_text(f"{value}\n", "utf-8")
    read = read_settings({"HUB_ENV": "demo", f"HUB_{name}_FILE": str(file)})
    assert str(getattr(read, name.lower())) == value
    both = read_settings({"HUB_ENV": "demo", "HUB_PORT": "99", "HUB_PORT_FILE": str(file / "not-read")})
    assert both.port == 99


def test_all_that_is_wrong_is_said_at_once_and_never_a_value(tmp_path: Path) -> None:
    """One start tells the operator everything to mend; what was set is not repeated, for it may be a secret."""
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe" + SECRET.encode())
    given = {
        "HUB_ENV": SECRET,
        "HUB_PORT": SECRET,
        "HUB_CLOCK_SKEW": "61",
        "HUB_DEADLINE": "0",
        "HUB_DATABASE_URL": f"mysql://u:{SECRET}@h/x",
        "HUB_PASSWORD": SECRET,
        "HUB_ISSUER_FILE": str(tmp_path / "missing"),
        "HUB_AUDIENCE_FILE": str(binary),
        "OTHER": "not ours",
    }
    with pytest.raises(SettingsError) as refused:
        read_settings(given)
    said = str(refused.value)
    for name in ("ENV", "PORT", "CLOCK_SKEW", "DEADLINE", "DATABASE_URL", "PASSWORD", "ISSUER_FILE", "AUDIENCE_FILE"):
        assert f"HUB_{name}" in said
    assert "HUB_PASSWORD is not a setting" in said
    assert SECRET not in said
    assert "OTHER" not in said


@pytest.mark.parametrize(
    "url", [SECRET, f"postgresql://u:{SECRET}@h:{SECRET}/x", f"oracle://{SECRET}", f"sqlite+{SECRET}:///x", "://", "x:"]
)
def test_an_address_that_is_no_database_is_not_repeated(url: str) -> None:
    """An address may hold a password: it is refused by the variable's name, even where the port is no number."""
    with pytest.raises(SettingsError) as refused:
        read_settings({"HUB_ENV": "demo", "HUB_DATABASE_URL": url})
    assert "HUB_DATABASE_URL: must be a sqlite or postgresql URL" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_settings_cannot_be_changed_while_the_hub_runs() -> None:
    """What was checked at the start stays."""
    with pytest.raises(ValueError, match="frozen"):
        read_settings({}, env="demo").port = 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"HUB_PUBLIC_URL": f"ftp://{SECRET}"}, "HUB_PUBLIC_URL: must be an address"),
        ({"HUB_PUBLIC_URL": f"https://hub.example.org/{SECRET}"}, "HUB_PUBLIC_URL: must be an address"),
        ({"HUB_PUBLIC_URL": f"https://hub:{SECRET}"}, "HUB_PUBLIC_URL: must be an address"),
        ({"HUB_PROXIES": f"10.0.0.1, {SECRET}"}, "HUB_PROXIES: must be addresses"),
        ({"HUB_PROXIES": "10.0.0.1", "HUB_CERTIFICATE_HEADER": f"{SECRET}: x"}, "must be a header's name"),
        ({"HUB_CERTIFICATE_HEADER": "Client-Cert"}, "needs HUB_PROXIES"),
    ],
    ids=range(6),
)
def test_where_partners_come_from_is_said_rightly_or_not_at_all(given: dict[str, str], said: str) -> None:
    """An address, proxies and a header are each read whole, and a header needs somebody who is believed about it."""
    with pytest.raises(SettingsError) as refused:
        read_settings({"HUB_ENV": "demo"} | given)
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)
    assert read_settings({"HUB_ENV": "demo", "HUB_HOST": "0.0.0.0"}).base_url == "http://127.0.0.1:8000"  # noqa: S104 -- read, not bound
