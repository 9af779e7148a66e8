"""Rules and questions drawn by Hypothesis from the closed lists, weighted so that rules meet questions."""

from dataclasses import replace

from hypothesis import strategies as st

from policies.conditions import ALWAYS, BREAK_GLASS, CONDITIONS, NO_BREAK_GLASS
from policies.facts import (
    AgreementState,
    Asker,
    BasisState,
    ConsentState,
    Facts,
    NotToShare,
    ObjectionState,
    RelationshipState,
)
from policies.rows import RuleRow
from policies.validation import read_row
from policies.vocabulary import MASKABLE, Mask, Role
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

AGENCIES = ("county-council", "county-nhs")
PLACES = (Service("HEALTH"), Service("POLICE"))
PURPOSES = (Purpose.CHILD_PROTECTION, Purpose.EARLY_HELP)
ROLES = (Role.SOCIAL_WORKER.value, Role.POLICE_OFFICER.value)
WORDS = (
    "Involvement.service",
    "Involvement.status",
    "Birth.date_of_birth",
    "Address.postcode",
    "Plan.goals",
    "Address.*",
    "Involvement.*",
)
LABELS = (Label.ORDINARY, Label.SPECIAL_CATEGORY, Label.MENTAL_HEALTH, Label.CONFIDENTIAL_ADDRESS, Label.ADOPTION)
SENSITIVITIES = ("ORDINARY", "SENSITIVE", "PROTECTED", "MENTAL_HEALTH", "ORDINARY CONFIDENTIAL_ADDRESS")


def _cell(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    some = st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True).map(" ".join)
    return st.one_of(st.just("*"), some)


def _when(*but: str) -> st.SearchStrategy[str]:
    words = sorted(set(CONDITIONS) - {ALWAYS, *but})
    some = st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True).map(" ".join)
    return st.one_of(st.just(ALWAYS), some)


_common = {
    "role": _cell(ROLES),
    "agency": _cell(AGENCIES),
    "purpose": _cell(tuple(PURPOSES)),
    "service": _cell(tuple(PLACES)),
    "why": st.just("A drawn rule."),
}
_duties = st.sampled_from(("", "", "", "log-reason", "log-reason notify-owner", "notify-owner second-person"))
_whole = {"kind": st.just("*"), "field": _cell(WORDS)}


def _kinds() -> st.SearchStrategy[dict[str, str]]:
    return st.sampled_from(list(Kind)).map(lambda kind: {"kind": kind.value, "field": "*"})


def _reach() -> st.SearchStrategy[dict[str, str]]:
    return st.one_of(st.fixed_dictionaries(_whole), _kinds())


def _masking() -> st.SearchStrategy[dict[str, str]]:
    of = {Mask.YEAR_ONLY: "Birth.date_of_birth", Mask.OUTWARD_POSTCODE: "Address.postcode"}
    return st.sampled_from(sorted(of)).map(
        lambda mask: {"kind": "*", "field": of[mask], "obligation": mask.value, "reason": "PROTECTED"}
    )


def _row(effect: str, parts: tuple[dict[str, str], ...]) -> RuleRow:
    cells = {"id": "drawn", "effect": effect, "on_deny": "", "obligation": "", "duties": "", "reason": ""}
    for part in parts:
        cells |= part
    if effect == "deny" and cells["obligation"]:
        cells["on_deny"] = "mask"
    return read_row(cells)


ordinary_allows = st.builds(
    lambda *parts: _row("allow", parts),
    st.fixed_dictionaries(
        _common
        | {
            "sensitivity": st.sampled_from(SENSITIVITIES),
            "when": _when(BREAK_GLASS, NO_BREAK_GLASS),
            "duties": _duties,
        }
    ),
    st.one_of(_reach(), _reach(), _masking()),
)
emergencies = st.builds(
    lambda *parts: _row("allow", parts),
    st.fixed_dictionaries(
        _common
        | {
            "role": st.sampled_from(ROLES),
            "sensitivity": st.sampled_from(("ORDINARY", "SENSITIVE", "MENTAL_HEALTH ORDINARY")),
            "when": st.sampled_from((BREAK_GLASS, f"{BREAK_GLASS} reference-given")),
            "duties": st.just("log-reason notify-owner"),
        }
    ),
    _reach(),
)
allows = st.one_of(ordinary_allows, ordinary_allows, ordinary_allows, emergencies)
_left = st.sampled_from(("broker", "withhold", "broker-unnamed", "omit"))
_reasons = st.sampled_from(("PROTECTED", "LEGAL_BAR", "NO_AGREEMENT"))
denies = st.builds(
    lambda *parts: _row("deny", parts),
    st.fixed_dictionaries(
        _common | {"sensitivity": st.sampled_from(("*", "SEALED", *SENSITIVITIES)), "when": _when(BREAK_GLASS)}
    ).filter(lambda cells: NO_BREAK_GLASS not in cells["when"] or "CONFIDENTIAL" not in cells["sensitivity"]),
    st.one_of(
        st.builds(lambda a, b, c: a | {"on_deny": b, "reason": c}, _reach(), _left, _reasons),
        _masking(),
    ),
)


def _numbered(rows: list[RuleRow]) -> list[RuleRow]:
    return [replace(row, id=f"drawn-{n}") for n, row in enumerate(rows)]


rulesets = st.lists(st.one_of(allows, allows, denies), min_size=1, max_size=10).map(_numbered)
askers = st.builds(Asker, st.sampled_from(ROLES), st.sampled_from(AGENCIES), st.sampled_from(PURPOSES))
facts_drawn = st.builds(
    Facts,
    st.sampled_from(list(LawfulBasis)),
    st.sampled_from(list(ConsentState)),
    st.sampled_from(list(AgreementState)),
    st.sampled_from(list(RelationshipState)),
    st.booleans(),
    st.frozensets(st.sampled_from(LABELS), max_size=1),
    st.sampled_from(list(BasisState)),
    st.sampled_from(list(ObjectionState)),
    st.sampled_from(list(NotToShare)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
services = st.sampled_from(PLACES)
fields_drawn = st.sampled_from([FieldId(w) for w in WORDS if w in CATALOGUE] + sorted(CATALOGUE)[::9])
labels_drawn = st.sampled_from(LABELS)
label_sets = st.frozensets(labels_drawn, max_size=2)

assert all(len(fields & set(WORDS)) <= 1 for fields in MASKABLE.values())
