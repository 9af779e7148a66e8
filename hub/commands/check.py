"""``hub check``: say whether the hub could start here, and what is wrong if not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from connectors.errors import SourceMisconfigured
from connectors.registry import connect
from connectors.source import SourceConfig, read_sources
from hub.budgets.limits import BudgetsError, read_limits
from hub.commands.saying import DataOption, JsonOption, err, out, plainly, print_json
from hub.governance.posting import posted
from hub.identity.issuers.reading import WrongSignIn
from hub.identity.keys_held import read_public_keys
from hub.identity.sign_in_room import configured
from hub.identity.trusted import trusted_issuers
from hub.keys import KeysError, read_keys
from hub.people.own import WrongMatching, compare_by
from hub.settings import Environment, Settings, SettingsError, read_settings
from policies.reading import read_rules
from policies.validation import RulebookError

KEYS = "keys"
"""What is said of the hub's own keys: without them it starts sealed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is, whether it is well, and why not."""

    what: str
    ok: bool
    why: str = ""


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at rules, keys and sources, without asking any source."""
    yield _found("policies", lambda: f"version {read_rules().version}")
    if settings.env is Environment.PRODUCTION:
        yield _found(KEYS, lambda: str(read_keys(settings.keys_folder) and settings.keys_folder))
    yield _found("budgets", lambda: f"{read_limits(settings.budgets).user.people_hour} people an hour for a user")
    if settings.notices is not None:
        yield _found("notices", lambda: _told(settings))
    if settings.issuers is not None:
        yield _found("issuers", lambda: f"{len(trusted_issuers(settings).issuers)} trusted")
    elif settings.jwks_file is not None:
        yield _public_keys(settings.jwks_file)
    if settings.weights or settings.equivalents:
        yield _found("matching", lambda: f"weights {compare_by(settings.weights, settings.equivalents).version}")
    if settings.sign_in is not None:
        yield _found("sign-in", lambda: _sign_in(settings))
    yield from _sources(settings.sources_folder)


_WRONG = (
    KeysError,
    RulebookError,
    SettingsError,
    SourceMisconfigured,
    WrongMatching,
    WrongSignIn,
    BudgetsError,
)
"""What says that something configured is wrong."""


def _found(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, ok=True, why=look())
    except _WRONG as error:
        return Finding(what, ok=False, why=str(error))


def _told(settings: Settings) -> str:
    found = posted(settings)
    return f"{len(found.addresses) if found else 0} agencies' leads told at once"


def _sign_in(settings: Settings) -> str:
    found = configured(settings)
    return f"at {', '.join(issuer.id for issuer in found.issuers)}" if found else "nowhere"


def _public_keys(path: Path) -> Finding:
    try:
        return Finding("issuer's keys", ok=True, why=f"{len(read_public_keys(path).keys)} in {path.name}")
    except ValueError as error:
        return Finding("issuer's keys", ok=False, why=str(error))


def _sources(folder: Path) -> Iterator[Finding]:
    try:
        sources = read_sources(folder)
    except SourceMisconfigured as error:
        yield Finding("sources", ok=False, why=str(error))
        return
    if not sources:
        yield Finding("sources", ok=False, why=f"{folder} holds no source files")
    for source in sources:
        yield _found(f"source {source.id}", partial(_connected, source))


def _connected(source: SourceConfig) -> str:
    connect(source)
    return source.system


def check(data: DataOption = None, json_output: JsonOption = False) -> None:
    """Check settings, policies, keys and sources; exit 1 where something is wrong."""
    with plainly():
        found = list(findings(read_settings(data=data)))
    if json_output:
        print_json([{"what": f.what, "ok": f.ok, "why": f.why} for f in found])
    else:
        for f in found:
            said = f"{'ok   ' if f.ok else 'WRONG'} {f.what}: {f.why}"
            (out if f.ok else err).print(said, soft_wrap=True, markup=False)
    if not all(f.ok for f in found):
        raise typer.Exit(1)
