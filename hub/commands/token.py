"""``hub token``: print a bearer token of the development issuer for one of the demo's people."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.commands.saying import DataOption, Refused, plainly
from hub.demo.staff import PERSONAS
from hub.identity.development_issuer import DevelopmentIssuer
from hub.identity.requester import Requester
from hub.settings import Environment, Settings, read_settings


def demo_settings(data: Path | None, **given: object) -> Settings:
    """Read the settings for a desk: the demo environment unless HUB_ENV says another."""
    import os

    given.setdefault("env", os.environ.get("HUB_ENV", Environment.DEMO.value))
    return read_settings(None, data=data, **given)


def persona_token(settings: Settings, key: str) -> str:
    """Sign a token for a demo person; Refused names those there are."""
    persona = PERSONAS.get(key)
    if persona is None:
        raise Refused(f"nobody is called {key!r}: choose from {', '.join(PERSONAS)}")
    requester = Requester(f"demo:{persona.key}", persona.name, persona.role, persona.agency, "hub-command-line")
    return DevelopmentIssuer(settings.data, settings.env).token(requester, audience=settings.audience)


def token(
    who: Annotated[str, typer.Option("--as", help=f"Who: {', '.join(PERSONAS)}.")],
    data: DataOption = None,
) -> None:
    """Print a bearer token for a demo person, and nothing else."""
    with plainly():
        sys.stdout.write(persona_token(demo_settings(data), who) + "\n")
