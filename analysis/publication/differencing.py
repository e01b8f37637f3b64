"""What two published tables tell together: a small group that is the difference of two cells.

All adults and adults with a phone; last month's run and this month's; overlapping areas. Each cell
alone is large enough, yet whoever subtracts one from the other has a figure about the few people
in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.publication.design_rule import DEFAULT_RULE, Shown, Verdict


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A published figure and whom it is about.

    `members` are respondents (record numbers, as text), or areas that `sizes` of `differencing`
    counts. Cells of two tables with the same members are the same people.
    """

    key: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table as it was or will be published; hidden cells are left out."""

    name: str
    cells: tuple[PublishedCell, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """`persons` people are in `whole` and in none of `parts`: a figure about them can be had."""

    whole_table: str
    whole: str
    parts_table: str
    parts: tuple[str, ...]
    persons: int

    @property
    def verdict(self) -> Verdict:
        """Why the two must not stand in public together, and what to do."""
        parts = ", ".join(self.parts)
        return Verdict(
            Shown.NONE,
            f"Lấy “{self.whole}” ({self.whole_table}) trừ “{parts}” ({self.parts_table}) thì lộ "
            f"con số của {self.persons} người. Hãy xem con số đã công bố trước; không công bố thêm "
            "ô này.",
            f"“{self.whole}” ({self.whole_table}) less “{parts}” ({self.parts_table}) tells of "
            f"{self.persons} persons. Read the figure that was published first; do not publish "
            "this cell as well.",
        )


def differencing(
    first: PublishedTable,
    second: PublishedTable,
    *,
    floor: int = DEFAULT_RULE.disclosure_n,
    sizes: Mapping[str, int] | None = None,
) -> tuple[Difference, ...]:
    """Pairs of cells of two tables (and a cell less several) whose difference is a small group.

    Two cells are compared when they share members. A difference is told when one to `floor` - 1
    persons are in the one and not in the other while nobody, or as few, is in the other alone
    (a handful joined and a handful left between two runs); and when a cell less all cells of the
    other table that lie within it leaves so few.

    Parameters
    ----------
    sizes : persons per member where members are areas; else every member is one person.

    Returns
    -------
    tuple of Difference
        Ordered by table and cell; empty when the tables may stand side by side.

    Examples
    --------
    >>> adults = PublishedTable("adults", (PublishedCell("a", frozenset("123456789")),))
    >>> phone = PublishedTable("with a phone", (PublishedCell("a", frozenset("1234567")),))
    >>> [(each.whole_table, each.parts_table, each.persons) for each in differencing(adults, phone)]
    [('adults', 'with a phone', 2)]
    """
    found: dict[tuple[str, str, tuple[str, ...]], Difference] = {}
    for one, other in ((first, second), (second, first)):
        near = _by_member(other.cells)
        for cell in one.cells:
            beside = sorted(
                {at for member in cell.members for at in near.get(member, ())},
            )
            for each in _against(one, other, cell, beside, floor=floor, sizes=sizes):
                found.setdefault((each.whole_table, each.whole, each.parts), each)
    return tuple(
        sorted(found.values(), key=lambda each: (each.whole_table, each.whole, each.parts))
    )


def _against(
    one: PublishedTable,
    other: PublishedTable,
    cell: PublishedCell,
    beside: Sequence[int],
    *,
    floor: int,
    sizes: Mapping[str, int] | None,
) -> list[Difference]:
    out = []
    within: list[PublishedCell] = []
    for at in beside:
        rival = other.cells[at]
        alone = _persons(cell.members - rival.members, sizes)
        against = _persons(rival.members - cell.members, sizes)
        if 0 < alone < floor and against < floor:
            out.append(Difference(one.name, cell.key, other.name, (rival.key,), alone))
        if against == 0:
            within.append(rival)
    for chosen in _apart(within):
        rest = cell.members.difference(*(each.members for each in chosen))
        persons = _persons(rest, sizes)
        if 0 < persons < floor:
            keys = tuple(sorted(each.key for each in chosen))
            out.append(Difference(one.name, cell.key, other.name, keys, persons))
    return out


def _apart(cells: Sequence[PublishedCell]) -> list[list[PublishedCell]]:
    """Sets of several cells without a common member: from the smallest up, from the largest down.

    Only such can be subtracted together; where a table holds totals too, these are the two sets
    that leave least.
    """
    found = []
    for sign in (1, -1):
        seen: set[str] = set()
        chosen = []
        for cell in sorted(cells, key=lambda each: (sign * len(each.members), each.key)):
            if cell.members and seen.isdisjoint(cell.members):
                seen |= cell.members
                chosen.append(cell)
        if len(chosen) > 1 and chosen not in found:
            found.append(chosen)
    return found


def _persons(members: frozenset[str], sizes: Mapping[str, int] | None) -> int:
    if sizes is None:
        return len(members)
    return sum(sizes.get(member, 0) for member in members)


def _by_member(cells: Sequence[PublishedCell]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, cell in enumerate(cells):
        for member in cell.members:
            found.setdefault(member, []).append(at)
    return found
