"""What other weights of the sub-indices would do to the order of areas."""

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.indicators import satisfaction
from analysis.indicators.table import TABLE, read_own
from analysis.indices.figures import figures
from analysis.indices.sensitivity import (
    Draws,
    group_weights,
    sub_index_values,
    weight_sensitivity,
)


def values() -> pd.DataFrame:
    return pd.DataFrame(
        {"staff": [90.0, 80.0, 60.0, 61.0], "place": [70.0, 60.0, 60.5, 59.0]},
        index=["a", "b", "c", "d"],
    )


def moves(**options: object) -> list[float]:
    found = weight_sensitivity(
        values(),
        {"staff": 1, "place": 1},
        rng=np.random.default_rng(5),
        **options,  # type: ignore[arg-type] # by name
    )
    return [float(each) for each in found.rank_moves]


def test_an_area_that_is_better_in_everything_never_moves_and_near_ties_do() -> None:
    found = moves()
    assert found[0] == found[1] == 0
    assert 0 < found[2] < 1
    assert found[2] == found[3]


def test_wider_draws_move_more() -> None:
    wide = moves(kind=Draws.DIRICHLET, concentration=2.0)
    narrow = moves(kind=Draws.DIRICHLET, concentration=5000.0)
    assert wide[2] > narrow[2]
    assert moves(spread=0.9)[2] >= moves(spread=0.01)[2]


def test_the_same_seed_gives_the_same_answer() -> None:
    assert moves() == moves()


def test_classes_move_only_near_their_limits() -> None:
    found = weight_sensitivity(
        values(),
        {"staff": 1, "place": 1},
        rng=np.random.default_rng(5),
        cuts=(60.27, 79.9),
    )
    moved = dict(zip(found.area, found.class_moves, strict=True))
    assert moved["b"] == 0
    assert moved["a"] > 0
    assert moved["c"] > 0
    frame = found.to_frame()
    assert list(frame["rank"]) == [1, 2, 3, 4]
    assert (frame["best"] <= frame["rank"]).all()
    assert (frame["worst"] >= frame["rank"]).all()


def test_an_area_without_a_sub_index_is_left_out() -> None:
    table = values()
    table.loc["b", "place"] = np.nan
    found = weight_sensitivity(table, {"staff": 1, "place": 1}, rng=np.random.default_rng(5))
    assert found.area == ("a", "c", "d")


@pytest.mark.parametrize(
    ("weights", "options"),
    [
        ({"staff": 1}, {}),
        ({"staff": 1, "place": 0}, {}),
        ({"staff": 1, "place": 1}, {"spread": 1.5}),
        ({"staff": 1, "place": 1}, {"n_draws": 0}),
    ],
)
def test_senseless_weights_are_refused(
    weights: dict[str, float], options: dict[str, float]
) -> None:
    with pytest.raises(AnalysisError):
        weight_sensitivity(values(), weights, rng=np.random.default_rng(1), **options)  # type: ignore[arg-type] # by name


def answers() -> pd.DataFrame:
    rng = np.random.default_rng(9)
    size = 400
    items = [part.column.removeprefix("item_sat_") for part in TABLE["sat_users"].parts[:-1]]
    frame = pd.DataFrame({item: rng.choice(list("12345"), size) for item in items})
    frame = frame.assign(
        used="self", f5_know=rng.choice(["yes", "no"], size), r_sex="f", pay_x="none"
    )
    frame.loc[::7, "f1_1"] = "na"
    recoded = satisfaction.respondents(frame)
    return recoded.assign(psu=np.arange(size) // 10, commune=np.arange(size) // 100)


def test_sub_indices_with_their_weights_make_the_index() -> None:
    design = Design.from_frame(answers(), ids="psu")
    definition = TABLE["sat_users"]
    table = sub_index_values(design, definition, "commune")
    shares = group_weights(definition)
    assert shares == pytest.approx(dict.fromkeys(table.columns, 0.2))
    index = {f.domain: f.estimate for f in figures(design, definition, "commune")}
    again = (table * pd.Series(shares)).sum(axis=1)
    assert {str(area): value for area, value in again.items()} == pytest.approx(index)
    place = {f.domain: f.estimate for f in figures(design, TABLE["factor_place"], "commune")}
    assert table["factor_place"].tolist() == pytest.approx(list(place.values()))


def test_reversed_parts_and_steps_are_on_the_same_scale() -> None:
    own = read_own(
        'form = "B"\n[indicator.mix]\nvi = "a"\nen = "b"\nbase = "users"\nrule = "r"\n'
        'parts = ["mean_score_f3_1", "voice_know_users"]\nreversed = ["voice_know_users"]\n',
        "own.toml",
    ).definitions["mix"]
    design = Design.from_frame(answers(), ids="psu")
    table = sub_index_values(design, own, "commune")
    index = [f.estimate for f in figures(design, own, "commune")]
    assert (table * pd.Series(group_weights(own))).sum(axis=1).tolist() == pytest.approx(index)


def test_only_an_index_has_weights() -> None:
    with pytest.raises(AnalysisError, match="no index"):
        sub_index_values(Design.from_frame(answers(), ids="psu"), TABLE["wait_30"], "commune")
