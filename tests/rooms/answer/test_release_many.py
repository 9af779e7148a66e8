"""Step 5, of many records at once: what leaves together is what would leave one by one."""

import copy
import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.answer.release import MANY, Released, Releaser, opaque_ids
from policies.rows import RuleRow
from policies.service_mask import ServiceMask
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.records import Birth, ChronologyEvent, EventKind, PersonName
from schema.services import Service
from tests.rooms.answer.test_release import ALL, STAMP, Text, mask
from tests.rooms.policies.drawn import rulesets
from tests.rooms.policies.rules import bar, rule, ruling

OPAQUE = opaque_ids(b"k" * 32, "health")
EVENTS = st.builds(
    ChronologyEvent,
    id=st.sampled_from(["1", "2", "3"]),
    title=st.none() | st.sampled_from(["Seen at home", "Rang"]),
    summary=st.none() | st.just("Said little"),
    kind=st.none() | st.sampled_from(list(EventKind)),
)
ODD = st.sampled_from([None, 3, ["x"], Text("x"), frozenset({Label.CONFIDENTIAL_ADDRESS}), {"x": 1}])
PLACES = st.sampled_from(["id", "labels", "title", "needs", "date", "outcome"])
OTHERS: list[Any] = [PersonName(given="Maya"), ChronologyEvent(needs=["rest"]), Birth(), None, 7]


def one_by_one(records: list[Any], under: ServiceMask) -> Released:
    """Release copies of records by as many releasers, and put together what they say."""
    whole = Released()
    for record in copy.deepcopy(records):
        one = Releaser(under, under.asked, STAMP, OPAQUE).release([record])
        whole.records += one.records
        whole.shown |= one.shown
        whole.wrong_types |= one.wrong_types
        whole.held_back = {**one.held_back, **whole.held_back}
        whole.unreadable += one.unreadable
        whole.owner_told |= one.owner_told
    return whole


@settings(max_examples=60, deadline=None)
@given(
    rows=rulesets,
    how=st.sampled_from(["open", "barred", "drawn"]),
    asked=st.just(ALL) | st.frozensets(st.sampled_from(sorted(f for f in CATALOGUE if f.startswith("Chron")))),
    records=st.lists(EVENTS, min_size=MANY, max_size=MANY + 3),
    odd=st.lists(st.tuples(st.integers(0, MANY - 1), PLACES, ODD), max_size=2),
    labelled=st.none() | st.integers(0, MANY - 1),
    others=st.lists(st.sampled_from(OTHERS), max_size=1),
)
def test_many_leave_as_each_would(
    rows: list[RuleRow],
    how: str,
    asked: frozenset[FieldId],
    records: list[Any],
    odd: list[tuple[int, str, Any]],
    labelled: int | None,
    others: list[Any],
) -> None:
    """Under drawn rules and lies: the same records and fields leave, and the same is said of what does not."""
    under = ServiceMask(asked, ruling(*rows, service=Service("HEALTH")))
    if how != "drawn":
        under = mask(rule(), *([bar(sensitivity="CONFIDENTIAL_ADDRESS")] if how == "barred" else []), asked=asked)
    for place, name, value in odd:
        setattr(records[place], name, value)
    if labelled is not None:
        records[labelled].labels = frozenset({Label.CONFIDENTIAL_ADDRESS})
    records = [*records, *others]
    expected = one_by_one(records, under)
    out = Releaser(under, under.asked, STAMP, OPAQUE).release(copy.deepcopy(records))
    assert dataclasses.asdict(out) == dataclasses.asdict(expected)


def test_of_many_a_labelled_or_masked_one_is_looked_at_by_itself() -> None:
    """However alike the others are: nothing of the labelled one leaves, and of a masked field a part."""
    events: list[Any] = [ChronologyEvent(id=str(n), title="Rang") for n in range(MANY)]
    events[3].labels = frozenset({Label.CONFIDENTIAL_ADDRESS})
    under = mask(rule(), bar(sensitivity="CONFIDENTIAL_ADDRESS"))
    assert len(Releaser(under, ALL, STAMP, OPAQUE).release(events).records) == MANY - 1
    names: list[Any] = [PersonName(given="Maya Rose") for _ in range(MANY)]
    part = mask(rule(), bar(field="PersonName.given", on_deny="mask", obligation="initials"))
    left = Releaser(part, ALL, STAMP, OPAQUE).release(names).records
    assert {one.given for one in left} == {"M. R."}  # type: ignore[attr-defined] # every one is a name
