"""What is hidden beside a confidential cell, over all tables of an indicator."""

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results.suppressing import Cells, Held, Place, hidden_beside

FLOOR = 5


def cells(
    communes: dict[str, int],
    places: dict[str, str],
    sexes: dict[str, int] | None = None,
) -> Cells:
    found = {Place("round", ""): sum(communes.values())}
    for domain, n in communes.items():
        found[Place("commune", domain)] = n
        if domain in places:
            key = Place("urban_rural", places[domain])
            found[key] = found.get(key, 0) + n
    for sex, n in (sexes or {}).items():
        found[Place("sex", sex)] = n
    return {place: Held(n, 0 < n < FLOOR) for place, n in found.items()}


def names(found: frozenset[Place]) -> set[str]:
    return {place.key for place in found}


def test_the_smallest_neighbour_of_the_same_place_is_hidden() -> None:
    places = {"a": "urban", "b": "urban", "c": "rural", "d": "rural"}
    given_ = cells({"a": 3, "b": 60, "c": 20, "d": 90}, places)
    assert names(hidden_beside(given_, places, FLOOR)) == {"commune|b"}


def test_without_confidential_cells_nothing_is_hidden() -> None:
    assert hidden_beside(cells({"a": 30, "b": 60}, {}), {}, FLOOR) == frozenset()


def test_two_small_cells_that_are_few_together_take_a_third() -> None:
    # the round less c and d would tell of three persons
    found = hidden_beside(cells({"a": 1, "b": 2, "c": 40, "d": 50}, {}), {}, FLOOR)
    assert names(found) == {"commune|c"}


def test_persons_of_unknown_sex_protect_as_nobody_sees_them() -> None:
    given_ = cells({"a": 50, "b": 50}, {}, sexes={"f": 3, "m": 80})
    assert hidden_beside(given_, {}, FLOOR) == frozenset()
    known = cells({"a": 50, "b": 50}, {}, sexes={"f": 3, "m": 97})
    assert names(hidden_beside(known, {}, FLOOR)) == {"sex|m"}


def test_where_nothing_can_be_shown_without_telling_nothing_is() -> None:
    only = cells({"a": 3}, {"a": "rural"})
    assert names(hidden_beside(only, {"a": "rural"}, FLOOR)) == set()
    assert all(held.is_confidential for held in only.values())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 9) | st.integers(0, 60), min_size=2, max_size=9),
    st.lists(st.booleans(), min_size=9, max_size=9),
)
def test_one_hidden_commune_is_never_what_is_missing_from_a_sum(
    sizes: list[int], is_urban: list[bool]
) -> None:
    communes = {f"c{at}": n for at, n in enumerate(sizes)}
    places = {name: "urban" if is_urban[at] else "rural" for at, name in enumerate(communes)}
    given_ = cells(communes, places)
    extra = hidden_beside(given_, places, FLOOR)
    hidden = {place for place, held in given_.items() if held.is_confidential} | extra
    for place in ("urban", "rural"):
        if Place("urban_rural", place) in hidden or Place("urban_rural", place) not in given_:
            continue
        inside = [
            held.n
            for key, held in given_.items()
            if key in hidden and key.kind == "commune" and places[key.domain] == place
        ]
        assert not inside or (len(inside) > 1 and sum(inside) >= FLOOR)
