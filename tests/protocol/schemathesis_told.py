"""What schemathesis is told of the hub (its hooks, read by name from its settings): scalars, and what is promised.

Its own checks stay as they are but for one thing it cannot know: an error that says with a code what the asker can do
is an answer, not a failure of the server. Nothing is let pass by its words, its place or its status.
"""

import os
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.graphql.checks import GraphQLServerError

from hub.errors import Code
from tests.protocol.insisted import CUSTOM, check

OURS = frozenset({Code.INTERNAL, Code.NOT_READY, Code.BUSY})
"""Codes of what the hub itself could not do: a failure, whoever asks."""
ANSWERS = frozenset(code.value for code in Code) - {code.value for code in OURS}

for _name, _strategy in CUSTOM.items():
    schemathesis.graphql.scalar(_name, _strategy)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Drop what is called a server's error where every error has a code the asker can act on."""
    del context, case, response
    if not isinstance(failure, GraphQLServerError):
        return True
    codes = [dict(error.get("extensions") or {}).get("code") for error in failure.errors]
    return not all(code in ANSWERS for code in codes)


@schemathesis.check
def told_with_a_code(ctx: Any, response: Any, case: Any) -> None:
    """Insist on what our own fuzz insists on: data or an error with a code, and nothing of the inside."""
    del ctx, case
    codes = check(response)
    if file := os.environ.get("HUB_FUZZ_TOLD"):
        with Path(file).open("a", encoding="ascii") as noted:
            noted.write(f"{' '.join(sorted(set(codes)))}\n")
