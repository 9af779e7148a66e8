"""Systems apart: what a family is told names services; where several systems are of one, each is told by itself.

They are numbered as they first appear, and not named: a system's name, or its agency's, may say more about somebody
than that a service was asked (a clinic). Whoever answers the family is told which is which.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from hub.audit.reports import Look, Told

SYSTEM: Final = " (system "


def told_apart(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Give looks in which every system of a service that has several goes by a number, the same throughout."""
    called = _called(looks)
    return tuple(replace(look, told=tuple(_by_number(one, called) for one in look.told)) for look in looks)


def which_is_which(looks: Iterable[Look]) -> tuple[tuple[str, str], ...]:
    """Give, of looks that were told apart, what each system that has a number goes by there, and its source."""
    named = dict.fromkeys((one.service, one.source) for look in looks for one in look.told)
    return tuple((service, source) for service, source in named if SYSTEM in service)


def _called(looks: Iterable[Look]) -> dict[str, str]:
    """Give what sources go by, of those that are not alone of their service."""
    systems: dict[str, dict[str, None]] = {}
    for look in looks:
        for one in sorted(look.told, key=lambda told: told.source):
            systems.setdefault(one.service, {})[one.source] = None
    return {
        source: f"{service}{SYSTEM}{number})"
        for service, sources in systems.items()
        if len(sources) > 1
        for number, source in enumerate(sources, 1)
    }


def _by_number(one: Told, called: dict[str, str]) -> Told:
    return replace(one, service=called.get(one.source, one.service))
