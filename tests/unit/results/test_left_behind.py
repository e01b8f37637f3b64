"""R8: the parts of a group add up, and a group of a few persons hides another beside it."""

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from analysis.design import Design
from analysis.indices.definition import Weight
from analysis.publication import Rule
from analysis.weights import WeightChain
from maps.specification import Language
from surveys.results.between_villages import villages_apart
from surveys.results.left_behind import left_behind
from surveys.results.models import Run
from surveys.results.person_groups import group_columns
from surveys.results.reading import left_behind as reading
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted
from surveys.results.report.left_behind_sheet import left_behind_sheet
from surveys.results.report.words import Speaker
from surveys.results.report.workbook import SheetWriter

N = 600


def made(poor: int) -> dict[Weight, Weighted]:
    """600 adults in 60 villages of 4 communes; so many of them in poor households."""
    rng = np.random.default_rng(1)
    villages = np.repeat(np.arange(60), N // 60)
    apart = rng.normal(0, 0.15, 60)[villages]
    frame = pd.DataFrame(
        {
            "psu": villages,
            "commune": (villages // 15).astype(str),
            "household": np.arange(N),
            "persons_18": 1.0,
            "self_18": 1.0,
            "equipped": (rng.random(N) < 0.5 + apart).astype(float),
            "near_equipped": 1.0,
            "wants_help": (rng.random(N) < 0.4).astype(float),
            "sex_domain": np.where(np.arange(N) % 2, "f", "m"),
            "age_group": "30-44",
            "urban_rural": "rural",
            "poverty": np.where(np.arange(N) < poor, "poor", "neither"),
            "w": 1.0,
        }
    )
    frame["equipped_low"] = frame["equipped_high"] = frame["equipped"]
    design = Design.from_frame(frame, ids="psu", weights="w")
    both = Weighted(frame, design, WeightChain(), is_raked=False)
    return {Weight.PERSON: both, Weight.SELF: both}


def test_shares_of_groups_add_up_and_groups_of_everybody_are_left_out() -> None:
    rows = left_behind(made(200), Rule(), Recipe())
    assert {row["kind"] for row in rows} == {"sex", "poverty"}
    for kind in ("sex", "poverty"):
        here = [row for row in rows if row["kind"] == kind]
        assert sum(row["population_share"] for row in here) == pytest.approx(1)
        assert sum(row["of_not_ready"] for row in here) == pytest.approx(1)
    poor = next(row for row in rows if row["group"] == "poor")
    assert poor["population_share"] == pytest.approx(1 / 3)
    assert poor["ready"]["lower"] < poor["ready"]["estimate"] < poor["ready"]["upper"]


def test_a_group_of_a_few_tells_nothing_and_neither_does_the_one_beside_it() -> None:
    rows = [row for row in left_behind(made(4), Rule(), Recipe()) if row["kind"] == "poverty"]
    assert {row["group"] for row in rows} == {"poor", "neither"}
    for row in rows:
        assert row["ready"]["estimate"] is None, row
        assert row["population_share"] is None
        assert row["of_not_ready"] is None
        assert row["n"] is None
        assert row["ready"]["reason_vi"]


def test_the_report_has_a_sheet_of_it_and_withheld_cells_stay_out() -> None:
    run = Run(report={"left_behind": left_behind(made(4), Rule(), Recipe())})
    writer = SheetWriter(Workbook(), "x")
    left_behind_sheet(writer, reading.left_behind(run), Speaker(Language.VI, 0.95))
    rows = {row[0]: row for row in writer.sheet.iter_rows(values_only=True) if row[0]}
    assert rows["Nữ"][1] == pytest.approx(0.5, abs=0.01)
    assert rows["Hộ nghèo"][1:3] == ("..", "..")
    assert rows["Không nghèo, không cận nghèo"][1:3] == ("..", "..")


def test_the_spread_between_villages_is_found() -> None:
    told = villages_apart(made(0)[Weight.PERSON])["equipped"]
    assert told["villages"] == 60
    assert told["spread"] == pytest.approx(0.15, abs=0.05)


def test_answers_become_groups() -> None:
    people = pd.DataFrame(
        {"household": ["h1", "h1", "h2"], "a_educ": ["uni", None, "dk"], "a_limit": ["cannot"] * 3}
    )
    homes = pd.DataFrame({"equipped_hh": [1.0, 0.0]}, index=["h1", "h2"])
    root = pd.DataFrame({"hh_poor": ["near", "no"]}, index=["h1", "h2"])
    found = group_columns(people, homes, root)
    assert found["education"].dropna().tolist() == ["higher"]
    assert found["limitation"].tolist() == ["severe"] * 3
    assert found["poverty"].tolist() == ["near", "near", "neither"]
    assert found["near_equipped"].tolist() == [1.0, 1.0, 0.0]
