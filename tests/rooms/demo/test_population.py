"""The people of the demo: the same from the same seed, the stories all there, slips at their rates, no shared ids."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import nhs_number as nhs_check
import pytest

from hub.demo.agencies import AGENCIES, Source
from hub.demo.cast import CAST_KEYS
from hub.demo.generate import generate
from hub.demo.mistakes import RATES, Mistake
from hub.demo.names import nickname
from hub.demo.numbers import UPN_LETTERS, nhs_number, unique_pupil_number
from hub.demo.people import Role, age_on, born_aged
from hub.demo.population import Population, populate
from hub.demo.staff import PERSONAS
from hub.demo.truth import read_truth
from hub.demo.workforce import teams, workers
from tests.rooms.demo.brookshire import TODAY

CHILDREN_SOURCES = tuple(Source)


def test_same_seed_same_truth(tmp_path: Path) -> None:
    """The same seed, size and day give the same bytes, of the truth and of every system that is text."""
    for name in ("a", "b"):
        generate(tmp_path / name, 30, 11, TODAY)
    ours, theirs = ([p for p in sorted((tmp_path / n).rglob("*")) if p.is_file()] for n in ("a", "b"))
    assert [p.relative_to(tmp_path / "a") for p in ours] == [p.relative_to(tmp_path / "b") for p in theirs]
    text = [(a, b) for a, b in zip(ours, theirs, strict=True) if a.suffix != ".xlsx"]
    assert all(a.read_bytes() == b.read_bytes() for a, b in text)


def test_another_seed_another_place_but_the_same_cast(tmp_path: Path) -> None:
    """Another seed changes the families and leaves the cast as they are."""
    generate(tmp_path / "a", 30, 1, TODAY)
    generate(tmp_path / "b", 30, 2, TODAY)
    one, other = read_truth(tmp_path / "a"), read_truth(tmp_path / "b")
    assert set(one.people) != set(other.people) or one.people != other.people
    for key in CAST_KEYS:
        a, b = one.cast_member(key), other.cast_member(key)
        assert (a.given, a.surname, a.born) == (b.given, b.surname, b.born)


def test_second_run_reuses(tmp_path: Path) -> None:
    """What is made is found again; another size, day or spoilt note makes it anew."""
    assert generate(tmp_path, 20, 3)
    assert not generate(tmp_path, 20, 3)
    assert generate(tmp_path, 21, 3)
    assert generate(tmp_path, 21, 3, date(2025, 1, 1))
    assert not generate(tmp_path, 21, 3, date(2025, 1, 1))
    assert generate(tmp_path, 21, 3)
    (tmp_path / "made.json").write_text("{")
    assert generate(tmp_path, 21, 3)


@pytest.mark.parametrize("children", [1, 60, 301])
def test_as_many_children_as_asked(children: int) -> None:
    """There are as many children as asked for, but never fewer than the stories need."""
    made = populate(children, 5, TODAY)
    count = sum(1 for f in made.families for m in f.members if m.is_child)
    assert count == max(children, len(CAST_KEYS) + 4)


def test_rates_of_slips(population: Population) -> None:
    """Slips are made at about the stated rates, five in a hundred in all, and never on the cast."""
    entries = [e for es in population.entries.values() for e in es]
    slips = Counter(e.written.mistake for e in entries)
    total = sum(n for kind, n in slips.items() if kind is not Mistake.NONE)
    assert sum(RATES.values()) == pytest.approx(0.05)
    assert 0.025 < total / len(entries) < 0.055
    assert all(slips[kind] for kind in RATES)
    assert all(slips[kind] / len(entries) < rate * 1.6 for kind, rate in RATES.items())
    assert all(e.written.mistake is Mistake.NONE for e in entries if e.person.key.startswith("cast-"))


def test_numbers_belong_to_one_person(population: Population) -> None:
    """No two people share an NHS number, a pupil number or, within a source, a local id."""
    people = [m for f in population.families for m in f.members]
    for numbers in (
        [n for p in people for n in p.nhs],
        [n for p in people for n in (p.upn, p.former_upn) if n],
        *([e.local_id for e in population.entries[s]] for s in Source),
    ):
        assert len(numbers) == len(set(numbers))


def test_numbers_are_well_formed(population: Population) -> None:
    """NHS numbers pass Modulus 11 in the test range; pupil numbers carry the right letter."""
    for person in (m for f in population.families for m in f.members):
        assert all(n.startswith("999") and nhs_check.is_valid(n) for n in person.nhs)
        if person.upn:
            weighted = sum(int(d) * w for d, w in zip(person.upn[1:], range(2, 14), strict=True))
            assert person.upn[0] == UPN_LETTERS[weighted % 23]


def test_number_serials_do_not_meet() -> None:
    """Successive serials give different numbers."""
    assert len({nhs_number(n) for n in range(5000)}) == 5000
    assert unique_pupil_number(1000, 2012, 1) != unique_pupil_number(1000, 2012, 2)


def test_superseded_and_missing_numbers(population: Population) -> None:
    """Some numbers are superseded and some records have none, as in real systems."""
    assert any(len(e.written.nhs) > 1 for e in population.entries[Source.HEALTH])
    assert any(not e.written.nhs for e in population.entries[Source.SOCIAL_CARE])
    assert all(
        not e.written.nhs for s in (Source.EDUCATION, Source.HOUSING, Source.POLICE) for e in population.entries[s]
    )


def test_families_are_of_many_kinds(population: Population) -> None:
    """There are siblings, twins, step-fathers, moves, changed names and awkward letters."""
    families = population.families
    births = [[c.born for c in f.children] for f in families]
    assert any(len(f.children) > 2 for f in families)
    assert sum(len(b) != len(set(b)) for b in births) > 5
    assert any(f.adult(Role.STEP_FATHER) for f in families)
    children = [c for f in families for c in f.children]
    assert any(len(c.names) > 1 for c in children if not c.key.startswith("cast"))
    assert any(len(c.homes) > 2 for c in children)
    surnames = "".join(c.name.family for c in children)
    assert all(letter in surnames for letter in "'-óń ".strip())


def test_strangers_look_alike_and_live_apart(population: Population) -> None:
    """Look-alike strangers share name and birthday, never a postcode or a number."""
    people = {m.key: m for f in population.families for m in f.members}
    assert len(population.strangers) >= 3
    for a, b in ((people[x], people[y]) for x, y in population.strangers):
        assert (a.name, a.born, a.sex) == (b.name, b.born, b.sex)
        assert not {h.postcode for h in a.homes} & {h.postcode for h in b.homes}
        assert not set(a.nhs) & set(b.nhs)
        assert a.family != b.family


def test_main_child_is_known_to_all(population: Population) -> None:
    """The main child is known to all nine services, with forty events or more, current and past."""
    life = population.lives["cast-main"]
    assert life.known_to() == set(Source)
    assert len(life.spells) + len(life.happenings) >= 40
    for source in set(Source) - {Source.UNIVERSAL, Source.POLICE}:
        assert any(s.end is None for s in life.spells if s.source is source), source


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2028, 2, 29), date(2027, 8, 31), date(2026, 9, 1)])
def test_stories_hold_on_any_day(today: date, tmp_path: Path) -> None:
    """Whenever the demo is made, the main child is fourteen and known to all nine, and everything can be written."""
    made = populate(20, 7, today)
    assert made.lives["cast-main"].known_to() == set(Source)
    assert _person(made, "main").age(today) == 14
    assert made.lives["cast-universal-only"].known_to() == {Source.UNIVERSAL}
    assert Source.EDUCATION in made.lives["cast-adopted-after"].known_to()
    assert generate(tmp_path, 20, 7, today)


def test_twins(population: Population) -> None:
    """The twins differ by given name and sex alone."""
    a, b = (_person(population, k) for k in ("twin-a", "twin-b"))
    assert (a.born, a.homes, a.name.family) == (b.born, b.homes, b.name.family)
    assert a.name.given != b.name.given


def test_adopted_identities_share_only_a_birthday(population: Population) -> None:
    """The adopted child's identities have different names, numbers and homes, and both are sealed."""
    before, after = (_person(population, k) for k in ("adopted-before", "adopted-after"))
    assert population.never_link == ((before.key, after.key),)
    assert before.born == after.born
    assert before.name != after.name
    assert not set(before.nhs) & set(after.nhs)
    assert before.restrictions == ("ADOPTION-PRE",)
    assert after.restrictions == ("ADOPTION-POST",)
    assert Source.EDUCATION in population.lives[after.key].known_to()
    assert Source.UNIVERSAL in population.lives[before.key].known_to()


def test_refuge(population: Population) -> None:
    """The refuge child lives at a confidential address and is restricted at the NHS."""
    child = _person(population, "refuge")
    assert child.homes[0].kind == "REFUGE"
    assert child.restrictions == ("CONF-ADDRESS",)
    assert population.lives[child.key].of(Source.HEALTH, "restricted")


def test_looked_after(population: Population) -> None:
    """The looked-after child has an open episode, three placements and missing episodes."""
    life = population.lives["cast-looked-after"]
    assert life.of(Source.SOCIAL_CARE, "cla")[0].end is None
    assert len(life.of(Source.SOCIAL_CARE, "placement")) == 3
    assert len(life.of(Source.SOCIAL_CARE, "missing")) == 3


def test_step_down(population: Population) -> None:
    """Social care closes to early help, and early help ends because consent was withdrawn."""
    life = population.lives["cast-step-down"]
    closed = life.of(Source.SOCIAL_CARE, "referral")[-1]
    helped = life.of(Source.EARLY_HELP, "episode")[-1]
    assert closed.end is not None
    assert "RC9" in closed.code
    assert helped.start >= closed.end
    assert helped.code == "Consent withdrawn"


def test_unborn(population: Population) -> None:
    """The unborn child has an expected date, no name and no number, and the mother is known."""
    entries = [e for e in population.entries[Source.SOCIAL_CARE] if e.person.family == "cast-unborn"]
    child = next(e for e in entries if e.person.role is Role.UNBORN)
    assert child.person.expected is not None
    assert child.person.expected > TODAY
    assert (child.written.name.given, child.written.born, child.person.nhs) == ("", None, ())
    assert any(e.person.role is Role.MOTHER for e in entries)


def test_universal_only(population: Population) -> None:
    """One child is known to a children's centre alone."""
    assert population.lives["cast-universal-only"].known_to() == {Source.UNIVERSAL}


def test_truth_reads_back(tmp_path: Path) -> None:
    """The truth gives every local id its one person, the cast, and the day consent was withdrawn."""
    generate(tmp_path, 25, 9, TODAY)
    truth = read_truth(tmp_path)
    assert (truth.children, truth.seed, truth.today) == (25, 9, TODAY)
    assert set(truth.cast) == set(CAST_KEYS)
    main = truth.cast_member("main")
    assert set(main.links) == set(map(str, Source))
    assert len(main.links["social-care"]) == 2
    assert all(truth.by_local_id()[s, i] == main.key for s, ids in main.links.items() for i in ids)
    assert truth.consent_withdrawn[truth.cast["step-down"]] < TODAY
    assert truth.cast_member("unborn").born is None
    assert truth.people[truth.cast["refuge"]].restrictions == ("CONF-ADDRESS",)


def test_everybody_can_be_reached_by_nobody(population: Population) -> None:
    """Telephones, e-mail and postcodes are all in ranges that belong to no one."""
    for worker in workers().values():
        assert worker.phone.startswith("01632 960")
        assert worker.mobile.startswith("07700 900")
        assert worker.email.endswith(".example.org")
    assert all(t.phone.startswith("01632 960") for t in teams().values())
    assert all(a.desk.email.endswith(".example.org") for a in AGENCIES.values())
    assert all(h.postcode.startswith("BK") for f in population.families for m in f.members for h in m.homes)


def test_personas_belong_to_agencies() -> None:
    """Everybody who signs in to the demo has a role at one of the agencies."""
    agencies = {a.id for a in AGENCIES.values()}
    assert set(PERSONAS) == {
        "front-door",
        "social-worker",
        "early-help",
        "school",
        "police",
        "health",
        "analyst",
        "ig-officer",
        "ig-approver",
    }
    assert all(p.agency in agencies and p.name and p.role for p in PERSONAS.values())


def test_ages_make_sense() -> None:
    """Somebody said to be so old today is, whichever side of the birthday today falls."""
    for month, day in ((1, 1), (11, 21), (11, 22), (12, 28)):
        assert age_on(born_aged(9, month, day, TODAY), TODAY) == 9


def test_nickname_is_never_the_name() -> None:
    """A nickname differs from the name even for short names."""
    assert all(nickname(name) != name for name in ("Amelia", "Tobias", "Nia", "Yaw", "Ellie-Mae"))


def test_made_note_is_the_request(tmp_path: Path) -> None:
    """The note beside the data says what was asked for."""
    generate(tmp_path, 15, 4, TODAY)
    assert json.loads((tmp_path / "made.json").read_text())["today"] == "2026-11-21"


def _person(population: Population, key: str):  # noqa: ANN202 -- a Person, as the tests above use it
    return next(m for f in population.families for m in f.members if m.key == population.cast[key])
