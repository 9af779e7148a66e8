"""A wrong mapping refuses to start, and says the file, the block, the key and the nearest right name."""

import tomllib
from pathlib import Path

import pytest

from connectors.errors import SourceMisconfigured
from connectors.mapping import Mapper
from connectors.source import SourceConfig

HEAD = '[[map]]\nrecord = "Involvement"\nfrom = "t"\nperson = "p"\n'
PEOPLE = '[[map]]\nrecord = "Identity"\nfrom = "t"\nperson = "p"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[map]]\nrecord = "Involvment"', "record: no record 'Involvment'; did you mean Involvement"),
        ('[[map]]\nrecord = "Involvement"', "from: must be a text"),
        ('[[map]]\nrecord = "Involvement"\nfrom = "t"\n[map.fields]\nteam = "x"', "person: is missing"),
        (HEAD.replace("Involvement", "PersonName"), "fields: maps nothing"),
        (HEAD + "fields = 3", "fields: must be a table"),
        (HEAD + "wen = 3", "no key 'wen'; did you mean when"),
        (HEAD + "[map.fields]\nstrat = 'x'", "fields: no field 'strat'; did you mean start"),
        (HEAD + "[map.fields]\nzzzzzzz = 'x'", "it is one of"),
        (HEAD + "[map.fields]\nteam = 3", "fields.team: must be a table"),
        (HEAD + "[map.fields]\nteam = { path = '' }", "fields.team.path: must be a text"),
        (HEAD + "[map.fields]\nteam = { path = 'x', constant = 'y' }", "exactly one of path, constant, join"),
        (HEAD + "[map.fields]\nteam = { paht = 'x' }", "no key 'paht'; did you mean path"),
        (HEAD + "[map.fields]\nteam = { path = 'x', date = 'iso' }", "fields.team: a text takes"),
        (HEAD + "[map.fields]\nteam = { join = ['x'], date = 'iso' }", "no key 'date'"),
        (
            HEAD + "[map.fields]\nstart = { join = ['day', 'month'] }",
            r'fields.start: a join makes a text, and this is a date; did you mean { path = "day", date = "iso" }',
        ),
        (HEAD + "[map.plan]\nneeds = { join = ['x', 'y'] }", "this is a list; did you mean"),
        (HEAD + "[map.fields]\nthreshold = { join = ['x', 'y'] }", "this is a Threshold; did you mean"),
        (PEOPLE + "[map.fields]\ndate_of_birth = { join = ['d', 'm'] }", "date_of_birth: a join makes a text"),
        (HEAD + "[map.fields]\nteam = { constant = 3 }", "constant: must be a str"),
        (
            HEAD + "[map.fields]\nstart = { path = 'x', date = 'dd/mm/yy' }",
            "no date form 'dd/mm/yy'; did you mean dd/mm",
        ),
        (HEAD + "[map.fields]\nstart = { path = 'x', codes = {} }", "no key 'codes'"),
        (HEAD + "[map.fields]\nthreshold = { constant = 'UNIVERSEL' }", "did you mean UNIVERSAL"),
        (HEAD + "[map.fields]\nthreshold = { path = 'x', codes = { A = 'UNIVERSEL' } }", "codes.A: no Threshold"),
        (HEAD + "[map.fields]\nreason = { path = 'x', codes = { A = 3 } }", "codes.A: must be a text"),
        (HEAD + "[map.fields]\nstatus = { end = 'e', strat = 's' }", "did you mean start"),
        (HEAD + "when = { path = 'x' }\n[map.fields]\nteam = 'x'", "exactly one of in, not_in, present"),
        (HEAD + "when = { path = 'x', in = 'A' }\n[map.fields]\nteam = 'x'", "take a list"),
        (
            HEAD + "labels = { path = 'x', codes = { A = 'ADOPTED' } }\n[map.fields]\nteam = 'x'",
            "did you mean ADOPTION",
        ),
        (HEAD + "local_id = 'x'\n[map.fields]\nteam = 'x'", "only a Relationship"),
        (HEAD + "[[map.plan]]\nstart = 'x'\n[[map.plan]]\nstart = 'y'", "there is only one"),
        (HEAD + "[map.professionals]\nnmae = 'x'", "professionals: no field 'nmae'; did you mean name"),
        (HEAD + "each = 3\n[map.fields]\nteam = 'x'", "each: must be a text"),
        (HEAD + "[map.fields]\nteam = 'a..b['", "is not a JMESPath expression"),
        (
            '[[map]]\nrecord = "Birth"\nfrom = "t"\nperson = "p"\n[map.professionals]\nname = "x"',
            "no key 'professionals'",
        ),
        (
            '[[map]]\nrecord = "Relationship"\nfrom = "t"\nperson = "p"\n[map.fields]\nsame_household = { path = "x", codes = { A = "yes" } }',  # noqa: E501 -- TOML reads best whole
            "must be true or false",
        ),
        (PEOPLE + "names = { given = 'x' }", "names.family: is missing"),
        (PEOPLE + "[map.identifiers]\nNHS = 'x'", "no IdentifierSystem 'NHS'"),
        (PEOPLE + "[map.fields]\ndob = 'x'", "no field 'dob'"),
        (PEOPLE.replace('person = "p"\n', ""), "person: is missing"),
        (PEOPLE + "[map.fields]\nchanged = 3", "changed: must be a table"),
    ],
)
def test_a_wrong_mapping_says_where(text: str, said: str) -> None:
    """Every slip is answered by its place and what would be right."""
    who = {"id": "housing", "name": "Housing", "owner": "Homes", "agency": "homes", "system": "plain"}
    source = SourceConfig(**who, service="HOUSING", path=Path("housing.toml"), **tomllib.loads(text))
    with pytest.raises(SourceMisconfigured, match=said) as refused:
        Mapper(source, tabular=False)
    assert str(refused.value).startswith("mapping: housing.toml: map[1]")
