"""``hub policy propose|approve|reject|withdraw|schedule|publish|rollback``: a version's life from the command line."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hub.commands.policy.desk import (
    AsOption,
    Desk,
    ReasonOption,
    TokenOption,
    VersionArgument,
    at_desk,
    officer,
)
from hub.commands.saying import DataOption, err, out
from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.lifecycle import LifeCycle
from hub.governance.versions.shipped import shipped
from hub.governance.versions.stages import Stage
from hub.governance.versions.version import Content, read_content
from hub.governance.versions.whole import read_whole
from hub.identity.requester import Requester

RulesArgument = Annotated[
    Path | None, typer.Argument(help="Folder of agreements, or an exported file; this build's own rules if none.")
]

EarlierArgument = Annotated[
    str | None, typer.Argument(help="The version to go back to; the one that counted before if none.")
]
MomentOption = Annotated[str, typer.Option("--at", help="From when it counts, such as 2027-01-04T08:00+00:00.")]


def propose(
    reason: ReasonOption,
    rules: RulesArgument = None,
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Draft a version, lint it, compare it with the one that counts, and put it to the agencies whose data it is."""

    async def work(desk: Desk) -> str:
        by, lives = await officer(desk.settings, agency, token), desk.room.lives
        version = await lives.draft(_content(rules), by, reason)
        return await _proposed(lives, version, by)

    out.print(at_desk(data, work), markup=False, highlight=False)


def _content(rules: Path | None) -> Content:
    return read_file(rules) if rules is not None and not rules.is_dir() else shipped(rules)


def read_file(path: Path) -> Content:
    """Read an exported version; VersionRefused or RulebookError say what is wrong with it and where."""
    try:
        content = path.read_bytes()
    except OSError:
        raise VersionRefused(f"{path} cannot be read") from None
    return read_content(*read_whole(content, path.name))


async def _proposed(lives: LifeCycle, version: str, by: Requester) -> str:
    for finding in await lives.lint(version, by):
        err.print(finding, markup=False, soft_wrap=True)
    found = await lives.simulate(version, by)
    err.print(f"{version}: {found.gained} rights gained, {found.lost} lost; `hub policy diff` tells which.")
    needed = await lives.propose(version, by)
    err.print(f"Proposed. To approve: another officer of {', '.join(sorted(needed)) or 'any agency'}.")
    return version


def approve(
    version: VersionArgument,
    reason: ReasonOption = "",
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Approve a proposed version for your own agency, if its data is concerned and you did not write it."""

    async def work(desk: Desk) -> Stage:
        return await desk.room.lives.approve(version, await officer(desk.settings, agency, token), reason)

    done = at_desk(data, work) is Stage.APPROVED
    err.print(f"{version} is approved." if done else f"Noted; {version} waits for other agencies.")


def reject(
    version: VersionArgument,
    reason: ReasonOption,
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Refuse a version that does not count yet, for your own agency, if its data is concerned."""

    async def work(desk: Desk) -> None:
        await desk.room.lives.reject(version, await officer(desk.settings, agency, token), reason)

    at_desk(data, work)
    err.print(f"{version} is rejected.")


def withdraw(
    version: VersionArgument,
    reason: ReasonOption,
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Take back a version that does not count yet, scheduled or not, that your own agency brought."""

    async def work(desk: Desk) -> None:
        await desk.room.lives.withdraw(version, await officer(desk.settings, agency, token), reason)

    at_desk(data, work)
    err.print(f"{version} is withdrawn.")


def schedule(
    version: VersionArgument,
    at: MomentOption,
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Let an approved version count from a moment to come, by the database's time; a running hub activates it then."""

    async def work(desk: Desk) -> None:
        try:
            moment = datetime.fromisoformat(at).astimezone()
        except ValueError:
            raise VersionRefused("--at: write a moment such as 2027-01-04T08:00") from None
        await desk.room.lives.schedule(version, await officer(desk.settings, agency, token), moment)

    at_desk(data, work)
    err.print(f"{version} counts from {at}.")


def publish(
    version: VersionArgument,
    reason: ReasonOption = "",
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Make an approved version the one that counts, now and on every replica."""

    async def work(desk: Desk) -> None:
        await desk.room.lives.activate(version, await officer(desk.settings, agency, token), reason)

    at_desk(data, work)
    err.print(f"Active policy version: {version}")


def rollback(
    reason: ReasonOption,
    version: Annotated[
        str | None, typer.Argument(help="The version to go back to; the last one before if none.")
    ] = None,
    agency: AsOption = None,
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Put an earlier version back: alone only to undo what counts since a day, or where nobody gains by it."""

    async def work(desk: Desk) -> str:
        return await desk.room.lives.roll_back(await officer(desk.settings, agency, token), reason, version)

    err.print(f"Active policy version: {at_desk(data, work)}")
