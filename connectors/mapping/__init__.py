"""A source's columns made into the schema's words: declarative, compiled at start-up, in the source's TOML.

Each ``[[map]]`` block makes one kind of record of one resource's rows (a table, a file, an endpoint)::

    [[map]]
    record = "Involvement"        # or ChronologyEvent, PersonName, Birth, Address, Identifier, Relationship, Flag
    from = "tenancies"            # the resource
    person = "tenant_ref"         # path to the person's local id
    id = "tenancy_ref"            # path to the record's own id
    when = { path = "type", in = ["T"] }            # or not_in = […], or present = true; a list of tests must all hold
    [map.fields]
    team = "area_team"                                                # a path
    start = { path = "start_dt", date = ["dd/mm/yyyy", "excel"] }     # iso (default), dd/mm/yyyy, yyyymmdd, excel
    threshold = { constant = "UNIVERSAL" }
    reason = { path = "reason_cd", codes = { "1" = "Overcrowding" } }  # raw code to text or to a closed list's member
    organisation = { join = ["area", "office"], separator = ", " }
    status = { start = "start_dt", end = "end_dt", date = "dd/mm/yyyy", cancelled = { path = "state", in = ["X"] } }
    [[map.professionals]]         # also [map.duty_desk] and [map.plan]; `each` is a path to a list
    name = "officer"
    [[map.labels]]
    path = "marker"
    codes = { "REF" = "CONFIDENTIAL_ADDRESS" }
    otherwise = "NATIONALLY_RESTRICTED"             # the label of any other marker

In a table a path is a column's name; in JSON it is JMESPath. ``each = "tenancies"`` makes a record of every item of a
list inside a row: paths are then the item's, and ``_parent.x`` is the row's. ``needs = { path = "n", split = ";" }``
makes a list. Texts such as ``NULL`` or ``#N/A`` are null (``nulls = ["-"]`` adds some); leading zeros stay. A value
that cannot be read is null and reported as a ``Rejected`` place and code. ``service`` is the source's unless mapped.
A Relationship's ``local_id`` is the path to the other person's local id.

A block of ``record = "Identity"`` says who the source knows, for the index and for finding a person::

    [[map]]
    record = "Identity"
    from = "people"
    person = "id"
    names = [{ given = "forename", family = "surname" }, { given = "forename", family = "former_surname" }]
    postcodes = ["postcode", "previous_postcode"]
    [map.fields]                  # date_of_birth, expected_date_of_birth, sex, address, mother, changed, ended
    date_of_birth = { path = "dob", date = "dd/mm/yyyy" }
    [map.identifiers]
    NHS_NUMBER = "nhs_no"
"""

from connectors.mapping.locating import PeopleIndex, keys, locate
from connectors.mapping.mapper import Mapped, Mapper
from connectors.mapping.reading import Row
from connectors.mapping.tracing import untraced
from connectors.mapping.whereabouts import Whereabouts

__all__ = ["Mapped", "Mapper", "PeopleIndex", "Row", "Whereabouts", "keys", "locate", "untraced"]
