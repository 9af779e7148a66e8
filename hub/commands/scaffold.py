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
OURS = "connectors.systems"
"""Where a kind of system has its folder; its ``scaffold.toml`` there, or ``scaffold-x.toml`` for each layout."""

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
        typer.Option(
            "--system", help="plain-rest, plain-files, plain-sql or a known kind of system.", show_default="plain-rest"
        ),
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
    """Name everything a source file can be begun for: a kind of system, or a kind and one of its layouts."""
    return tuple(sorted(name for system in known_systems() for name in _layouts(system)))


def source_file(name: str, system: str, service: str) -> str:
    """Give a source file with comments; Refused where there is no such system or service."""
    if system not in systems():
        raise Refused(f"--system is one of {', '.join(systems())}")
    if service not in {s.value for s in Service}:
        raise Refused(f"--service is one of {', '.join(s.value for s in Service)}")
    kind = next(k for k in known_systems() if system in _layouts(k))
    return _filled(_own(kind, system[len(kind) :]), id=name, service=service, system=kind)


def _layouts(system: str) -> list[str]:
    folder = files(OURS).joinpath(system)
    found = [f.name for f in folder.iterdir() if f.name.startswith("scaffold-")] if folder.is_dir() else []
    return [f"{system}{f.removeprefix('scaffold').removesuffix('.toml')}" for f in found] or [system]


def _own(system: str, layout: str) -> str:
    """Give the part of a source file that is the system's own; of one not ours only that it has such a part."""
    found = files(OURS).joinpath(system, f"scaffold{layout}.toml")
    return found.read_text("utf-8") if found.is_file() else _text("other.toml")


def connector_package(name: str) -> dict[str, str]:
    """Give a connector's files by path: a package with its entry point, a test that runs the kit, a source file."""
    package = f"{name.replace('-', '_')}_hub"
    if name in known_systems():
        raise Refused(f"{name} is taken by a system that is already here")
    words = {"name": name, "package": package}
    made = {
        path.format(**words): Template(_text(f"connector/{file}")).substitute(words) for file, path in PACKAGE.items()
    }
    return {**made, f"{name}.toml": _filled(_text("other.toml"), id=name, service="UNIVERSAL", system=name)}


def _filled(own: str, **words: str) -> str:
    """Fill in what every source file begins with, and what is the system's own."""
    services = ", ".join(s.value for s in Service)
    return Template(_text("head.toml") + own).substitute(words, services=services, mapping=_text("mapping.toml"))


def _text(file: str) -> str:
    return files("hub.commands").joinpath("scaffolds", file).read_text("utf-8")


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
