"""Weights of a round on hand-made frames."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.indices.definition import Weight
from analysis.publication import Rule
from surveys.results.cells import compute
from surveys.results.extract import CASE_COLUMNS, BenchmarkCell, FormFrames, RoundFrames
from surveys.results.recipe import Recipe
from surveys.results.recipes import eligible_share, household_chain, weigh
from surveys.results.response_rates import response_rates
from surveys.results.stored_settings import SettingRefused, settings_of
from tests.unit.results.fabric import member, person


def cases(groups: list[str], *, stratum: str = "s1", psus: int = 4) -> pd.DataFrame:
    """One household per letter of its group, in turn over the villages."""
    rows: list[dict[str, Any]] = [
        {
            "household": f"{stratum}-{at:03d}",
            "psu": f"{stratum}-v{at % psus}",
            "stratum": stratum,
            "commune": stratum,
            "urban_rural": "rural",
            "pi_psu": 0.5,
            "pi_hh": 0.1,
            "n_listed": 80,
            "stratum_psus": 40,
            "arm": "A",
            "disposition": "110" if group == "I" else "2111",
            "group": group,
            "submission": at if group in ("I", "P") else None,
            "n_visits": 1,
        }
        for at, group in enumerate(groups)
    ]
    frame = pd.DataFrame(rows, columns=list(CASE_COLUMNS))
    return frame.assign(submission=frame["submission"].astype("Int64"))


def form(
    table: pd.DataFrame,
    tables: dict[str, list[dict[str, Any]]] | None = None,
    **answers: list[Any] | str | int,
) -> FormFrames:
    names = table.loc[table["submission"].notna(), "household"].tolist()
    root = pd.DataFrame({"household": names, **answers}).set_index("household", drop=False)
    repeats = {name: pd.DataFrame(rows) for name, rows in (tables or {}).items()}
    return FormFrames(table, root, repeats, (), {})


def digital_form(table: pd.DataFrame, *, second: dict[str, Any]) -> FormFrames:
    """Households of a man who answers and a woman who does as `second` says."""
    members, blocks = [], []
    for name in table.loc[table["submission"].notna(), "household"]:
        for at, each in enumerate((member(1, sex="m"), member(2, sex="f"))):
            members.append({"household": name, "ordinal": at, **each})
        for at, block in enumerate((person(1), {**person(2), **second})):
            blocks.append({"household": name, "ordinal": at, **block})
    return form(table, {"member": members, "person": blocks}, hh_biz="no")


def test_respondents_carry_the_weight_of_refusals_and_the_ineligible_stay_out() -> None:
    chain = household_chain(cases([*"IIIIRRNNE"[:6], "NE"]), Recipe())
    assert chain.steps[0].weights.tolist() == [20.0] * 7
    assert chain.final.tolist() == [30.0] * 4 + [0.0] * 3


def test_households_of_unknown_eligibility_count_by_the_eligible_share() -> None:
    table = cases(["I", "I", "R", "NE", "UH", "UO"])
    assert eligible_share(table, np.full(6, 20.0)) == pytest.approx(0.75)
    chain = household_chain(table, Recipe())
    assert chain.final.sum() == pytest.approx(20 * (3 + 0.75 * 2))


def test_non_response_classes_may_be_villages() -> None:
    table = cases(["I", "I", "R", "I"], psus=2)  # v0: I, R; v1: I, I
    chain = household_chain(table, Recipe(nonresponse_classes="psu"))
    assert chain.final.tolist() == [40.0, 20.0, 0.0, 20.0]


def test_the_adult_who_was_drawn_stands_for_at_most_four() -> None:
    table = cases(["I"] * 8)
    satisfaction = form(table, n_a18=[1, 2, 3, 4, 5, 9, 2, 2], used="self", r_sex="f", r_by=1980)
    found = weigh(RoundFrames(None, satisfaction, (), "x"), Recipe())[Weight.RESPONDENT]
    assert (found.design.weights / 20).tolist() == [1, 2, 3, 4, 4, 4, 2, 2]
    assert any("capped at 4" in note for step in found.chain.steps for note in step.notes)


def test_persons_meet_the_benchmarks_of_their_stratum() -> None:
    table = cases(["I"] * 24)
    digital = digital_form(table, second={})
    cells = tuple(
        BenchmarkCell("s1", sex, "30-44", count, "usual_resident")
        for sex, count in (("m", 700), ("f", 500))
    )
    found = weigh(RoundFrames(digital, None, cells, "x"), Recipe())[Weight.PERSON]
    totals = pd.Series(found.design.weights).groupby(found.frame["sex"]).sum()
    assert totals.to_dict() == pytest.approx({"m": 700.0, "f": 500.0})
    assert found.is_raked
    assert len(found.design.calibrations) == 1


def test_without_benchmarks_members_nobody_answered_for_are_made_up_for_and_it_is_said() -> None:
    table = cases(["I"] * 12)
    names = table["household"].tolist()
    blank = {"a_go": "0", "a_by": "nobody", "a_phone": None, "a_net3m": None, "a_bank": None}
    digital = digital_form(table, second={})
    people = digital.tables["person"]
    absent = people["household"].isin(names[:6]) & people["p_no"].eq(2)
    people.loc[absent, list(blank)] = list(blank.values())
    people.loc[absent, ["a_wallet", "a_vneid"]] = None
    found = weigh(RoundFrames(digital, None, (), "x"), Recipe())[Weight.PERSON]
    totals = pd.Series(found.design.weights).groupby(found.frame["sex"]).sum()
    assert totals.to_dict() == pytest.approx({"m": 240.0, "f": 240.0})
    assert not found.is_raked


def test_self_respondents_stand_for_all_of_the_same_sex_age_and_phone() -> None:
    table = cases(["I"] * 20)
    digital = digital_form(table, second={"a_by": "proxy", "a_phone": "basic"})
    blocks = digital.tables["person"]
    own = blocks["p_no"].eq(2) & (np.arange(len(blocks)) // 2 < 8)
    blocks.loc[own, "a_by"] = "self"
    found = weigh(RoundFrames(digital, None, (), "x"), Recipe())[Weight.SELF]
    weights = pd.Series(found.design.weights)
    assert weights[found.frame["sex"].eq("f")].sum() == pytest.approx(400.0)
    assert weights[found.frame["sex"].eq("f")].unique() == pytest.approx([400 / 8])
    assert weights[found.frame["sex"].eq("m")].unique() == pytest.approx([20.0])


def test_a_handful_of_self_respondents_stands_for_nobody_and_stops_nothing() -> None:
    found = weigh(RoundFrames(digital_form(cases(["I"] * 2), second={}), None, (), "x"), Recipe())
    assert Weight.SELF not in found
    assert {Weight.HOUSEHOLD, Weight.PERSON} <= set(found)


def test_few_self_respondents_join_their_own_sex_and_age() -> None:
    table = cases(["I"] * 20)
    digital = digital_form(table, second={})
    blocks = digital.tables["person"]
    few = blocks["p_no"].eq(2) & (np.arange(len(blocks)) // 2 < 2)
    blocks.loc[few, "a_phone"] = "dk"
    found = weigh(RoundFrames(digital, None, (), "x"), Recipe())[Weight.SELF]
    merged = [(merge.cell, merge.into) for merge in found.chain.merges()]
    assert merged == [("f 30-44 unknown", "f 30-44 smart")]


def test_a_large_share_of_villages_brings_both_stages_into_the_variance() -> None:
    table = cases(["I"] * 24)
    digital = digital_form(table, second={})
    small = weigh(RoundFrames(digital, None, (), "x"), Recipe(finite_population=False))
    assert len(small[Weight.PERSON].design.stages) == 1
    large = weigh(RoundFrames(digital, None, (), "x"), Recipe())
    assert len(large[Weight.PERSON].design.stages) == 2


def test_a_stratum_of_one_village_is_collapsed_and_said() -> None:
    table = pd.concat([cases(["I"] * 9), cases(["I"] * 6, stratum="s2", psus=1)], ignore_index=True)
    table["submission"] = pd.array(np.arange(15), dtype="Int64")
    found = weigh(RoundFrames(digital_form(table, second={}), None, (), "x"), Recipe())
    assert len(found[Weight.PERSON].design.collapsed) == 1


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"trim": 3}, "trim"),
        ({"nonresponse_classes": "commune"}, "stratum"),
        ({"least_cell": "hai mươi"}, "int"),
        ({"finite_population": 1}, "bool"),
        ({"calibration": "magic"}, "raking"),
        ({"confidence": 1.0}, "confidence"),
        ({"confidence": float("nan")}, "confidence"),
        ({"trim_times": 1.1}, "trim_times"),
        ({"covariates": ["income"]}, "covariates"),
        ({"targets": {"sat_users": 180}}, "100"),
        ({"targets": {"sat_users": "85"}}, "100"),
    ],
)
def test_a_recipe_refuses_what_it_does_not_know(stored: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Recipe.of(stored)
    assert said in refused.value.vi
    assert said in refused.value.en


def test_a_round_may_set_thresholds_as_whole_numbers() -> None:
    assert settings_of(Rule, {"publish_n_eff": 40}).publish_n_eff == 40


def test_response_rates_leave_the_ineligible_out() -> None:
    table = cases(["I", "I", "I", "P", "R", "NC", "O", "UH", "NE"])
    whole = response_rates(table)[0]
    assert whole.rr1 == pytest.approx(3 / 8)
    assert whole.rr2 == pytest.approx(4 / 8)
    assert whole.rr3 == pytest.approx(3 / (7 + 7 / 8))
    assert whole.coop1 == pytest.approx(3 / 6)
    assert whole.con1 == pytest.approx(6 / 8)
    assert {rates.domain for rates in response_rates(table)} == {"", "s1"}


def test_a_round_where_nobody_gave_sex_or_age_is_estimated_all_the_same() -> None:
    table = cases(["I"] * 8)
    satisfaction = form(table, n_a18=1, used="self", overall="4")
    weighted = weigh(RoundFrames(None, satisfaction, (), "x"), Recipe())
    found = {each.definition.id: each for each in compute(weighted, Rule())}
    overall = found["sat_overall"].cells
    assert {cell.domain_type for cell in overall} == {"round", "commune", "urban_rural"}
    assert overall[0].figure.estimate == 100


def test_one_confidential_commune_hides_the_smallest_of_the_others() -> None:
    parts = [
        cases(["I"] * 3, stratum="s1", psus=3),
        cases(["I"] * 80, stratum="s2", psus=8),
        cases(["I"] * 60, stratum="s3", psus=8),
    ]
    table = pd.concat(parts, ignore_index=True)
    table["submission"] = pd.array(np.arange(len(table)), dtype="Int64")
    overall = ["4", "2"] * 72
    satisfaction = form(table, n_a18=1, used="self", overall=overall[: len(table)])
    weighted = weigh(RoundFrames(None, satisfaction, (), "x"), Recipe())
    found = {each.definition.id: each for each in compute(weighted, Rule())}["sat_overall"]
    shown = {
        cell.figure.domain: cell.verdict.shown.value
        for cell in found.cells
        if cell.domain_type == "commune"
    }
    assert {name for name, how in shown.items() if how == "none"} == {"s1", "s3"}
