"""What must be so of every answer, whoever made the question; and what made-up questions are made of."""

import re
from typing import Any, Final, Protocol

from graphql import parse_value
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from hub.errors import Code

CODES: Final = frozenset(code.value for code in Code) - {Code.INTERNAL.value}
INSIDE: Final = re.compile(
    r"Traceback|File \"|\.py\b|/site-packages|\bsqlalchemy|\basyncpg|\bSELECT .* FROM\b|INSERT INTO"
    r"|\b[A-Z]\w+(?:Error|Exception)\b|\bhub\.[a-z]+\.|0x[0-9a-f]{8}|NoneType|object at"
)
"""What would tell of the inside: traces, paths, SQL, classes."""

CUSTOM: Final = {
    "_Any": st.sampled_from(["Person", "Me"]).map(lambda kind: parse_value(f'{{__typename: "{kind}", id: "a"}}')),
    "Date": st.sampled_from(["2026-11-21", "1900-01-01", "x"]).map(nodes.String),
    "DateTime": st.sampled_from(["2026-11-21T10:00:00Z", "2026-11-21", "x"]).map(nodes.String),
}
"""Keys as gateways send them, and times right and wrong."""


class Answer(Protocol):
    """An HTTP answer, whichever client has it."""

    @property
    def status_code(self) -> int:
        """Give the status."""
        ...

    @property
    def text(self) -> str:
        """Give the body as text."""
        ...

    def json(self) -> Any:
        """Give what the body holds."""
        ...


def check(response: Answer) -> list[str]:
    """Insist on what is promised of every answer; give its codes."""
    assert response.status_code < 500, response.text
    told: dict[str, Any] = response.json()
    assert set(told) <= {"data", "errors", "extensions"}
    assert "data" in told or told["errors"]
    for error in told.get("errors", ()):
        assert error["extensions"]["code"] in CODES, error
        assert not INSIDE.search(error["message"]), error
    return [str(error["extensions"]["code"]) for error in told.get("errors", ())] or ["answered"]
