"""The benchmark's nine agencies as plain REST sources of the hub."""

from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.gateway.upstream import SERVICES

SOURCE = """
id = "{id}"
service = "{service}"
name = "{service} records"
owner = "Owner"
agency = "bench-{id}"
system = "plain"

[connection]
transport = "rest"
base_url = "http://127.0.0.1:{port}"
as_of = {{ path = "asOf" }}
paging = {{ by = "none" }}

[connection.resources.people]
path = "people"
people_param = "person"
items = "items"

[connection.resources.involvements]
path = "involvements"
people_param = "person"
items = "items"

[connection.resources.events]
path = "events"
people_param = "person"
items = "items"

[[map]]
record = "Identity"
from = "people"
person = "person"
names = [{{ given = "given", family = "family" }}]
postcodes = ["postcode"]
[map.fields]
date_of_birth = {{ path = "born", date = "iso" }}
[map.identifiers]
NHS_NUMBER = "nhs"

[[map]]
record = "Involvement"
from = "involvements"
person = "person"
id = "ref"
[map.fields]
status = {{ path = "state", codes = {{ CURRENT = "CURRENT", PAST = "HISTORIC" }} }}
sub_service = "part"
organisation = "organisation"
team = "team"
start = {{ path = "from", date = "iso" }}
end = {{ path = "to", date = "iso" }}
[[map.professionals]]
each = "workers"
id = "workerId"
name = "name"
role = "role"
team = "team"
phone = "phone"
email = "email"
status = {{ path = "state", codes = {{ CURRENT = "CURRENT", PAST = "HISTORIC" }} }}

[[map]]
record = "ChronologyEvent"
from = "events"
person = "person"
id = "ref"
[map.fields]
date = {{ path = "on", date = "iso" }}
end_date = {{ path = "until", date = "iso" }}
kind = {{ path = "kind", codes = {{ CONTACT = "CONTACT" }} }}
title = "title"
summary = "summary"
impact = {{ path = "impact", codes = {{ NEUTRAL = "NEUTRAL" }} }}
action_taken = "action"
outcome = "outcome"
"""


def write_sources(folder: Path, ports: Iterable[int]) -> None:
    """Write a source file for each agency into a hub's data folder."""
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    for service, port in zip(SERVICES, ports, strict=True):
        name = service.lower().replace("_", "-")
        (sources / f"{name}.toml").write_text(SOURCE.format(id=name, service=service, port=port), "utf-8")
