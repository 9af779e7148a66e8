"""What officers' pages make of what they are given, without a hub."""

from hub.audit.pseudonyms import Pseudonym
from hub.audit.reports import Look, Told
from hub.web.pages.audit.family.sittings import SAID, sittings
from schema.outcomes import Outcome
from schema.purposes import Purpose


def look(at: str, actor: str = "a", purpose: Purpose = Purpose.CHILD_PROTECTION, **told: Outcome) -> Look:
    """Make a look of a morning, at which each service came to an outcome."""
    each = tuple(Told(service, outcome.means, (), ()) for service, outcome in told.items())
    ended = "The question was answered."
    who = (Pseudonym(actor), "cast-police", "police-officer")
    return Look(f"2026-03-02T{at}:00+00:00", *who, purpose.means, "", ended, each, f"{at}{actor}", purpose)


# Looks by one worker for one reason are one sitting until there is a pause of more than half an hour; another worker's
# between them, or another reason's, are told by themselves, and none is lost.
def test_looks_of_one_sitting_are_told_as_one() -> None:
    another = look("09:20", purpose=Purpose.CRIME_PREVENTION)
    every = [look("09:00"), look("09:10", "b"), another, look("09:30"), look("10:00"), look("10:31")]
    found = sittings(every)
    assert [[one.at[11:16] for one in sitting.looks] for sitting in found] == [
        ["09:00", "09:30", "10:00"],
        ["09:10"],
        ["09:20"],
        ["10:31"],
    ]
    assert (found[0].began.hour, found[0].ended.hour) == (9, 10)
    assert found[0].became == ("The question was answered.",)


# Of a service asked more than once in a sitting a family reads what showed most; every outcome there is has words.
def test_what_was_seen_once_was_seen() -> None:
    (sitting,) = sittings(
        [
            look("09:00", Housing=Outcome.NONE_HELD, Health=Outcome.WITHHELD),
            look("09:01", Housing=Outcome.RECORDS, Police=Outcome.WITHHELD),
            look("09:02", Housing=Outcome.TIMED_OUT),
        ]
    )
    assert sitting.told == (
        ("Showed something to them", "Housing"),
        ("Was not allowed to show them anything", "Health, Police"),
    )
    assert set(SAID) == {outcome.means for outcome in Outcome}
