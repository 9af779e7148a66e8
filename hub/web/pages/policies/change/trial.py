"""A test written with a rule: who asks what, on which facts, and what is to come of it. Kept with the version.

What is not said of the facts is in order, as on the other pages: an agreement in force, a reference given.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from hub.governance.versions.example_cells import EXAMPLE_COLUMNS
from hub.governance.versions.fact_words import words_of
from hub.governance.versions.version import Cells
from hub.graphql.governing.room import Governing
from hub.web.pages.policies.outcomes import OUTCOMES
from hub.web.pages.policies.supposing import ANOTHER, CHOICES, read
from hub.web.pages.policies.telling import label
from policies.verdicts import Verdict
from policies.vocabulary import ROLES
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.services import Service

PREFIX: Final = "test."
"""What every field of a test is called by, in the form of a rule."""

_EXPECTS: Final = f"{PREFIX}expect"
_PARTS: Final = ("role", "service", "field", "purpose", "label", "consent", "expect", "why")
_NOTHING: Final = dict.fromkeys((*_PARTS, *CHOICES), "")


def given(form: Mapping[str, str]) -> dict[str, str]:
    """Give what was typed of a test; what was not is empty."""
    return _NOTHING | {name.removeprefix(PREFIX): value for name, value in form.items() if name.startswith(PREFIX)}


async def trial(room: Governing, form: Mapping[str, str], wrong: dict[str, str]) -> Cells | None:
    """Read the test that came with a rule, or none; what is wrong is said beside what to expect."""
    said = given(form)
    if not said["expect"]:
        return None
    services, role = {one.value: one for one in Service}, ROLES.get(said["role"])
    service, field = services.get(said["service"]), CATALOGUE.get(FieldId(said["field"]))
    labels = {one.value: one for one in Label}.keys() & {said["label"]}
    if role is None or service is None or field is None or said["expect"] not in Verdict.__members__:
        wrong[_EXPECTS] = "Choose who asks, of which service, which field, and what to expect"
    elif not said["why"]:
        wrong[f"{PREFIX}why"] = "Say in English what the test is for"
    if wrong or role is None or service is None or field is None:
        return None
    supposed = read(said)
    asker, facts = await supposed.facts(room, role)
    cells = {
        "role": role.value,
        "agency": ANOTHER,
        "purpose": asker.purpose.value,
        "service": service.value,
        "field": str(field.id),
        "labels": " ".join(labels),
        "facts": " ".join(f"{name}={word}" for name, word in words_of(facts).items()),
        "flags": "",
        "expect": said["expect"],
        "why": said["why"],
    }
    told = " ".join(f"{name}={cells[name]}" for name in sorted(cells))
    cells["where"] = f"officers-test-{sha256(told.encode()).hexdigest()[:8]}"
    return {name: cells[name] for name in EXAMPLE_COLUMNS}


def offered() -> dict[str, object]:
    """Give what may be chosen in a test, besides what the rule's own lists have."""
    return {
        "verdicts": [(one.value, OUTCOMES[one]) for one in Verdict],
        "labels": [(one.value, label(one)) for one in Label],
    }
