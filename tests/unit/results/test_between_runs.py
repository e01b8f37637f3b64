"""Two runs of a round beside each other, person by person."""

from copy import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.publication import Rule
from surveys.results.between_runs import ShownCell, Told, told_by_members
from surveys.results.cells import Computed, compute
from surveys.results.extract import RoundFrames
from surveys.results.membership import Membership, from_bytes, membership, name_of, to_bytes
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh
from tests.unit.results.test_recipes import cases, digital_form, form

PLAIN = Recipe(calibration="none")
WANTED = ("sat_overall", "smartphone_own", "equipped_hh", "first_gap")
SIZE = 240


def frames(left: tuple[int, ...] = ()) -> RoundFrames:
    """A round in which some households did not answer form B."""
    table = cases(["R" if at in left else "I" for at in range(SIZE)], psus=12)
    table["commune"] = np.where(np.arange(SIZE) % 12 < 6, "one", "two")
    answered = int(table["submission"].notna().sum())
    said = ["4" if at % 3 else "2" for at in range(answered)]
    sex = ["f" if at % 2 else "m" for at in range(answered)]
    answers = form(table, None, n_a18=1, used="no", overall=said, r_sex=sex)
    small = cases(["I"] * 40)
    return RoundFrames(digital_form(small, second={}), answers, (), "x")


class Made:
    """A run: who is behind it, and the cells that it shows."""

    def __init__(self, found: RoundFrames) -> None:
        weighted = weigh(found, PLAIN)
        self.computed: tuple[Computed, ...] = compute(weighted, Rule(), PLAIN, indicators=WANTED)
        self.members: Membership = membership(
            found, weighted, [each.definition for each in self.computed]
        )
        self.shown = [
            ShownCell(
                each.definition.id, cell.figure.category, cell.domain_type, (cell.figure.domain,)
            )
            for each in self.computed
            for cell in each.cells
        ]


def beside(before: Made, now: Made, floor: int = 5) -> tuple[Told, ...]:
    floors = dict.fromkeys(WANTED, floor)
    return told_by_members(before.members, now.members, before.shown, now.shown, floors)


@pytest.fixture(scope="module")
def first() -> Made:
    return Made(frames(left=(0, 2)))


@pytest.fixture(scope="module")
def exchanged() -> Made:
    """Two persons left, and two others came."""
    return Made(frames(left=(12, 14)))


def test_everybody_behind_a_figure_is_kept(first: Made) -> None:
    for each in first.computed:
        people = first.members[each.definition.weight.value]
        for cell in each.cells:
            inside = people.answered[name_of(each.definition.id, cell.figure.category)]
            if cell.domain_type != "round":
                inside = inside & (people.domain[cell.domain_type] == cell.figure.domain)
            assert inside.sum() == cell.figure.n


def test_what_is_kept_is_read_back_as_it_was(first: Made) -> None:
    content = to_bytes(first.members)
    assert to_bytes(from_bytes(content)) == content
    assert beside(first, first) == ()


def test_persons_exchanged_for_as_many_others_are_seen(first: Made, exchanged: Made) -> None:
    now = exchanged
    told = [each for each in beside(first, now) if each.whole == "round|"]
    assert {(each.persons, each.is_whole_now) for each in told} == {(2, True), (2, False)}
    assert {each.indicator for each in told} == {"sat_overall"}
    assert any(each.whole == "commune|one" for each in beside(first, now))


def test_as_many_as_the_floor_tell_of_nobody(first: Made) -> None:
    now = Made(frames(left=(0, 2, 1, 3, 5, 7, 9)))
    assert not [each for each in beside(first, now) if each.whole == "round|"]
    assert [each for each in beside(first, now, floor=10) if each.whole == "round|"]


def test_cells_that_nobody_sees_are_not_compared(first: Made, exchanged: Made) -> None:
    now = copy(exchanged)
    now.shown = [cell for cell in now.shown if cell.kind == "urban_rural"]
    told = beside(first, now)
    assert {each.whole for each in told if each.is_whole_now} <= {"urban_rural|rural"}


def test_a_group_of_communes_is_the_people_of_all_of_them(first: Made, exchanged: Made) -> None:
    now = exchanged
    both = ShownCell("sat_overall", "", "commune", ("one", "two"))
    told = told_by_members(first.members, now.members, [both], [both], {"sat_overall": 5})
    assert {each.whole for each in told} == {"commune|one+two"}


def test_two_persons_of_one_number_are_two(first: Made) -> None:
    found = frames()
    digital = found.digital
    assert digital is not None
    people = pd.concat([digital.tables["member"]] * 2, ignore_index=True)
    twice = replace(digital, tables={**digital.tables, "member": people})
    made = Made(replace(found, digital=twice))
    key = made.members["wA"].key
    assert len(np.unique(key)) == len(key)
