"""Counting what is written in a document before it is parsed: parsing costs ten times as much, checking a hundred.

Words and signs are told apart by one expression that looks at each character once, however a string or a comment
ends; names that follow each other are taken together, and so are arguments in which nothing is nested. What is counted
here is at most what a document comes to when its fragments are spread (``limits.py`` counts that), so nothing is
refused here that would not be refused there. A string that does not end is told where it should have.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from graphql import GraphQLSyntaxError, Source

from hub.errors import Code, HubError
from hub.graphql.counting import too_long
from hub.graphql.invalid import not_parsed
from hub.graphql.limits import LONGEST_TEXT, TOKENS, Limits

LONGEST_WORD: Final = 1_024
"""Characters of a string or a comment: values belong into variables."""
LONGEST_NAME: Final = 128
"""Characters of a name: an error may say it."""
BRACKETS: Final = 32
"""Brackets within brackets: lists in lists, as literals."""
DEFINITIONS: Final = 50
"""Operations and fragments of a document."""

_NAME: Final = r"[_A-Za-z0-9+-][_A-Za-z0-9.+-]*+"
_TOKEN: Final = re.compile(
    rf"{_NAME}(?:[\s,]++{_NAME})*+"  # names that follow each other
    r"|[{}]"
    r"|\((?=[^\s,)])[^()\[\]{}\"#]*+\)"  # arguments in which nothing is nested
    r'|"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:""")?|"(?:[^"\\\r\n]|\\.)*+(")?'
    r"|\#[^\r\n]*|\.\.\.|[^\s,]"
)
"""A document's tokens; the one group is the end of a string."""
_LONG_NAME: Final = re.compile(rf"[_A-Za-z0-9.+-]{{{LONGEST_NAME + 1}}}")
_WORDS: Final = frozenset("_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-")
"""What a name or a number begins with."""
_OPENING, _CLOSING, _BRACES = frozenset("(["), frozenset(")]"), frozenset("{}")
_ANOTHER: Final = re.compile(r"\}[\s,]*+(?:fragment\s++\w++\s++on\b|(?:query|mutation|subscription)\s++\w++\s*+[({@])")
"""Where another operation or fragment begins."""
_SIGNS: Final = b"!$&():=@[]{|}"
"""What is a token wherever it stands outside strings and comments; between them stand names and numbers."""
_APART: Final = bytes.maketrans(_SIGNS + b",", b" " * (len(_SIGNS) + 1))
_MARK: Final = "\ufeff"
"""Some editors begin a file with it; it stands for nothing (GraphQL specification, 2.1.7)."""
_QUOTED: Final = frozenset('"#')
"""What a string or a comment begins with."""
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

    def names(self, names: Sequence[str]) -> None:
        """Count names, strings and numbers that follow each other."""
        if self.parentheses > 0:
            pass
        elif not self.opened:
            self.fragment = self.fragment or (names[0] == "fragment" and self.last in {"", "}"})
        else:
            count = len(names)
            if self.last in _NO_FIELD_AFTER:  # what follows "on" is the name of a type
                count -= 1 + (names[0] == "on")
            if count > 0:
                self._fields(count)
        self.last = names[-1]

    def take(self, word: str) -> None:
        """Count one sign where it stands."""
        if word in _OPENING:
            self.parentheses += 1
            if self.parentheses > BRACKETS:
                _most(self.parentheses, BRACKETS, "brackets in brackets")
        elif word in _CLOSING:
            self.parentheses -= 1
        elif self.parentheses <= 0:
            self._sign(word)
        self.last = word

    def _sign(self, word: str) -> None:
        """Count a sign outside parentheses; what stands between definitions counts for nothing but braces."""
        if not self.opened:
            pass
        elif word == "...":
            self.inline = True
        elif word == "@":
            self.directives += 1
            _most(self.directives, self.limits.directives, "directives")
        elif word == ":":
            self.aliases += 1
            _most(self.aliases, self.limits.aliases, "aliases")

    def _fields(self, count: int) -> None:
        """Count fields; a name before a colon is the alias of the field after it."""
        self.inline = False
        self.fields += count
        if self.fields > self.limits.fields:
            _most(self.fields, self.limits.fields, "fields")
        if len(self.opened) == 1 and not self.fragment:
            self.roots += count
            _most(self.roots, self.limits.root_fields, "root fields")

    def brace(self, word: str) -> None:
        """Go into a selection or out of it."""
        self.last = word
        if word == "{":
            self.definitions += not self.opened
            self.opened.append(not self.inline)
            self.inline = False
            if self.definitions > DEFINITIONS:
                _most(self.definitions, DEFINITIONS, "operations and fragments")
            if len(self.opened) > self.limits.depth and sum(self.opened) > self.limits.depth:
                raise HubError(Code.LIMIT, f"deeper than {self.limits.depth} levels")
        elif self.opened:
            self.opened.pop()
        if not self.opened:
            self.aliases = self.directives = self.fields = self.roots = 0
            self.fragment = False


def check_length(text: str) -> None:
    """Refuse a document that is too long to be looked at."""
    if len(text) > LONGEST_TEXT:
        raise too_long()


def check_text(text: str, limits: Limits, *, introspection: bool) -> None:
    """Refuse a document that is too long, or of which enough is written to be too much; say which limit it was."""
    check_length(text)
    text = text.replace(_MARK, " ")
    _check_plain(text)
    scan, tokens = _Scan(limits), 0
    for found in _TOKEN.finditer(text):
        word = found[0]
        first = word[0]
        if first in _WORDS:
            tokens += _named(word, scan, introspection=introspection)
        elif first in _QUOTED:
            _check_word(word)
            if first == "#":
                continue
            if found.lastindex is None and not word.startswith('"""'):
                raise not_parsed(GraphQLSyntaxError(Source(text), found.end(), "a string that does not end"))
            tokens += 1
            if scan.opened or scan.parentheses > 0:  # else it describes an operation or fragment, and is none itself
                scan.names((word,))
        elif first == "(" and len(word) > 1:
            tokens += _plain_arguments(word, scan)
        elif first in _BRACES and scan.parentheses <= 0:
            tokens += 1
            scan.brace(word)
        else:
            tokens += 1
            scan.take(word)
        if tokens > TOKENS:
            raise _too_many_tokens()


def _check_plain(text: str) -> None:
    """Refuse many operations and fragments, or tokens, where no string or comment can hold what looks like one.

    No field is named as what begins an operation or fragment, so nothing else that may be asked looks like it.
    """
    if '"' in text or "#" in text:
        return
    if text.count("}") > DEFINITIONS:
        _most(len(_ANOTHER.findall(text)) + 1, DEFINITIONS, "operations and fragments")
    if len(text) > TOKENS and _tokens_at_least(text.encode("utf-8", "replace")) > TOKENS:
        raise _too_many_tokens()


def _tokens_at_least(text: bytes) -> int:
    return sum(text.count(sign) for sign in _SIGNS) + len(text.translate(_APART).split())


def _plain_arguments(word: str, scan: _Scan) -> int:
    """Give at least how many tokens there are in arguments in which nothing is nested."""
    if len(word) > LONGEST_NAME and _LONG_NAME.search(word):
        raise _long_name()
    scan.last = ")"
    return 2 + 3 * word.count(":")  # a name and a value beside each


def _named(word: str, scan: _Scan, *, introspection: bool) -> int:
    """Count names that follow each other, and give how many there are."""
    names = (word.replace(",", " ") if "," in word else word).split()
    if len(word) > LONGEST_NAME and max(map(len, names)) > LONGEST_NAME:
        raise _long_name()
    if "__" in word and not introspection and not _SEEN.isdisjoint(names):
        raise HubError(Code.GRAPHQL_VALIDATION_FAILED, "GraphQL introspection is not for you: ask an officer")
    scan.names(names)
    return len(names)


def _check_word(word: str) -> None:
    if len(word) > LONGEST_WORD:
        raise HubError(Code.LIMIT, f"a string or comment longer than {LONGEST_WORD} characters: use a variable")


def _too_many_tokens() -> HubError:
    return HubError(Code.LIMIT, f"more than {TOKENS} tokens")


def _long_name() -> HubError:
    return HubError(Code.LIMIT, f"a name longer than {LONGEST_NAME} characters")


def _most(count: int, most: int, what: str) -> None:
    if count > most:
        raise HubError(Code.LIMIT, f"more than {most} {what}")
