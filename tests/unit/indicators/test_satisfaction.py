"""Recoding of form B and the index of item means, on hand-made answers."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design
from analysis.indicators import satisfaction
from analysis.indicators.table import TABLE
from analysis.indices.definition import Source
from analysis.indices.figures import Figure, figures

SATISFACTION = [each for each in TABLE.values() if each.source is Source.SATISFACTION]
FACTORS = [TABLE[f"factor_{name}"] for name in ("place", "procedure", "staff", "result")]

USER: dict[str, Any] = {
    "used": "self",
    "r_sex": "m",
    "r_by": 1990,
    "today": "2026-05-01",
    "svc_office": "commune",
    "svc_trips": "t1",
    "svc_wait": "w15",
    "svc_got": "yes",
    "svc_ontime": "on",
    "f5_know": "yes",
    "f5_sent": "no",
    "overall": "4",
    "arm": "A",
    "list_a": "2",
    "pay_x": "none",
    **{part.column.removeprefix("item_sat_"): "4" for each in FACTORS for part in each.parts},
    **dict.fromkeys(("pol_1", "pol_2", "pol_3", "pol_4"), "3"),
}


def one(**answers: Any) -> dict[str, Any]:
    row: dict[str, Any] = (
        satisfaction.respondents(pd.DataFrame([{**USER, **answers}])).iloc[0].to_dict()
    )
    return row


def missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


@pytest.mark.parametrize(("step", "share"), [("5", 1), ("4", 1), ("3", 0), ("2", 0), ("1", 0)])
def test_satisfied_is_4_or_5_and_3_stays_in_the_base(step: str, share: int) -> None:
    assert one(f1_1=step)["item_sat_f1_1"] == share
    assert one(f1_1=step)["mean_score_f1_1"] == int(step)


@pytest.mark.parametrize("code", ["na", "dk", "ref", "", None])
def test_no_step_is_missing_and_never_dissatisfied(code: str | None) -> None:
    assert missing(one(f1_1=code)["item_sat_f1_1"])
    assert missing(one(overall=code)["sat_overall"])


def test_does_not_apply_is_counted_among_answers_only() -> None:
    assert one(f2_4="na")["na_f2_4"] == 1
    assert one(f2_4="3")["na_f2_4"] == 0
    assert missing(one(f2_4=None)["na_f2_4"])


def test_who_did_no_paperwork_counts_for_the_commune_and_not_among_users() -> None:
    row = one(used="house", f1_1="1")
    assert (row["users"], row["adults"], row["sat_overall"]) == (0, 1, 1)
    assert missing(row["item_sat_f1_1"])
    assert missing(row["voice_know_users"])
    assert row["voice_know"] == 1


@pytest.mark.parametrize(
    ("office", "inside"),
    [("commune", "commune"), ("province", "province"), ("police", "other"), ("other", "other")],
)
def test_offices_are_kept_apart(office: str, inside: str) -> None:
    row = one(svc_office=office)
    assert [row[f"users_{name}"] for name in ("commune", "province", "other")] == [
        float(name == inside) for name in ("commune", "province", "other")
    ]


def test_users_who_do_not_know_the_office_belong_to_none() -> None:
    row = one(svc_office="dk")
    assert row["users_commune"] + row["users_province"] + row["users_other"] == 0
    assert row["users"] == 1


@pytest.mark.parametrize(
    ("pay", "paid", "hinted"),
    [("none", 0, 0), ("hint", 0, 1), ("asked", 1, 1), ("own", 1, 0), ("ref", None, None)],
)
def test_paying_extra_and_being_hinted_at_are_two_things(
    pay: str, paid: int | None, hinted: int | None
) -> None:
    row = one(pay_x=pay)
    assert row["extra_paid"] == paid if paid is not None else missing(row["extra_paid"])
    assert row["extra_hinted"] == hinted if hinted is not None else missing(row["extra_hinted"])


@pytest.mark.parametrize(
    ("answers", "base", "value"),
    [
        ({"svc_ontime": "once"}, 1, 1),
        ({"svc_ontime": "early"}, 1, 1),
        ({"svc_ontime": "late"}, 1, 0),
        ({"svc_ontime": "nodate"}, 0, None),
        ({"svc_got": "no", "svc_ontime": None, "svc_due": "over"}, 1, 0),
        ({"svc_got": "no", "svc_ontime": None, "svc_due": "pending"}, 0, None),
        ({"svc_got": "back", "svc_ontime": None}, 0, None),
        ({"svc_ontime": "dk"}, 1, None),
    ],
)
def test_on_time_leaves_out_what_is_not_due(
    answers: dict[str, Any], base: int, value: int | None
) -> None:
    row = one(**answers)
    assert row["due"] == base
    assert missing(row["on_time_self"]) if value is None else row["on_time_self"] == value


def test_waiting_is_asked_of_those_who_went() -> None:
    assert one(svc_wait="w30")["wait_30"] == 1
    assert one(svc_wait="w15")["wait_30"] == 0
    assert missing(one(svc_trips="t0", svc_wait=None)["wait_30"])


def test_every_indicator_of_the_table_has_its_columns() -> None:
    frame = satisfaction.respondents(pd.DataFrame([USER]))
    for definition in SATISFACTION:
        assert {*definition.columns, definition.base.id} <= set(frame.columns), definition.id


def design_of(rows: list[dict[str, Any]], **columns: Any) -> Design:
    frame = satisfaction.respondents(pd.DataFrame(rows)).assign(**columns)
    frame["psu"] = np.arange(len(frame)) % 8
    return Design.from_frame(frame, ids="psu")


def figure(design: Design, indicator: str, by: str | None = None, domain: str = "") -> Figure:
    found = [each for each in figures(design, TABLE[indicator], by) if each.domain == domain]
    assert len(found) == 1
    return found[0]


def people(count: int, **answers: Any) -> list[dict[str, Any]]:
    return [{**USER, **answers} for _ in range(count)]


def test_each_item_of_a_factor_stands_on_its_own_base() -> None:
    # 40 answer both items of the place, 40 more only the first: (0.75 + 0.5) / 2
    rows = [
        *people(20, f1_1="5", f1_2="5"),
        *people(20, f1_1="5", f1_2="2"),
        *people(20, f1_1="4", f1_2="na"),
        *people(20, f1_1="2", f1_2="dk"),
    ]
    place = figure(design_of(rows), "factor_place")
    assert place.estimate == pytest.approx(100 * (0.75 + 0.5) / 2)
    assert place.n == 80


def test_the_index_weighs_five_factors_equally_and_an_item_never_counts_twice() -> None:
    rows = [
        *people(20, f1_1="2", f1_2="2"),
        *people(20, f5_know="no"),
        *people(20, f3_0="1", f1_0="1"),  # the overall items are no part of it
    ]
    index = figure(design_of(rows), "sat_users")
    factors = [figure(design_of(rows), factor.id).estimate or 0 for factor in FACTORS]
    voice = figure(design_of(rows), "voice_know_users").estimate or 0
    assert index.estimate == pytest.approx((sum(factors) + voice) / 5)
    assert index.estimate == pytest.approx((200 / 3 + 100 + 100 + 100 + 200 / 3) / 5)


def test_an_item_with_under_30_answers_makes_the_index_of_that_area_unavailable() -> None:
    rows = [*people(40), *people(29), *people(11, f4_2="na")]
    design = design_of(rows, commune=["a"] * 40 + ["b"] * 40)
    assert figure(design, "sat_users", "commune", "a").estimate == pytest.approx(100)
    thin = figure(design, "sat_users", "commune", "b")
    assert thin.estimate is None
    assert "few_answers" in thin.flags
    assert figure(design, "factor_place", "commune", "b").estimate is not None


def test_all_five_factors_are_needed_in_the_area_and_not_in_each_person() -> None:
    rows = [*people(40), *people(40, f4_1=None, f4_2=None)]
    assert figure(design_of(rows), "sat_users").estimate == pytest.approx(100)
    nobody = people(80, f4_1=None, f4_2=None)
    assert figure(design_of(nobody), "sat_users").estimate is None


def test_the_error_of_an_index_of_one_item_is_that_of_its_mean() -> None:
    rng = np.random.default_rng(7)
    answers = [{**USER, "f1_1": str(step), "f1_2": "na"} for step in rng.integers(1, 6, 240)]
    design = design_of(answers)
    share = figure(design, "item_sat_f1_1")
    twice = [{**row, "f1_2": row["f1_1"]} for row in answers]
    index = figure(design_of(twice), "factor_place")
    assert index.estimate == pytest.approx(100 * (share.estimate or 0))
    assert index.se == pytest.approx(100 * (share.se or 0))
    assert index.deff == pytest.approx(share.deff)


def test_the_list_question_is_a_difference_of_means_with_its_own_error() -> None:
    rows = [
        *people(40, arm="A", list_a="1"),
        *people(40, arm="A", list_a="2"),
        *people(40, arm="B", list_a=None, list_b="2"),
        *people(40, arm="B", list_a=None, list_b="1"),
        *people(40, arm="B", list_a=None, list_b="3"),
    ]
    found = figure(design_of(rows), "extra_paid_list")
    assert found.estimate == pytest.approx(2.0 - 1.5)
    assert found.n == 200


def test_limits_of_a_score_stay_on_the_scale() -> None:
    rows = [*people(79), *people(1, f1_1="1", f1_2="1")]
    place = figure(design_of(rows), "factor_place")
    assert place.interval == "t_logit"
    assert 0 < (place.lower or 0) < (place.estimate or 0) < (place.upper or 0) <= 100
