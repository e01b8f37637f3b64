"""Two tables side by side: whose difference would tell of a few people."""

from analysis.publication import PublishedCell, PublishedTable, differencing


def people(first: int, last: int) -> frozenset[str]:
    return frozenset(f"p{number}" for number in range(first, last))


def table(name: str, **cells: frozenset[str]) -> PublishedTable:
    return PublishedTable(name, tuple(PublishedCell(key, who) for key, who in cells.items()))


def test_a_subset_that_leaves_three_people_is_told_with_both_cells() -> None:
    found = differencing(table("adults", a=people(0, 40)), table("phone", a=people(0, 37)))
    assert len(found) == 1
    assert (found[0].whole, found[0].parts, found[0].persons) == ("a", ("a",), 3)
    assert "less “a” (phone) tells of 3 persons" in found[0].verdict.reason_en
    assert "3 người" in found[0].verdict.reason_vi


def test_large_or_no_differences_are_no_matter() -> None:
    adults = table("adults", a=people(0, 40), b=people(40, 80))
    assert differencing(adults, table("phone", a=people(0, 30), b=people(40, 75))) == ()
    assert differencing(adults, adults) == ()


def test_two_runs_between_which_a_few_joined_and_a_few_left() -> None:
    found = differencing(table("May", a=people(0, 40)), table("June", a=people(2, 43)))
    assert [(each.whole_table, each.persons) for each in found] == [("June", 3), ("May", 2)]


def test_one_who_left_hides_among_many_who_joined() -> None:
    assert differencing(table("May", a=people(0, 40)), table("June", a=people(1, 60))) == ()


def test_a_cell_less_several_of_the_other_table() -> None:
    places = table("places", town=people(0, 100))
    communes = table("communes", a=people(0, 50), b=people(50, 98))
    found = differencing(places, communes)
    assert [(each.whole, each.parts, each.persons) for each in found] == [("town", ("a", "b"), 2)]


def test_totals_in_the_other_table_do_not_hide_it() -> None:
    places = table("places", town=people(0, 100))
    communes = table("communes", a=people(0, 50), b=people(50, 98), both=people(0, 98))
    assert {each.parts for each in differencing(places, communes)} == {("a", "b"), ("both",)}


def test_areas_may_stand_for_the_people_in_them() -> None:
    old = table("old communes", one=frozenset({"x", "y"}))
    new = table("new communes", one=frozenset({"x"}))
    sizes = {"x": 60, "y": 4}
    assert [each.persons for each in differencing(old, new, sizes=sizes)] == [4]
    assert differencing(old, new, sizes={"x": 60, "y": 5}) == ()


def test_the_floor_may_be_higher_for_what_is_sensitive() -> None:
    adults, phone = table("adults", a=people(0, 40)), table("phone", a=people(0, 33))
    assert differencing(adults, phone) == ()
    assert len(differencing(adults, phone, floor=10)) == 1
