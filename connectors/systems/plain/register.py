"""Who some drops know: walked a group of people at a time, because everybody at once is too much to hold."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.contract import Identity
from connectors.mapping import Mapper, Row, Whereabouts, keys, untraced
from connectors.transports.packed import Packed


@dataclass(frozen=True, slots=True)
class Register:
    """The files that say who is known, by resource, and the mapping that reads them."""

    mapper: Mapper
    files: tuple[tuple[str, Packed], ...]

    @property
    def groups(self) -> int:
        """Say how many groups of people there are."""
        return sum(len(rows) for _, rows in self.files)

    def whereabouts(self) -> Whereabouts:
        """Say in which group each number and each name is."""
        with untraced():
            return Whereabouts(self._keys())

    def within(self, groups: Iterable[int]) -> tuple[Identity, ...]:
        """Give the people of some groups, with what every file says of them."""
        found: list[Identity] = []
        for group in sorted(groups):
            rows = self._rows(group)
            mine = {who for about in rows.values() for who in about}
            listed = {name: [row for held in about.values() for row in held] for name, about in rows.items()}
            identities, _ = self.mapper.identities(listed, datetime.now(UTC).date())
            found.extend(i for i in identities if i.local_id in mine)
        return tuple(found)

    def _keys(self) -> Iterator[tuple[Hashable, int]]:
        for group in range(self.groups):
            for identity in self.within((group,)):
                yield from ((key, group) for key in keys(identity.traits))

    def _rows(self, group: int) -> dict[str, dict[str, list[Row]]]:
        """Give the rows of a group's people in every file; a person is in the group of the first that names them."""
        number = 0
        while group >= len(self.files[number][1]):
            group -= len(self.files[number][1])
            number += 1
        name, rows = self.files[number]
        mine = rows.group(group)
        before = {who for _, earlier in self.files[:number] for who in earlier.about(mine)}
        mine = {who: held for who, held in mine.items() if who not in before}
        return {name: mine} | {later: more.about(mine) for later, more in self.files[number + 1 :]}
