"""The rules of a version, agreement by agreement; of the version that counts if none is named."""

from collections import defaultdict

from hub.governance.versions.version import Cells
from hub.web.pages.policies.telling import does
from hub.web.pages.policies.versions.standing import found
from hub.web.pages.visit import Shown, Visit


async def rules(visit: Visit) -> Shown:
    """List the rules."""
    version = await found(visit, visit.query.get("version"))
    by: dict[str, list[tuple[Cells, str]]] = defaultdict(list)
    for cells in version.rules:
        by[cells["id"].rpartition("-")[0] or cells["id"]].append((cells, does(cells)))
    active = await visit.governing.policies.versions.active()
    values = {
        "tab": "rules",
        "version": version.id,
        "counts": version.id == active,
        "query": "" if version.id == active else version.id,
        "agreements": {_called(name): told for name, told in sorted(by.items())},
        "count": len(version.rules),
    }
    return Shown("policies/rules/page.html", "Rules", values)


def _called(agreement: str) -> str:
    """Say an agreement's name as people would."""
    return agreement.replace("-", " ").capitalize().replace("Ig ", "IG ")
