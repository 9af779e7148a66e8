"""Counting what is written in a document before it is parsed: parsing costs ten times as much, checking a hundred.

Words and signs are told apart by one expression that looks at each character once, however a string or a comment
ends. What is counted here is at most what a document comes to when its fragments are spread (``limits.py`` counts
that), so nothing is refused here that would not be refused there.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from hub.errors import Code, HubError
from hub.graphql.limits import TOKENS, Limits

LONGEST_TEXT: Final = 16_384
"""Characters of a document."""
LONGEST_WORD: Final = 1_024
"""Characters of a string or a comment: values belong into variables."""
LONGEST_NAME: Final = 128
"""Characters of a name: an error may say it."""
BRACKETS: Final = 32
"""Brackets within brackets: lists in lists, as literals."""
DEFINITIONS: Final = 50
"""Operations and fragments of a document."""

_TOKEN: Final = re.compile(
    r'"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:""")?|"(?:[^"\\\r\n]|\\.)*+"?|\#[^\r\n]*|[_A-Za-z0-9+-][_A-Za-z0-9.+-]*|\.\.\.|[^\s,]'
)
_SIGNS: Final = frozenset("{}()[]:@!$=|&") | {"..."}
_NO_FIELD_AFTER: Final = frozenset({"...", "@", ":", "on"})
_SEEN: Final = frozenset({"__schema", "__type"})


@dataclass(slots=True)
class _Scan:
    """Where a scan is, and what one definition came to so far. ``opened`` has each brace: whether a field's."""

    limits: Limits
    opened: list[bool] = field(default_factory=list)
    parentheses: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    roots: int = 0
    definitions: int = 0
    fragment: bool = False
    inline: bool = False
    last: str = ""

    def take(self, word: str) -> None:
        """Count one word or sign where it stands."""
        if word not in _SIGNS:
            if self.parentheses > 0:
                pass
            elif not self.opened:
                self.fragment = self.fragment or (word == "fragment" and self.last in {"", "}"})
            elif self.last not in _NO_FIELD_AFTER:
                self._field()
        elif word in "([":
            self.parentheses += 1
            if self.parentheses > BRACKETS:
                _most(self.parentheses, BRACKETS, "brackets in brackets")
        elif word in ")]":
            self.parentheses -= 1
        elif self.parentheses <= 0:
            self._sign(word)
        self.last = word

    def _sign(self, word: str) -> None:
        """Count a sign outside parentheses; what stands between definitions counts for nothing but braces."""
        if word in "{}":
            self._brace(word)
        elif not self.opened:
            pass
        elif word == "...":
            self.inline = True
        elif word == "@":
            self.directives += 1
            _most(self.directives, self.limits.directives, "directives")
        elif word == ":":
            self.aliases += 1
            _most(self.aliases, self.limits.aliases, "aliases")

    def _field(self) -> None:
        """Count a field; a name before a colon is the alias of the field after it."""
        self.inline = False
        self.fields += 1
        if self.fields > self.limits.fields:
            _most(self.fields, self.limits.fields, "fields")
        if len(self.opened) == 1 and not self.fragment:
            self.roots += 1
            _most(self.roots, self.limits.root_fields, "root fields")

    def _brace(self, word: str) -> None:
        """Go into a selection or out of it."""
        if word == "{":
            self.definitions += not self.opened
            self.opened.append(not self.inline)
            self.inline = False
            _most(self.definitions, DEFINITIONS, "operations and fragments")
            if sum(self.opened) > self.limits.depth:
                raise HubError(Code.LIMIT, f"deeper than {self.limits.depth} levels")
        elif self.opened:
            self.opened.pop()
        if not self.opened:
            self.aliases = self.directives = self.fields = self.roots = 0
            self.fragment = False


def check_length(text: str) -> None:
    """Refuse a document that is too long to be looked at."""
    if len(text) > LONGEST_TEXT:
        raise HubError(Code.LIMIT, f"more than {LONGEST_TEXT} characters in the query")


def check_text(text: str, limits: Limits, *, introspection: bool) -> None:
    """Refuse a document that is too long, or of which enough is written to be too much; say which limit it was."""
    check_length(text)
    scan, tokens = _Scan(limits), 0
    for found in _TOKEN.finditer(text):
        word = found[0]
        if len(word) > LONGEST_NAME:
            _check_word(word)
        if word[0] == "#":
            continue
        tokens += 1
        if tokens > TOKENS:
            raise HubError(Code.LIMIT, f"more than {TOKENS} tokens")
        if not introspection and word in _SEEN:
            raise HubError(Code.GRAPHQL_VALIDATION_FAILED, "GraphQL introspection is not for you: ask an officer")
        scan.take(word)


def _check_word(word: str) -> None:
    if word[0] not in '"#':
        raise HubError(Code.LIMIT, f"a name longer than {LONGEST_NAME} characters")
    if len(word) > LONGEST_WORD:
        raise HubError(Code.LIMIT, f"a string or comment longer than {LONGEST_WORD} characters: use a variable")


def _most(count: int, most: int, what: str) -> None:
    if count > most:
        raise HubError(Code.LIMIT, f"more than {most} {what}")
