"""What the engine refuses is said to a survey manager with a remedy, in both languages."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.weights import base_weights, nonresponse_adjustment, rake, sex_age_margin
from analysis.weights.raking import Margin
from surveys.results.weight_refusals import refusal_words
from tests.unit.results.test_recipes import cases

SAMPLE = cases(["I"] * 8)


def too_few() -> object:
    return nonresponse_adjustment([1, 1], ["a", "a"], [False, False])


def other_strata() -> object:
    counts = {("tầng khác", "f", "18-29"): 300.0}
    return sex_age_margin(["f"] * 30, ["18-29"] * 30, counts, area=["s1"] * 30)


def nobody_in_a_cell() -> object:
    return rake([1, 1], [Margin("sex x age", ["f", "f"], {"f": 60.0, "m": 40.0})])


def a_cell_without_benchmark() -> object:
    return rake([1, 1], [Margin("sex x age", ["f", "m"], {"f": 60.0})])


def a_benchmark_of_nobody() -> object:
    return rake([1, 1], [Margin("sex x age", ["f", "m"], {"f": 60.0, "m": 0.0})])


def infeasible() -> object:
    one = Margin("sex", ["f", "m"], {"f": 60.0, "m": 40.0})
    other = Margin("age", ["f", "m"], {"f": 40.0, "m": 60.0})
    return rake([1, 1], [one, other])


def no_probability() -> object:
    return base_weights([0.5, 1.5], [0.1, 0.1])


def an_empty_probability() -> object:
    return base_weights([0.5, float("nan")], [0.1, 0.1])


def a_village_in_two_strata() -> object:
    torn = SAMPLE.assign(stratum=[f"s{at}" for at in range(8)])
    return Design.from_frame(torn, ids="psu", strata="stratum", weights=np.ones(8))


def nobody_left() -> object:
    return Design.from_frame(SAMPLE, ids="psu", strata="stratum", weights=np.zeros(8))


def more_villages_than_there_are() -> object:
    few = SAMPLE.assign(all=2.0)
    return Design.from_frame(few, ids="psu", strata="stratum", weights=np.ones(8), fpc="all")


@pytest.mark.parametrize(
    ("attempt", "word", "remedy"),
    [
        (too_few, "Mới có 0 trong 2", "Chờ thêm phiếu"),
        (other_strata, "“s1 f 18-29”, trong khi 30 người", "tên tầng như trong tệp thôn"),
        (nobody_in_a_cell, "“m” có số dân đối chiếu nhưng chưa có ai", "Chờ thêm phiếu"),
        (a_cell_without_benchmark, "thiếu nhóm “m”", "nhập lại tệp số dân"),
        (a_benchmark_of_nobody, "số dân đối chiếu là 0", "nhập lại tệp số dân"),
        (infeasible, "Không tìm được trọng số khớp", "province"),
        (no_probability, "Xác suất chọn", "nhập lại mẫu"),
        (an_empty_probability, "Xác suất chọn", "nhập lại mẫu"),
        (a_village_in_two_strata, "Thôn “s1-v0” thuộc nhiều tầng", "nhập lại mẫu"),
        (nobody_left, "Không còn phiếu nào", "Chờ thêm phiếu"),
        (more_villages_than_there_are, "không khớp với số đã chọn", "nhập lại mẫu"),
    ],
)
def test_an_error_of_the_engine_is_a_sentence_with_a_remedy(
    attempt: Callable[[], object], word: str, remedy: str
) -> None:
    with pytest.raises(AnalysisError) as raised:
        attempt()
    said = refusal_words(raised.value)
    assert word in said["vi"]
    assert remedy in said["remedy_vi"]
    assert str(raised.value) not in said["vi"] + said["remedy_vi"] + said["en"]
    assert said["en"] != said["vi"]
    assert said["remedy_en"]


def test_an_error_nobody_foresaw_says_what_to_check_and_what_to_hand_on() -> None:
    said = refusal_words(AnalysisError("the moon is full"))
    assert "không khớp nhau" in said["vi"]
    assert said["remedy_vi"].endswith(": the moon is full")
