"""``hub clients jwks``: the public half of the key with which this hub proves itself to another authority's."""

import os
from pathlib import Path
from typing import Annotated

import typer
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from hub.commands.officer import read_file
from hub.commands.saying import Refused, err, plainly, print_json


def jwks(
    file: Annotated[Path, typer.Argument(help="File of the private key (PEM).")],
    new: Annotated[bool, typer.Option("--new", help="Make the key; the file must not be there yet.")] = False,
) -> None:
    """Print the public keys (JWKS) for another hub's operator to register, made of a private P-256 key in a file."""
    with plainly():
        key = _made(file) if new else _read(file)
        public = key.as_dict(private=False) | {"kid": key.thumbprint(), "use": "sig", "alg": "ES256"}
        print_json({"keys": [public]})
        err.print(f'Name it in the source file: key_id = "{public["kid"]}"', markup=False, soft_wrap=True)


def _made(file: Path) -> ECKey:
    """Make a key in a file that its owner alone can read."""
    key = ECKey.generate_key("P-256", private=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(f"{file} cannot be made: {type(error).__name__}") from None
    with os.fdopen(handle, "wb") as written:
        written.write(key.as_pem(private=True))
    return key


def _read(file: Path) -> ECKey:
    try:
        key = ECKey.import_key(read_file(file))
    except (JoseError, ValueError, TypeError):
        key = None
    if key is None or not key.is_private or key.get("crv") != "P-256":
        raise Refused(f"{file.name} is not a private P-256 key in PEM: --new makes one")
    return key
