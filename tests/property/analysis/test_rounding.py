"""Rounded cells add up to rounded totals, whatever the table."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.publication import (
    TableCell,
    hierarchy,
    round_parts,
    round_percent,
    round_table,
    two_way,
)

SIZES = st.integers(0, 400)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(SIZES, min_size=width, max_size=width), min_size=1, max_size=5
        )
    ),
    st.sampled_from([3.0, 5.0, 10.0]),
)
def test_a_two_way_table_adds_up_and_no_cell_moves_further_than_its_neighbours(
    n: list[list[int]], base: float
) -> None:
    table = two_way([f"r{i}" for i in range(len(n))], [f"c{i}" for i in range(len(n[0]))], n)
    found = round_table(table, base)
    for total in table.totals:
        assert found[total.cell.key] == pytest.approx(sum(found[part] for part in total.parts))
    for cell in table.cells:
        assert abs(found[cell.key] - cell.n) < base
        assert found[cell.key] % base == pytest.approx(0)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 5000), min_size=1, max_size=20))
def test_a_hierarchy_of_weighted_numbers_adds_up(values: list[float]) -> None:
    cells = [TableCell(f"k{at}", 7, value) for at, value in enumerate(values)]
    place = {cell.key: "urban" if at % 3 else "rural" for at, cell in enumerate(cells)}
    table = hierarchy(cells, place, {cell.key: "round" for cell in cells})
    found = round_table(table)
    for total in table.totals:
        assert found[total.cell.key] == pytest.approx(sum(found[part] for part in total.parts))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12), st.sampled_from([50.0, 5000.0]))
def test_parts_of_a_whole_add_up_to_a_hundred(counts: list[int], n_eff: float) -> None:
    if not sum(counts):
        return
    shares = [count / sum(counts) for count in counts]
    found = round_parts(shares, n_eff)
    assert sum(found) == pytest.approx(100)
    step = 1.0 if n_eff < 1000 else 0.1
    assert all(abs(a - 100 * b) < step + 1e-9 for a, b in zip(found, shares, strict=True))


@given(st.floats(0, 1), st.floats(1, 1e5))
def test_a_share_is_printed_as_all_or_nobody_only_where_it_is(share: float, n_eff: float) -> None:
    assert (round_percent(share, n_eff) in (0.0, 100.0)) == (share in (0.0, 1.0))


def test_a_base_that_is_no_base_is_refused() -> None:
    table = hierarchy([TableCell("a", 3)], {"a": "all"})
    with pytest.raises(AnalysisError, match="above zero"):
        round_table(table, 0)
