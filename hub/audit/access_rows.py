"""Accesses as rows of a table: one spelling for the command line and for pages, for spreadsheets and programs."""

from typing import Final

from hub.audit.accesses import Access

HEAD: Final = (
    "at", "kind", "entry", "worker", "role", "organisation", "purpose", "basis",
    "person", "ended", "business", "services", "records shown",
)  # fmt: skip
"""The columns of a list of accesses."""


def row(one: Access) -> tuple[object, ...]:
    """Give an access as a row; people are pseudonyms."""
    return (
        one.at,
        one.kind.value,
        one.record_id,
        one.actor,
        one.role,
        one.organisation,
        one.purpose.value,
        one.basis.value if one.basis else "",
        one.subject or " ".join(one.presented),
        one.ended.value if one.ended else "",
        "yes" if one.business else "no",
        " ".join(sorted({source.service.value for source in one.sources if source.called})),
        sum(1 for source in one.sources if source.shown),
    )
