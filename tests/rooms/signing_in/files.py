"""Sign-in files, as an operator writes them."""

from pathlib import Path

from tests.rooms.signing_in.liar import CLIENT

LIAR = """
ask = "the made-up help desk"

[[issuer]]
id = "liar"
name = "An issuer that lies"
issuer = "{url}"
client_id = "{client}"
secret = {{ file = "{secret}" }}
{more}

[[issuer.map]]
when = {{ roles = "Hub.FrontDoor" }}
role = "front-door-worker"
organisation = "cast-social-care"

[[issuer.map]]
when = {{ groups = "duty" }}
organisation = "cast-social-care"
team = "Duty team"
"""


def liar_file(folder: Path, url: str, more: str = "", sessions: str = "") -> Path:
    """Write a file with the lying issuer in it."""
    folder.mkdir(exist_ok=True)
    (folder / "secret").write_text("made-up-secret\n", "utf-8")
    path = folder / "sign-in.toml"
    text = LIAR.format(url=url, client=CLIENT, secret=folder / "secret", more=more)
    path.write_text(text + sessions, "utf-8")
    return path
