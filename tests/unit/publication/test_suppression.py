"""Tables with totals: what is hidden beside a confidential cell, and what a reader can work out."""

import numpy as np
import pytest

from analysis.publication import (
    AdditiveTable,
    Method,
    Protection,
    TableCell,
    TableError,
    Total,
    feasible_ranges,
    hierarchy,
    suppress,
    two_way,
)


def row(*sizes: int) -> AdditiveTable:
    cells = [TableCell(f"k{at}", n) for at, n in enumerate(sizes)]
    return hierarchy(cells, {cell.key: "all" for cell in cells})


def test_one_hidden_cell_of_a_row_is_the_total_less_the_rest() -> None:
    found = feasible_ranges(row(3, 40, 25), ["k0"])["k0"]
    assert (found.low, found.high) == (3, 3)


def test_several_hidden_cells_of_a_row_share_what_is_missing() -> None:
    found = feasible_ranges(row(3, 40, 25), ["k0", "k1"])
    assert {(each.low, each.high) for each in found.values()} == {(0, 43)}


def test_a_cell_hidden_with_its_total_has_a_floor_and_no_upper_end() -> None:
    found = feasible_ranges(row(3, 40, 25), ["k0", "all"])
    assert (found["k0"].low, found["k0"].high) == (0, np.inf)
    assert (found["all"].low, found["all"].high) == (65, np.inf)


def test_a_rectangle_of_four_hides_a_cell_of_a_crossed_table() -> None:
    table = two_way(["a", "b", "c"], ["f", "m"], [[3, 9], [20, 30], [11, 10]])
    found = suppress(table)
    assert found.primary == ("a|f",)
    assert set(found.complementary) == {"a|m", "c|f", "c|m"}  # 30 persons; row b would cost 59
    assert found.ranges["a|f"].width >= 5
    assert found.verdict("a|m") is not None
    assert found.verdict("a|f") is None


def test_hiding_a_total_may_cost_less_than_hiding_cells() -> None:
    cells = [TableCell("a", 4), TableCell("b", 60), TableCell("c", 70)]
    cheap = hierarchy(cells, dict.fromkeys("abc", "all"))
    total = cheap.totals[0].cell
    cheap = AdditiveTable(
        cheap.base, (Total(TableCell(total.key, total.n, cost=1.0), cheap.totals[0].parts),)
    )
    assert suppress(cheap).complementary == ("all",)


def test_cells_that_are_few_together_take_a_third() -> None:
    assert suppress(row(1, 2, 30, 40)).complementary == ("k2",)
    assert suppress(row(1, 4, 30, 40)).complementary == ()
    assert suppress(row(1, 4, 30, 40), Protection(respondents=10)).complementary == ("k2",)


def test_nobody_is_never_hidden() -> None:
    assert suppress(row(3, 0, 0, 50)).complementary == ("k3",)


def test_what_nobody_sees_protects_for_nothing() -> None:
    cells = (TableCell("a", 3, is_confidential=True), TableCell("b", 20), TableCell("?", 9))
    parts = ("a", "b", "?")
    seen = AdditiveTable(cells, (Total(TableCell("all", 32), parts),))
    assert suppress(seen).complementary == ("?",)
    unseen = AdditiveTable(
        (*cells[:2], TableCell("?", 9, is_withheld=True)), (Total(TableCell("all", 32), parts),)
    )
    assert suppress(unseen).complementary == ()


@pytest.mark.parametrize("method", list(Method))
def test_weighted_tables_are_protected_at_their_own_scale(method: Method) -> None:
    sizes = {"a": 3, "b": 41, "c": 60, "d": 200}
    cells = [TableCell(key, n, 3.7e5 * n) for key, n in sizes.items()]
    found = suppress(hierarchy(cells, dict.fromkeys(sizes, "all")), method=method)
    assert found.complementary == ("b",)
    assert found.ranges["a"].width >= 5 * 3.7e5


def test_a_hidden_total_of_everything_leaves_no_upper_end() -> None:
    found = feasible_ranges(row(3, 40), ["k0", "all"])
    assert found["k0"].low == 0
    assert found["k0"].high == np.inf


@pytest.mark.parametrize("method", list(Method))
def test_what_cannot_be_protected_is_named(method: Method) -> None:
    fixed = [TableCell("a", 3, is_confidential=True), TableCell("b", 50, is_fixed=True)]
    table = AdditiveTable(tuple(fixed), (Total(TableCell("all", 53, is_fixed=True), ("a", "b")),))
    with pytest.raises(TableError, match=r"'a'|a …"):
        suppress(table, method=method)
    known = AdditiveTable((TableCell("a", 3, is_confidential=True, is_fixed=True),), ())
    with pytest.raises(TableError, match="'a' is confidential and known elsewhere"):
        suppress(known, method=method)


def test_without_confidential_cells_nothing_is_done() -> None:
    found = suppress(row(30, 40))
    assert (found.hidden, dict(found.ranges)) == (frozenset(), {})


@pytest.mark.parametrize(
    ("base", "totals", "said"),
    [
        ([("a", 3), ("a", 4)], [], "twice in the table: a"),
        ([("a", -3)], [], "'a' holds no number"),
        ([("a", 3)], [("all", 3, ("b",))], "adds up 'b'"),
        ([("a", 3)], [("all", 5, ("a",))], "'all' is not the sum"),
    ],
)
def test_what_is_no_table_is_refused(
    base: list[tuple[str, int]], totals: list[tuple[str, int, tuple[str, ...]]], said: str
) -> None:
    with pytest.raises(TableError, match=said):
        AdditiveTable(
            tuple(TableCell(*cell) for cell in base),
            tuple(Total(TableCell(key, n), parts) for key, n, parts in totals),
        )


def test_a_crossed_table_has_the_shape_that_was_announced() -> None:
    with pytest.raises(TableError, match="2 rows and 2 columns"):
        two_way(["a", "b"], ["f", "m"], [[1, 2, 3], [4, 5, 6]])


def test_only_cells_of_the_table_have_a_range() -> None:
    with pytest.raises(TableError, match="'z' is no cell"):
        feasible_ranges(row(3, 4), ["z"])
