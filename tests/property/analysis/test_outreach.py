"""What holds for every plan of teams, whatever the needs and the scenario."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.outreach import HelpKind, Needs, OutreachRefused, Scenario, Travel
from analysis.outreach.calendar import stays_of
from analysis.outreach.limits import limits_of
from analysis.outreach.naive import equal_split, worst_first
from analysis.outreach.solving import Solved, solved
from analysis.outreach.yields import Steps, steps_of

people = st.floats(0, 500).map(round)
areas = st.lists(st.tuples(*[people] * 5), min_size=1, max_size=6)
scenarios = st.builds(
    Scenario,
    teams=st.integers(1, 3),
    days=st.integers(1, 6),
    helped=st.fixed_dictionaries({kind: st.integers(0, 40).map(float) for kind in HelpKind}),
    comes=st.sampled_from([0.05, 0.3, 1.0]),
    travel=st.sampled_from([0.0, 0.5, 1.0]),
    travel_rule=st.sampled_from(list(Travel)),
    most_days=st.integers(1, 4),
    least_days=st.integers(0, 2),
)


def solve(rows: list[tuple[int, ...]], scenario: Scenario) -> tuple[Needs, Steps, Solved] | None:
    names = tuple(f"c{n}" for n in range(len(rows)))
    needs = Needs(names, np.array([rows], dtype=float))
    steps = steps_of(needs, scenario)
    try:
        return needs, steps, solved(steps, limits_of(needs, scenario), scenario)
    except OutreachRefused:
        return None


@settings(max_examples=60, deadline=None)
@given(areas, scenarios)
def test_a_plan_keeps_every_limit(rows: list[tuple[int, ...]], scenario: Scenario) -> None:
    found = solve(rows, scenario)
    if found is None:
        return
    needs, steps, plan = found
    limits = limits_of(needs, scenario)
    assert (plan.days >= limits.low).all()
    assert (plan.days <= limits.high).all()
    assert plan.value <= plan.bound + 1e-6
    by_kind = steps.by_kind(plan.days)
    assert (by_kind.sum(axis=1) == plan.days).all()
    stays = stays_of(plan.by_team, by_kind, scenario)
    assert sum(sum(stay.days) for stay in stays) == plan.days.sum()
    for team in range(scenario.teams):
        own = [stay for stay in stays if stay.team == team]
        assert max((stay.end for stay in own), default=0) <= scenario.days
        assert all(a.end == b.start for a, b in pairwise(own))


@settings(max_examples=40, deadline=None)
@given(areas, scenarios)
def test_more_teams_or_days_never_reach_fewer(
    rows: list[tuple[int, ...]], scenario: Scenario
) -> None:
    found = solve(rows, scenario)
    if found is None:
        return
    for more in (
        replace(scenario, teams=scenario.teams + 1),
        replace(scenario, days=scenario.days + 1),
    ):
        other = solve(rows, more)
        assert other is not None
        # Days that reach hardly anybody are left out, at most 1e-4 people each.
        assert other[2].value >= found[2].value - 0.01


@settings(max_examples=40, deadline=None)
@given(areas, scenarios)
def test_no_naive_rule_exceeds_the_bound(rows: list[tuple[int, ...]], scenario: Scenario) -> None:
    found = solve(rows, scenario)
    if found is None:
        return
    needs, steps, _ = found
    limits = limits_of(needs, scenario)
    best = (
        solved(steps, limits, replace(scenario, teams=1, days=scenario.teams * scenario.days))
        if scenario.travel == 0
        else None
    )
    shares = needs.persons[0].sum(axis=1)
    for days in (worst_first(shares, limits, scenario), equal_split(limits, scenario)):
        cost = days.sum() + scenario.travel * (days > 0).sum()
        assert cost <= scenario.capacity + 1e-9
        assert (days >= limits.low).all()
        assert (days <= limits.high).all()
        if best is not None:
            assert steps.value(days) <= best.value + 0.01


def test_the_strategies_reach_plans_that_are_not_refused() -> None:
    scenario = Scenario(teams=1, days=3, helped={HelpKind.PHONE: 5.0}, travel=0.0)
    found = solve([(10, 0, 0, 0, 0)], scenario)
    assert found is not None
    assert found[2].value == pytest.approx(8.75)
