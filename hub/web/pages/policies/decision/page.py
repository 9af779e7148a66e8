"""How something was decided, by the id a worker quotes: who asked, the facts, the rules, and the same decided again."""

from datetime import datetime
from typing import Final

from hub.governance.versions.fact_words import FLAGS
from hub.graphql.governing.explaining import recorded
from hub.web.pages.agencies import agency_names
from hub.web.pages.policies.outcomes import OUTCOMES, spelled
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import role_words
from policies.verdicts import Verdict
from schema.fields import CATALOGUE, FieldId
from schema.services import SERVICES

LONGEST: Final = 200


async def decision(visit: Visit) -> Shown:
    """Ask for an id, or explain what was decided under it."""
    given = (visit.form or {}).get("decision", "")[:LONGEST]
    wrong: dict[str, str] = {}
    found = await recorded(visit.governing, given, visit.who.organisation) if given else None
    if visit.form is not None and found is None:
        wrong["decision"] = (
            "There is no such decision that concerns your agency. Copy the whole id, as the worker's page has it"
        )
    values: dict[str, object] = {"tab": "decision", "errors": wrong, "given": given, "found": found}
    if found is not None:
        again, called = found.explanation, agency_names(visit.governing.preparer.sources)
        values |= {
            "role_label": role_words(found.role),
            "workplace_asked": called.get(found.organisation, found.organisation),
            "at": datetime.fromisoformat(found.at),
            "service": SERVICES[found.service].label,
            "asked": _means(found.asked),
            "permitted": _means(found.permitted),
            "refused": _means([one for one in found.asked if one not in found.permitted]),
            "facts": [spelled(one.name, [one.word.replace(".", ", ")]) for one in found.facts if one.name != FLAGS],
            "flags": next((one.word.replace(".", ", ") for one in found.facts if one.name == FLAGS), ""),
            "outcome": OUTCOMES[Verdict[again.verdict]] if again else None,
        }
    return Shown("policies/decision/page.html", "Explain a decision", values, 400 if wrong else 200)


def _means(names: list[str]) -> list[str]:
    return [CATALOGUE[FieldId(name)].means.rstrip(".") if name in CATALOGUE else name for name in names]
