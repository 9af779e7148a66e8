"""A child's family and household as a table: each relative once, current first, with who says so."""

from typing import Any, Final

from rich import box
from rich.table import Table
from rich.text import Text

from hub.commands.saying import out

Row = tuple[Text | str, ...]

_WORDS: Final = {
    "STEP_PARENT": "step-parent or partner",
    "HOUSEHOLD": "household",
    "SIBLING": "brother or sister",
}
_STATUS: Final = {"CURRENT": Text("now", style="bold green"), "HISTORIC": Text("past", style="dim")}
_FIELDS: Final = {
    "type": "who they are",
    "parentalResponsibility": "parental responsibility",
    "sameHousehold": "living together",
    "start": "the first day",
    "end": "the last day",
}


def show_family(person: dict[str, Any]) -> None:
    """Print the family and household, or that none may be shown, or that nobody is named."""
    family = person.get("family")
    if not family:
        out.print("Family and household: " + ("not shown, or not known." if family is None else "nobody is named."))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Family and household", "Is", "When", "Lives there", "Parental resp."):
        table.add_column(name, overflow="fold")
    table.add_column("Says who", overflow="fold", min_width=24)
    table.add_column("Note", overflow="fold", min_width=20)
    for row in rows(family):
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))  # brackets are not markup
    out.print(table)


def rows(family: list[dict[str, Any]]) -> list[Row]:
    """Give a line for each relative."""
    numbers = {one["id"]: str(place) for place, one in enumerate(family, 1)}
    return [
        (
            f"{numbers[one['id']]} {one.get('name') or 'name not shown'}",
            ", ".join(_WORDS.get(t, t.replace("_", " ").lower()) for t in one.get("types") or ()),
            _when(one),
            _said(one.get("sameHousehold")),
            _said(one.get("parentalResponsibility")),
            ", ".join(dict.fromkeys(_source(held) for held in one["held"])),
            _note(one, numbers),
        )
        for one in family
    ]


def _when(one: dict[str, Any]) -> Text:
    said = _STATUS.get(one.get("status") or "", Text("not said", style="yellow"))
    starts = [h["start"] for h in one["held"] if h.get("start")]
    ends = [h["end"] for h in one["held"] if h.get("end")]
    span = "-".join([min(starts)[:4] if starts else "", max(ends)[:4]]) if ends else ""
    since = f"since {min(starts)[:4]}" if starts and not ends else ""
    return Text.assemble(said, f" {span or since}".rstrip())


def _said(value: bool | None) -> str:  # noqa: FBT001 -- a value of the answer
    return "" if value is None else "yes" if value else "no"


def _source(held: dict[str, Any]) -> str:
    return str((held.get("provenance") or {}).get("source") or "a source not named")


def _note(one: dict[str, Any], numbers: dict[str, str]) -> str:
    alike = sorted((numbers[other] for other in one.get("possiblySame") or () if other in numbers), key=int)
    notes = [f"possibly the same as {', '.join(alike)}"] if alike else []
    if differs := one.get("differs"):
        notes.append("sources differ on " + ", ".join(_FIELDS.get(name, name) for name in differs))
    return "; ".join(notes)
