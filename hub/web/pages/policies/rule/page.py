"""One rule: what it says in plain words, and the tests in which it has a part."""

from hub.graphql.governing.books import book
from hub.web.pages.policies.examples import tests_of
from hub.web.pages.policies.telling import parts_of
from hub.web.pages.policies.versions.standing import found
from hub.web.pages.visit import NoSuchPage, Shown, Visit


async def rule(visit: Visit) -> Shown:
    """Show a rule."""
    version = await found(visit, visit.query.get("version"))
    cells = next((one for one in version.rules if one["id"] == visit.path["rule"]), None)
    if cells is None:
        raise NoSuchPage
    room = visit.governing
    tests = tests_of(version.examples, await book(room, version.id))
    active = await room.policies.versions.active()
    values = {
        "tab": "rules",
        "cells": cells,
        "parts_of_rule": parts_of(cells),
        "version": version.id,
        "counts": version.id == active,
        "query": "" if version.id == active else version.id,
        "tests": [one for one in tests if cells["id"] in one.rules],
    }
    return Shown("policies/rule/page.html", f"Rule {cells['id']}", values)
