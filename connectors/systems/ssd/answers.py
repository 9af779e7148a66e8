"""Which fields a part of the standard, with or without a staff directory, can answer."""

from collections.abc import Iterable

from schema.fields import CATALOGUE, FieldId

_NEVER = frozenset(
    FieldId(f)
    for f in (
        "Plan.review_due",
        "Plan.goals",
        "Plan.needs",
        "ChronologyEvent.impact",
        "ChronologyEvent.strengths",
        "ChronologyEvent.action_taken",
        "Relationship.parental_responsibility",
        "Relationship.start",
        "Relationship.end",
    )
)
"""SSD holds no column for these."""

_SOCIAL_CARE = frozenset(
    FieldId(f)
    for f in (
        "Plan.type",
        "Plan.start",
        "Plan.end",
        "Plan.category",
        "ChronologyEvent.end_date",
        "ChronologyEvent.needs",
        "ChronologyEvent.outcome",
        "Involvement.notes",
    )
)
"""Early help has no column for these: its one episode table's end is an event of its own, not the end of another."""

_EARLY_HELP = frozenset({FieldId("Involvement.organisation")})
_DIRECTORY = frozenset(FieldId(f) for f in ("Professional.phone", "Professional.email"))


def answers(tables: Iterable[str], *, directory: bool) -> frozenset[FieldId]:
    """Name the fields that can be filled from these tables."""
    known = set(tables)
    fields = frozenset(f.id for f in CATALOGUE.values() if f.record != "Flag") - _NEVER
    if "ssd_cin_episodes" not in known:
        fields -= _SOCIAL_CARE
    if "ssd_early_help_episodes" not in known:
        fields -= _EARLY_HELP
    if not directory:
        fields -= _DIRECTORY | {f for f in fields if f.startswith("DutyDesk.") and f != "DutyDesk.team"}
    return fields
