"""``hub policy export|import``: a whole version as one file, and back as a draft."""

from pathlib import Path
from typing import Annotated

import typer

from hub.commands.policy.changing import read_file
from hub.commands.policy.desk import AsOption, Desk, ReasonOption, TokenOption, VersionArgument, at_desk, officer
from hub.commands.saying import DataOption, err, out
from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.whole import written


def export(
    version: VersionArgument,
    output: Annotated[Path, typer.Argument(help="File to write; never over one that is there.")],
    data: DataOption = None,
) -> None:
    """Write a whole version to one JSON file: its rules, its examples, and a digest over all of it."""

    async def work(desk: Desk) -> int:
        content = written(await desk.room.versions.read(version))
        try:
            with output.open("xb") as file:
                file.write(content)
        except FileExistsError:
            raise VersionRefused(f"{output} is there already; an export is never written over") from None
        except OSError as error:
            raise VersionRefused(f"{output} cannot be written: {error.strerror}") from None
        return len(content)

    err.print(f"{at_desk(data, work)} bytes written to {output}")


def import_(
    file: Annotated[Path, typer.Argument(help="An exported version.")],
    reason: ReasonOption,
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Read an exported version as a new draft; what is not whole is refused with its place. Nothing else changes."""

    async def work(desk: Desk) -> str:
        return await desk.room.lives.draft(read_file(file), await officer(desk.settings, agency, token), reason)

    out.print(at_desk(data, work), markup=False, highlight=False)
