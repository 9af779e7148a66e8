"""The tables that documents print from code. ``python -m tests.habits.tables`` writes them anew.

A document marks the place of a table with ``<!-- table: name -->`` and ``<!-- end -->``.
"""

import csv
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import typer

from hub.answer.facts import BASES
from hub.cli import app
from hub.demo.staff import PERSONAS
from hub.errors import Code
from hub.graphql.cost import MOST as COST
from hub.graphql.limits import BODY, TOKENS, Limits
from hub.observing import LogEvent
from hub.settings import PREFIX, Settings
from policies.conditions import CONDITIONS
from policies.reading import read_rules
from policies.sensitivity import FLAGS, SHIELDS
from policies.vocabulary import Duty, Mask, OnDeny, Role
from schema.described import Described
from schema.fields import CATALOGUE
from schema.governance.review_kinds import ReviewAbout
from schema.kinds import Kind
from schema.labels import Label
from schema.lawful_bases import Body, LawfulBasis
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.records.involvement import Threshold
from schema.services import SERVICES
from schema.watched import SeenChange
from tests import promised
from tests.agreements.scenarios import COLUMNS, lines
from tests.faults import expected
from tests.rooms.policies.pitfalls import PITFALLS

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"(<!-- table: ([a-z-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def written(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a Markdown table."""
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def commands() -> str:
    """Every command, as its own help tells it."""
    return written(("command", "what it does"), _commands(typer.main.get_command(app), "hub"))


def _commands(command: click.Command, name: str) -> Iterable[tuple[str, str]]:
    inner = getattr(command, "commands", None)
    if not inner:
        yield f"`{name}`", " ".join((command.help or "").split())
        return
    for word, each in inner.items():
        yield from _commands(each, f"{name} {word}")


def settings() -> str:
    """Every setting with its default and what it means."""
    rows = (
        (f"`{PREFIX}{name.upper()}`", f"`{field.default}`" if str(field.default or "") else "", field.description or "")
        for name, field in Settings.model_fields.items()
    )
    return written(("setting", "default", "what it is"), rows)


def people() -> str:
    """List the people who sign in to the demo."""
    rows = ((f"`{p.key}`", p.name, p.role, p.agency_name) for p in PERSONAS.values())
    return written(("`--as`", "name", "role", "organisation"), rows)


def meanings(*lists: type[Described]) -> Callable[[], str]:
    """Tell closed lists, each word with its meaning."""
    return lambda: written(("word", "what it means"), ((f"`{m.value}`", m.means) for each in lists for m in each))


def services() -> str:
    """Every service."""
    return written(("word", "called", "what it means"), ((f"`{s.code}`", s.label, s.means) for s in SERVICES.values()))


def labels() -> str:
    """Every sensitivity label with its tier."""
    rows = ((f"`{label.value}`", label.tier.name.lower(), label.means) for label in Label)
    return written(("label", "tier", "what it means"), rows)


def purposes() -> str:
    """Every purpose, what it rests on and whether it needs a reference."""
    rows = ((f"`{p.value}`", p.means, f"`{BASES[p]}`", "yes" if p.needs_reference else "") for p in Purpose)
    return written(("purpose", "why you ask", "rests on", "needs a reference"), rows)


def reasons() -> str:
    """Every reason with what a worker can do next."""
    rows = ((f"`{r.value}`", r.means, r.remedy, r.audit) for r in Reason)
    return written(("code", "what it says", "what to do", "what an auditor reads"), rows)


def errors() -> str:
    """Every error code."""
    return written(("code",), ((f"`{c.value}`",) for c in Code))


def limits() -> str:
    """Tell what one request may hold."""
    most = Limits()
    rows = [
        ("bytes of body", BODY), ("tokens", TOKENS), ("levels deep", most.depth), ("aliases", most.aliases),
        ("directives", most.directives), ("root fields", most.root_fields), ("fields in all", most.fields),
        ("cost", COST),
    ]  # fmt: skip
    return written(("of", "at most"), ((name, f"{value:,}") for name, value in rows))


def bases() -> str:
    """Every lawful basis with its terms."""
    rows = (
        (
            f"`{b}`",
            b.terms.statute,
            ", ".join(body.means.removesuffix(".") for body in Body if body in b.terms.who),
            b.terms.force.value.lower(),
            b.terms.start.isoformat() if b.terms.start else "when an officer sets the day",
            "yes" if b.terms.open_to_objection else "",
        )
        for b in LawfulBasis
    )
    return written(("basis", "statute", "who may rely on it", "how it speaks", "since", "open to objection"), rows)


def flags() -> str:
    """Every flag and what it does."""
    rows = (
        (
            f"`{label}`",
            "; ".join(f"{role} for {', '.join(sorted(p.value for p in purposes))}" for role, purposes in flag.who)
            or "nobody",
            "hidden" if flag.hidden else "told",
            "addresses" if len(SHIELDS[label]) < len(CATALOGUE) else "everything",
            flag.route,
            f"{flag.review} months" if flag.review else "never",
            "yes" if flag.yields else "never",
            "each time" if flag.told else "",
        )
        for label, flag in FLAGS.items()
    )
    head = ("flag", "who may see", "that there is one", "shields", "ring instead", "looked at again after")
    return written((*head, "an emergency opens it", "the owner is told"), rows)


def conditions() -> str:
    """Every condition a rule may name."""
    return written(("condition", "when it holds"), ((f"`{c.name}`", c.means) for c in CONDITIONS.values()))


def scenarios() -> str:
    """Tell what happens at a desk, with the rules and both texts."""
    return written(COLUMNS, lines(read_rules()))


def pitfalls() -> str:
    """How Casbin fails open, and the test that shows that the hub does not."""
    rows = ((f"{how[0].upper()}{how[1:]}", f"`{', '.join(names)}`") for how, names in PITFALLS.items())
    return written(("Casbin", "shown by, in test_fail_open.py"), rows)


def agreements() -> str:
    """List the shipped agreements and how many rules each has."""
    folders = sorted(p.parent for p in (ROOT / "policies" / "agreements").glob("*/rules.csv"))
    return written(("agreement", "allows", "denies", "examples"), (_agreement(folder) for folder in folders))


def _agreement(folder: Path) -> tuple[str, ...]:
    effects = [row["effect"] for row in _rows(folder / "rules.csv")]
    link = f"[{folder.name}](../../policies/agreements/{folder.name}/README.md)"
    examples = (folder / "examples.toml").read_text("utf-8").count("[[examples]]")
    return link, str(effects.count("allow")), str(effects.count("deny")), str(examples)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reviews() -> str:
    """List what an organisation's lead is told to look at."""
    return written(("item", "what raised it"), ((f"`{r.value}`", r.means) for r in ReviewAbout))


def log_events() -> str:
    """Every event the log may hold."""
    return written(("event",), ((f"`{e.value}`",) for e in LogEvent))


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "people": people,
    "services": services,
    "kinds": meanings(Kind),
    "roles": meanings(Role),
    "thresholds": meanings(Threshold),
    "bases": bases,
    "conditions": conditions,
    "duties": meanings(Duty),
    "flags": flags,
    "pitfalls": pitfalls,
    "scenarios": scenarios,
    "changes": meanings(SeenChange),
    "outcomes": meanings(Outcome),
    "masks": meanings(OnDeny, Mask),
    "labels": labels,
    "purposes": purposes,
    "reasons": reasons,
    "errors": errors,
    "limits": limits,
    "agreements": agreements,
    "log-events": log_events,
    "reviews": reviews,
    "faults": lambda: written(*expected.table()),
    "promises": lambda: written(("promise", "shown by", "not shown"), promised.rows()),
}


def documents() -> list[Path]:
    """Every document that may hold a table."""
    return [ROOT / "README.md", *sorted((ROOT / "hub" / "docs").rglob("*.md"))]


def renewed(text: str) -> str:
    """Give a document with each of its tables as the code has it now."""
    return PLACE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[4]}", text)


if __name__ == "__main__":
    for document in documents():
        document.write_text(renewed(document.read_text("utf-8")), "utf-8")
