"""What an officer types, found: a version of the rules by its name, a word of a closed list, and what to exit with.

Exit codes of the tools: 0 nothing found, 1 something found, 2 what was typed is not right.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
from rich.markup import escape

import schema.person  # noqa: F401 -- declares every governed field
from hub.commands.saying import Refused, err, known
from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.example_cells import example_of
from hub.governance.versions.version import read_content
from hub.governance.versions.whole import read_whole
from policies.reading import RULES, Written, read_written
from policies.rulebook import Rulebook
from policies.simulate.space import TooManySituations
from policies.validation import RulebookError, nearest
from schema.described import Described
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.services import Service

FOUND: Final = 1
WRONG: Final = 2
SHIPPED: Final = "shipped"

RulesArgument = Annotated[
    str, typer.Argument(help="Rules: a folder of agreements, an exported file, a stored version's id, or 'shipped'.")
]
FlagOption = Annotated[
    list[str] | None, typer.Option("--flag", help="A flag on the person; more than one may be given.")
]
LabelOption = Annotated[
    list[str] | None, typer.Option("--label", help="A label on the record; more than one may be given.")
]

D = TypeVar("D", bound=Described)


@contextlib.contextmanager
def exactly() -> Iterator[None]:
    """Turn what was typed wrongly into one line on standard error and exit code 2."""
    try:
        yield
    except Exception as error:
        if not (known(error) or isinstance(error, TooManySituations)):
            raise
        err.print(f"[bold red]hub:[/] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(WRONG) from None


def written_in(name: str) -> Written | None:
    """Give the rules and examples of a folder, of an exported file, or those shipped; none where it is none of them."""
    if name == SHIPPED:
        return read_written()
    place = Path(name)
    if place.is_file():
        return _exported(place)
    if not place.is_dir():
        return None
    if (place / RULES).is_file():
        raise Refused(
            f"{name} is one agreement: give the folder it is in, so that its rules are weighed with the others"
        )
    return read_written(place)


def _exported(file: Path) -> Written:
    """Read what ``hub policy export`` wrote, by the same reader as ``hub policy import``."""
    try:
        rules, examples = read_whole(file.read_bytes(), file.name)
    except VersionRefused as error:
        raise Refused(str(error)) from None
    except OSError:
        raise Refused(f"{file} cannot be read") from None
    return Written(read_content(rules, ()).rulebook.rows, tuple(map(example_of, examples)))


def _written(name: str) -> Rulebook | None:
    written = written_in(name)
    return Rulebook(written.rows) if written else None


Finder = Callable[[str], Rulebook | None]
FINDERS: Final[list[Finder]] = [_written]
"""The ways a name may mean a version of the rules, tried in turn; the store of versions adds its own."""


def rulebook_of(name: str) -> Rulebook:
    """Give the rules a name means; Refused where it means none, RulebookError where they are not fit to be used."""
    for find in FINDERS:
        found = find(name)
        if found is not None:
            return found
    raise Refused(
        f"no folder, file or stored version of the rules is called {name!r}; 'shipped' means this build's own"
    )


def faults_of(name: str) -> tuple[str, ...]:
    """Give what keeps rules from being read at all, place by place; nothing where they can be."""
    try:
        rulebook_of(name)
    except RulebookError as error:
        return error.faults
    return ()


def member(kind: type[D], word: str, option: str) -> D:
    """Give a word of a closed list, in any case; Refused with the nearest one where it is none."""
    words = {one.value.lower(): one for one in kind}
    return words[_one(word.lower(), words, option, [one.value for one in kind])]


def service_of(word: str) -> Service:
    """Give a service by its code."""
    return Service(_one(word.upper(), set(Service), "--service", list(Service)))


def field_of(word: str) -> FieldId:
    """Give a governed field by its id."""
    return FieldId(_one(word, CATALOGUE, "field", list(CATALOGUE)))


def labels_of(words: list[str] | None, option: str) -> frozenset[Label]:
    """Give some labels."""
    return frozenset(member(Label, word, option) for word in words or ())


def _one(word: str, right: Collection[str], option: str, words: Collection[str]) -> str:
    if word not in right:
        raise Refused(f"{option}: {word!r} is not a word it may use; {nearest(word, words)}")
    return word
