"""Small problems whose best plan is known by trying everything, and the refusals."""

import doctest
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from analysis.outreach import (
    AreaShares,
    HelpKind,
    Needs,
    OutreachRefused,
    Refusal,
    Scenario,
    Travel,
    needs_of,
    planned,
)
from analysis.outreach.calendar import cut
from analysis.outreach.limits import limits_of
from analysis.outreach.naive import cut_to_teams, equal_split, worst_first
from analysis.outreach.packing import given_out
from analysis.outreach.solving import solved
from analysis.outreach.yields import Ints, reach_of, reached, steps_of

HELPED = {HelpKind.PHONE: 10.0, HelpKind.INTERNET: 20.0, HelpKind.VNEID: 30.0}


def needs(*rows: tuple[float, float, float]) -> Needs:
    persons = np.array([[[*row, 0.0, 0.0] for row in rows]], dtype=float)
    return Needs(tuple(f"c{n}" for n in range(len(rows))), persons)


def best_of_all(given: Needs, scenario: Scenario) -> float:
    """Every way to give whole days of each team to each area and kind."""
    limits = limits_of(given, scenario)
    best = -1.0
    areas = len(given.areas)
    per_team = [
        days
        for days in product(range(scenario.most_days + 1), repeat=areas)
        if sum(n + scenario.travel * (n > 0) for n in days) <= scenario.team_capacity
    ]
    values = _values(given, scenario)
    for teams in product(per_team, repeat=scenario.teams):
        total = np.sum(teams, axis=0)
        if (total < limits.low).any() or (total > limits.high).any():
            continue
        best = max(best, sum(values[area][n] for area, n in enumerate(total)))
    return best


def _values(given: Needs, scenario: Scenario) -> list[list[float]]:
    """The most that n days reach in each area, over all ways to give them to three kinds."""
    out = []
    for area in range(len(given.areas)):
        best = [0.0] * (scenario.most_days + 1)
        for split in product(range(scenario.most_days + 1), repeat=3):
            if sum(split) <= scenario.most_days:
                by_kind = np.zeros((len(given.areas), 5), dtype=np.int64)
                by_kind[area, :3] = split
                value = float(reach_of(given, scenario, by_kind)[0, area].sum())
                best[sum(split)] = max(best[sum(split)], value)
        out.append(best)
    return out


@pytest.mark.parametrize("seed", range(12))
def test_the_plan_is_the_best_of_all_plans(seed: int) -> None:
    given = np.random.default_rng(seed)
    rows = given.integers(0, 90, size=(3, 3)).astype(float)
    scenario = Scenario(
        teams=2,
        days=int(given.integers(2, 5)),
        helped=HELPED,
        travel=float(given.choice([0.0, 0.5, 1.0])),
        travel_rule=Travel(str(given.choice(["visit", "change"]))),
        most_days=3,
        must_not=frozenset({"c1"}) if seed % 3 == 0 else frozenset(),
    )
    problem = needs(*(tuple(row) for row in rows))
    found = solved(steps_of(problem, scenario), limits_of(problem, scenario), scenario)
    assert found.value == pytest.approx(best_of_all(problem, scenario), abs=2e-3)
    assert found.bound == pytest.approx(found.value, abs=2e-2)


def test_a_stay_that_no_team_has_days_for_is_cut_only_where_it_pays() -> None:
    # Two teams of two days, half a day of travel: each has one whole day to give.
    problem = needs((0, 0, 300), (0, 0, 40), (0, 0, 20))
    scenario = Scenario(teams=2, days=2, helped=HELPED, travel=0.5, most_days=3)
    found = solved(steps_of(problem, scenario), limits_of(problem, scenario), scenario)
    assert found.value == pytest.approx(best_of_all(problem, scenario), abs=2e-3)
    assert (found.by_team.sum(axis=1) <= 1).all()


def test_each_day_reaches_fewer_and_never_more_than_there_are() -> None:
    people = np.array([25.0])
    gained = [reached(people, 10.0, day)[0] for day in range(30)]
    steps = np.diff(gained)
    assert (np.diff(steps) <= 1e-12).all()
    assert gained[1] == 10
    assert gained[-1] < 25


def limits_days(given: Needs, scenario: Scenario) -> Ints:
    found = solved(steps_of(given, scenario), limits_of(given, scenario), scenario)
    return found.days


def test_the_minimum_holds_also_for_a_commune_of_which_nothing_is_known() -> None:
    problem = needs((0, 0, 900), (0, 0, 1), (np.nan, np.nan, np.nan))
    scenario = Scenario(teams=1, days=6, helped=HELPED, travel=0.0, most_days=5, least_days=1)
    assert limits_days(problem, scenario).tolist() == [4, 1, 1]


def test_days_that_reach_nobody_are_not_given() -> None:
    problem = needs((0, 0, 20), (0, 0, 0))
    scenario = Scenario(teams=2, days=9, helped=HELPED, travel=0.0, most_days=5)
    assert limits_days(problem, scenario).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"must": frozenset({"c0"}), "must_not": frozenset({"c0"})}, Refusal.BOTH),
        ({"must": frozenset({"x"})}, Refusal.UNKNOWN_AREA),
        ({"least_days": 4, "most_days": 3}, Refusal.LEAST_OVER_MOST),
        ({"days": 1, "travel": 1.0}, Refusal.TOO_FAR),
        ({"least_days": 3}, Refusal.TOO_LITTLE),
        ({"must_not": frozenset({"c0", "c1", "c2"})}, Refusal.NOTHING_KNOWN),
        # Three stays of two days: without travel two teams of three days share one of them.
        ({"teams": 2, "days": 3, "least_days": 2, "travel": 0.0, "most_days": 2}, None),
        ({"teams": 2, "days": 3, "least_days": 1, "travel": 1.0}, Refusal.NO_CALENDAR),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_with_its_reason(
    change: dict[str, object], reason: Refusal | None
) -> None:
    problem = needs((10, 0, 0), (20, 0, 0), (30, 0, 0))
    given: dict[str, object] = {"teams": 1, "days": 4, "helped": HELPED, "travel": 0.5, **change}
    scenario = Scenario(**given)  # type: ignore[arg-type] # the cases name fields
    if reason is None:
        assert limits_days(problem, scenario).tolist() == [2, 2, 2]
        return
    with pytest.raises(OutreachRefused) as refused:
        limits_days(problem, scenario)
    assert refused.value.reason is reason


def test_naive_rules_keep_the_same_limits() -> None:
    problem = needs((10, 0, 0), (20, 0, 0), (30, 0, 0))
    scenario = Scenario(
        teams=1, days=5, helped=HELPED, travel=0.5, most_days=3, must_not=frozenset({"c0"})
    )
    limits = limits_of(problem, scenario)
    assert worst_first(np.array([0.9, 0.2, np.nan]), limits, scenario).tolist() == [0, 3, 1]
    assert equal_split(limits, scenario).tolist() == [0, 2, 2]


def area(code: str, share: float, se: float, population: float | None = 9000) -> AreaShares:
    parts = {HelpKind.PHONE: share / 2, HelpKind.VNEID: share / 2, HelpKind.EXPERIENCE: 0.1}
    return AreaShares(code, population, share, se, 200.0, parts, code)


def test_what_the_data_cannot_tell_apart_is_said() -> None:
    rows = [area("a", 0.5, 0.02), area("b", 0.3, 0.05), area("c", 0.3, 0.05), area("d", 0.02, 0.01)]
    scenario = Scenario(teams=1, days=4, helped=dict.fromkeys(HelpKind, 9000.0), most_days=2)
    plan = planned(rows, scenario, seed=1)
    chosen = {each.area: each.chosen for each in plan.areas}
    assert plan.redraws == 200
    assert chosen["a"] > 0.95
    assert chosen["d"] < 0.05
    assert {rows[p.inside].area for p in plan.pairs} | {
        rows[p.outside].area for p in plan.pairs
    } == {"b", "c"}
    assert 0.2 <= plan.pairs[0].chance <= 0.8


def test_a_plan_says_what_more_would_add_and_what_naive_rules_lose() -> None:
    rows = [area("a", 0.5, 0.02), area("b", 0.3, 0.02, 30_000), area("c", 0.6, 0.01, 100)]
    scenario = Scenario(teams=1, days=4, helped=dict.fromkeys(HelpKind, 300.0), most_days=3)
    plan = planned(rows, scenario, seed=1, redraws=20)
    assert plan == planned(rows, scenario, seed=1, redraws=20)
    assert min(plan.one_more_team, plan.one_more_day, plan.over_worst_first.value) > 0
    assert plan.over_equal_split.value >= 0
    assert plan.reach.lower < plan.reach.value < plan.reach.upper
    assert plan.bound == pytest.approx(plan.reach.value, rel=1e-4)
    assert sum(each.value for each in plan.by_kind) == pytest.approx(plan.reach.value)


def test_a_naive_rule_keeps_no_days_that_no_team_can_work() -> None:
    problem = needs(*[(0, 0, 180)] * 6)
    scenario = Scenario(teams=2, days=12, helped=HELPED)
    limits, gain = limits_of(problem, scenario), steps_of(problem, scenario).gain
    days = equal_split(limits, scenario)  # 21 days with 6 ways: half a day of one team is missing
    assert given_out(days, scenario) is None
    fewer = cut_to_teams(days, limits, gain, scenario)
    assert (int(fewer.sum()), given_out(fewer, scenario) is not None) == (20, True)
    assert cut_to_teams(fewer, limits, gain, scenario) is fewer


def test_areas_of_one_group_rise_and_fall_together() -> None:
    one = AreaShares("a", 1000, 0.4, 0.05, 90.0, {HelpKind.PHONE: 0.4}, "group")
    two = AreaShares("b", 2000, 0.4, 0.05, 90.0, {HelpKind.PHONE: 0.4}, "group")
    none = AreaShares("c", None, None, None, None, {}, "c")
    drawn = needs_of([one, two, none], draws=400, seed=3)
    assert np.allclose(drawn.persons[:, 1], 2 * drawn.persons[:, 0])
    assert np.isnan(drawn.persons[:, 2]).all()
    phone = drawn.persons[:, 0, 0] / 1000
    assert phone.mean() == pytest.approx(0.4, abs=0.01)
    assert phone.std() == pytest.approx(0.05, rel=0.12)


def test_the_example_on_the_page_runs() -> None:
    page = Path(__file__).parents[4] / "docs" / "outreach.md"
    assert doctest.testfile(str(page), module_relative=False).failed == 0


def test_stays_that_the_quick_rule_cannot_give_out_are_given_out_exactly() -> None:
    # Longest first puts 4 and 4 into one team, and then half a day is lost in both.
    days = np.array([2, 1, 4, 3, 1, 4, 1], dtype=np.int64)
    scenario = Scenario(teams=2, days=10, helped=HELPED, travel=0.5)
    assert cut(days, scenario) is None
    found = given_out(days, scenario)
    assert found is not None
    assert (found.sum(axis=0) == days).all()
    assert ((found + 0.5 * (found > 0)).sum(axis=1) <= 10).all()
