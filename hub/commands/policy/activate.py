"""``hub policy activate``: begin with this build's rules, where the rules that count are not stored."""

from hub.commands.policy.desk import Desk, at_desk
from hub.commands.saying import DataOption, err
from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.shipped import shipped


def activate(data: DataOption = None) -> None:
    """Make this build's rules the version that counts, where none does or the one that does was never stored.

    From then on rules change by being proposed, approved and published.
    """
    err.print(f"Active policy version: {at_desk(data, _activate)}")


async def _activate(desk: Desk) -> str:
    content = shipped()
    if not await desk.room.lives.ship(content, instead=True):
        raise VersionRefused("a stored version counts: propose this build's rules with `hub policy propose`")
    return content.rulebook.version
