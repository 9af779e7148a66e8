"""``hub ask``: ask a running hub who is involved with a child."""

from typing import Annotated

import typer

from hub.commands.asking import Client
from hub.commands.saying import DataOption, JsonOption, Refused, plainly, print_json
from hub.commands.showing import show
from hub.commands.token import demo_settings, persona_token
from hub.demo.staff import PERSONAS
from schema.purposes import Purpose


def ask(
    child: Annotated[str, typer.Option(help="The hub's id, or 'Family name, given name, YYYY-MM-DD'.")],
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
        client = Client(f"http://127.0.0.1:{port}", persona_token(demo_settings(data), who))
        context = {"purpose": word, "reference": reference}
        person = client.who_is_involved(client.find(child, context), context)
        if person is None:
            raise Refused("there is no such person, or none you may know of")
        if json_output:
            print_json(person)
        else:
            show(person)
