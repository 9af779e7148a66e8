"""Keeping: "this question must stay as it is", written into an agreement's examples and run with its rules."""

import json
import re
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Final

from policies.examples import Example
from policies.facts import Facts
from policies.simulate.explaining import Explanation

_KEPT: Final = re.compile(r"people\.kept-(\d+)")


def kept(explanation: Explanation, why: str, where: str = "kept") -> Example:
    """Give an explained question as an example whose verdict is the one it has now."""
    e = explanation
    return Example(where, e.asker, e.service, e.field, e.labels, e.facts, e.decision.verdict, why)


def with_example(text: str, example: Example, on: date) -> str:
    """Give an example file's text with one more example; of an empty one, a file that begins on a day."""
    name = f"kept-{1 + max([0, *map(int, _KEPT.findall(text))])}"
    lines = [text.rstrip("\n")] if text.strip() else [f"on = {on.isoformat()}"]
    lines += ["", f"[people.{name}]", _line("role", str(example.asker.role)), _line("agency", example.asker.agency)]
    lines += ["", f"[children.{name}]", _line("flags", _words(example.facts.flags))]
    lines += ["", "[[examples]]", _line("why", example.why), _line("who", name), _line("child", name)]
    lines += [_line("purpose", example.asker.purpose.value), _line("service", example.service.value)]
    lines += [_line("labels", _words(example.labels))]
    facts = ((f.name, getattr(example.facts, f.name)) for f in fields(Facts) if f.name != "flags")
    told = ", ".join(_line(name, word.value if isinstance(word, Enum) else word) for name, word in facts)
    lines += [f"facts = {{ {told} }}", f"expect = {{ {_quoted(example.field)} = {_quoted(example.expect.value)} }}"]
    return "\n".join(lines) + "\n"


def _words(words: Iterable[Enum]) -> list[str]:
    return sorted(str(word.value) for word in words)


def _line(name: str, value: object) -> str:
    return f"{name} = {_quoted(value)}"


def _quoted(value: object) -> str:
    # What JSON writes of text, lists and truths is TOML too, but for the one control character JSON leaves bare.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
