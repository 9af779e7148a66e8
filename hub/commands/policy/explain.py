"""``hub policy explain``: one question about one field, explained before anybody asks it; and kept as it is."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.clock import now
from hub.commands.policy.asked import asker_of, facts_of
from hub.commands.policy.naming import (
    SHIPPED,
    FlagOption,
    LabelOption,
    exactly,
    field_of,
    labels_of,
    rulebook_of,
    service_of,
)
from hub.commands.policy.who_can import FieldArgument, RulesOption
from hub.commands.saying import JsonOption, Refused, err, out, print_json
from policies.example_files import FILE, read_examples
from policies.reading import RULES
from policies.simulate.explaining import Explanation
from policies.simulate.explaining import explain as explained
from policies.simulate.keeping import kept, with_example

RoleOption = Annotated[str, typer.Option("--role", help="What the asker does.")]
AgencyOption = Annotated[str, typer.Option("--agency", help="Where the asker works: an agency's id.")]
PurposeOption = Annotated[str, typer.Option("--purpose", help="Why it is asked.")]
ServiceOption = Annotated[str, typer.Option("--service", help="Which service is asked.")]
FactOption = Annotated[
    list[str] | None, typer.Option("--fact", help="A fact, such as consent=GIVEN or own=yes; the rest is in order.")
]
KeepOption = Annotated[
    Path | None, typer.Option("--keep", help="An agreement's folder: write the question there, to stay as it is.")
]
WhyOption = Annotated[str, typer.Option("--why", help="With --keep: in English, what the question stands for.")]


def explain(
    field: FieldArgument,
    role: RoleOption,
    agency: AgencyOption,
    purpose: PurposeOption,
    service: ServiceOption,
    fact: FactOption = None,
    flag: FlagOption = None,
    label: LabelOption = None,
    rules: RulesOption = SHIPPED,
    keep: KeepOption = None,
    why: WhyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say what is decided of a field and why: what the worker reads, and what an auditor reads."""
    with exactly():
        asker = asker_of(role, agency, purpose)
        its = facts_of(asker, fact, labels_of(flag, "--flag"), now().date())
        labels = labels_of(label, "--label")
        found = explained(asker, service_of(service), its, field_of(field), labels, rulebook_of(rules))
        if keep is not None:
            _keep(found, keep, why)
    if as_json:
        print_json(_told(found))
        return
    for who, text in (
        ("Worker, where something is held", found.worker(held=True)),
        ("Worker, where nothing is", found.worker(held=False)),
        ("Auditor", found.auditor),
    ):
        out.print(f"{who}: {text}", markup=False, soft_wrap=True)
    for miss in found.near_misses:
        out.print(f"Near miss: {miss}", markup=False, soft_wrap=True)


def _told(found: Explanation) -> dict[str, Any]:
    decision = found.decision
    return {
        "verdict": decision.verdict,
        "mask": decision.mask,
        "reason": decision.reason,
        "allow": list(decision.allow),
        "deny": list(decision.deny),
        "duties": list(decision.duties),
        "version": found.version,
        "nearMisses": list(found.near_misses),
        "worker": {"held": found.worker(held=True), "notHeld": found.worker(held=False)},
        "auditor": found.auditor,
    }


def _keep(found: Explanation, folder: Path, why: str) -> None:
    if not (folder / RULES).is_file():
        raise Refused(f"{folder} is not an agreement's folder: it has no {RULES}")
    if not why.strip():
        raise Refused("--why: say in English what the question stands for")
    file = folder / FILE
    text = with_example(file.read_text("utf-8-sig") if file.is_file() else "", kept(found, why), now().date())
    read_examples(text, str(file))
    whole = file.with_suffix(".toml.part")
    whole.write_text(text, "utf-8")
    whole.replace(file)
    err.print(f"Kept in {file}: {found.decision.verdict}", markup=False)
