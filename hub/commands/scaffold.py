"""``hub sources new``: a source file, or a connector's package, to begin from."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from connectors.registry import known_systems
from hub.commands.saying import Refused, out, plainly
from schema.services import Service

NAME = re.compile(r"[a-z][a-z0-9-]{1,40}")
MAPPED = {"plain-rest": "id", "plain-files": "id", "upstream_graphql": "id"}
"""The layouts that need a mapping, and where the made-up one has the person's id."""

PACKAGE = {
    "pyproject.toml.txt": "pyproject.toml",
    "__init__.py.txt": "{package}/__init__.py",
    "connector.py.txt": "{package}/connector.py",
    "test_promises.py.txt": "tests/test_promises.py",
}
"""Where each file of a connector's scaffold goes."""


def new(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and hyphens.")],
    system: Annotated[
        str | None,
        typer.Option("--system", help="plain-rest, plain-files or a known kind of system.", show_default="plain-rest"),
    ] = None,
    service: Annotated[str, typer.Option("--service", help="The service whose records these are.")] = "UNIVERSAL",
    connector: Annotated[bool, typer.Option("--connector", help="A package for a new kind of system instead.")] = False,
    folder: Annotated[Path, typer.Option("--folder", help="Where to write it.")] = Path(),
) -> None:
    """Write a source file to fill in, or with --connector a package with a connector and its test."""
    with plainly():
        if NAME.fullmatch(name) is None:
            raise Refused("a name is small letters, digits and hyphens, two to forty-one of them")
        if connector and system:
            raise Refused("--system is for a source; --connector makes a new kind of system")
        made = (
            connector_package(name)
            if connector
            else {f"{name}.toml": source_file(name, system or "plain-rest", service)}
        )
        target = folder / name if connector else folder
        _write(target, made)
    for path in made:
        out.print(str(target / path), markup=False, soft_wrap=True)


def systems() -> tuple[str, ...]:
    """Name everything a source file can be begun for."""
    return tuple(sorted({"plain-rest", "plain-files", *(set(known_systems()) - {"plain"})}))


def begun(system: str) -> bool:
    """Say whether there is a scaffold of the system's own, beyond what every source has."""
    return files("hub.commands").joinpath("scaffolds", f"{system}.toml").is_file()


def source_file(name: str, system: str, service: str) -> str:
    """Give a source file with comments; Refused where there is no such system or service."""
    if system not in systems():
        raise Refused(f"--system is one of {', '.join(systems())}")
    if service not in {s.value for s in Service}:
        raise Refused(f"--service is one of {', '.join(s.value for s in Service)}")
    kind = system.partition("-")[0] if system.startswith("plain-") else system
    words = {
        "id": name,
        "service": service,
        "services": ", ".join(s.value for s in Service),
        "system": kind,
        "person": MAPPED.get(system, ""),
    }
    own = _text(f"{system}.toml", words) or _text("other.toml", words) or ""
    return f"{_text('head.toml', words)}{own}{_text('mapping.toml', words) if system in MAPPED else ''}"


def connector_package(name: str) -> dict[str, str]:
    """Give a connector's files by path: a package with its entry point, a test that runs the kit, a source file."""
    package = f"{name.replace('-', '_')}_hub"
    if name in known_systems():
        raise Refused(f"{name} is taken by a system that is already here")
    words = {"name": name, "package": package}
    made = {path.format(**words): _text(f"connector/{file}", words) or "" for file, path in PACKAGE.items()}
    source = {"id": name, "service": "UNIVERSAL", "services": ", ".join(s.value for s in Service), "system": name}
    return {**made, f"{name}.toml": f"{_text('head.toml', source)}{_text('other.toml', source)}"}


def _text(file: str, words: Mapping[str, str]) -> str | None:
    found = files("hub.commands").joinpath("scaffolds", file)
    return Template(found.read_text("utf-8")).substitute(words) if found.is_file() else None


def _write(target: Path, made: Mapping[str, str]) -> None:
    for path in made:
        if (target / path).exists():
            raise Refused(f"{target / path} is there already; nothing was written")
    for path, text in made.items():
        try:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text, "utf-8")
        except OSError as error:
            raise Refused(f"{target / path} cannot be written: {error.strerror}") from None
