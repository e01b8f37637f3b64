"""Whatever the table: what is hidden cannot be worked out from what is published."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.publication.ranges import feasible_ranges
from analysis.publication.suppression import Method, Protection, Suppression, suppress
from analysis.publication.tables import (
    AdditiveTable,
    TableCell,
    TableError,
    Total,
    hierarchy,
    two_way,
)

SIZES = st.integers(0, 30) | st.integers(0, 6)
PROTECTION = Protection()


def check(table: AdditiveTable, found: Suppression) -> None:
    """An audit of its own: ranges, sums of hidden cells, nothing hidden that is empty."""
    ranges = feasible_ranges(table, found.hidden)
    cells = {cell.key: cell for cell in table.cells}
    for key in found.primary:
        assert ranges[key].low - 1e-6 <= cells[key].amount <= ranges[key].high + 1e-6
        assert ranges[key].width >= PROTECTION.width(cells[key]) - 1e-6
    for total in table.totals:
        hidden = [cells[part].n for part in total.parts if part in found.hidden]
        if hidden and total.cell.key not in found.hidden:
            assert sum(hidden) >= PROTECTION.respondents
    assert all(cells[key].n > 0 for key in found.complementary)


def loss(table: AdditiveTable, found: Suppression) -> float:
    return sum(cell.loss for cell in table.cells if cell.key in found.complementary)


@st.composite
def crossed(draw: st.DrawFn) -> AdditiveTable:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    line = st.lists(SIZES, min_size=columns, max_size=columns)
    n = draw(st.lists(line, min_size=rows, max_size=rows))
    return two_way([f"r{i}" for i in range(rows)], [f"c{i}" for i in range(columns)], n)


@st.composite
def nested(draw: st.DrawFn) -> AdditiveTable:
    sizes = draw(st.lists(SIZES, min_size=1, max_size=14))
    cells = [TableCell(f"k{at}", n) for at, n in enumerate(sizes)]
    place = {cell.key: draw(st.sampled_from(["urban", "rural"])) for cell in cells}
    weighted = draw(st.booleans())
    if weighted:
        cells = [TableCell(cell.key, cell.n, 37.5 * cell.n) for cell in cells]
    return hierarchy(cells, place, {cell.key: "round" for cell in cells})


@settings(max_examples=40, deadline=None)
@given(crossed() | nested(), st.sampled_from([Method.EXACT, Method.GREEDY]))
def test_no_confidential_cell_can_be_worked_out(table: AdditiveTable, method: Method) -> None:
    check(table, suppress(table, PROTECTION, method=method))


@settings(max_examples=25, deadline=None)
@given(crossed())
def test_the_exact_method_never_loses_more_than_the_greedy_one(table: AdditiveTable) -> None:
    exact = suppress(table, PROTECTION, method=Method.EXACT)
    greedy = suppress(table, PROTECTION, method=Method.GREEDY)
    assert loss(table, exact) <= loss(table, greedy) + 1e-6


@settings(max_examples=15, deadline=None)
@given(st.lists(SIZES, min_size=2, max_size=5))
def test_the_exact_method_finds_what_trying_everything_finds(sizes: list[int]) -> None:
    cells = [TableCell(f"k{at}", n) for at, n in enumerate(sizes)]
    table = hierarchy(cells, {cell.key: "all" for cell in cells})
    found = suppress(table, PROTECTION, method=Method.EXACT)
    free = [cell.key for cell in table.cells if not cell.is_confidential and cell.n]
    best = np.inf
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            tried = Suppression(found.primary, chosen, {})
            try:
                check(table, tried)
            except AssertionError:
                continue
            best = min(best, loss(table, tried))
    assert loss(table, found) == pytest.approx(best)


@settings(max_examples=30, deadline=None)
@given(crossed() | nested())
def test_publishing_any_hidden_neighbour_again_would_tell_or_cost_less(
    table: AdditiveTable,
) -> None:
    """Nothing is hidden without need: without any one of them the audit fails."""
    found = suppress(table, PROTECTION)
    for key in found.complementary:
        rest = tuple(each for each in found.complementary if each != key)
        with pytest.raises(AssertionError):
            check(table, Suppression(found.primary, rest, {}))


def test_a_table_whose_total_is_not_the_sum_is_refused() -> None:
    with pytest.raises(TableError, match="'all' is not the sum"):
        AdditiveTable((TableCell("a", 3),), (Total(TableCell("all", 4), ("a",)),))
