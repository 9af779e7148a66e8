"""``hub ask``: ask a running hub who is involved with a child."""

from pathlib import Path
from typing import Annotated

import typer

from hub.commands.asking import Client
from hub.commands.saying import DataOption, JsonOption, Refused, plainly, print_json
from hub.commands.showing import show
from hub.commands.token import demo_settings, persona_token
from hub.demo.cast import CAST_KEYS
from hub.demo.staff import PERSONAS
from hub.demo.truth import FILE, read_truth
from schema.purposes import Purpose


def ask(
    child: Annotated[
        str, typer.Option(help="The hub's id, a name of the demo's cast (main), or 'Family, given, YYYY-MM-DD'.")
    ],
    who: Annotated[str, typer.Option("--as", help=f"Who asks: {', '.join(PERSONAS)}.")] = "front-door",
    purpose: Annotated[
        str, typer.Option(help=f"Why: {', '.join(p.value for p in Purpose)}.")
    ] = Purpose.SAFEGUARDING_TRIAGE.value,
    reference: Annotated[str | None, typer.Option(help="The referral or case reference.")] = None,
    port: Annotated[int, typer.Option(help="Port of the running hub.")] = 8000,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Ask who is involved with a child."""
    with plainly():
        word = purpose.upper().replace("-", "_")
        if word not in Purpose.__members__:
            raise Refused(f"{purpose!r} is not a purpose: choose from {', '.join(p.value for p in Purpose)}")
        settings = demo_settings(data)
        client = Client(f"http://127.0.0.1:{port}", persona_token(settings, who))
        context = {"purpose": word, "reference": reference}
        person = client.who_is_involved(client.find(named(child, settings.data), context), context)
        if person is None:
            raise Refused("there is no such person, or none you may know of")
        if json_output:
            print_json(person)
        else:
            show(person)


def named(child: str, folder: Path) -> str:
    """Give what to search for a child of the demo's cast by; anything else is given back as it is."""
    if child not in CAST_KEYS or not (folder / FILE).exists():
        return child
    person = read_truth(folder).cast_member(child)
    return f"{person.surname}, {person.given}, {person.born or ''}"
