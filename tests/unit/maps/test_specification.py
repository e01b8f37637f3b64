"""What may stand on a map, and what cannot even be written down."""

import dataclasses
import math
from typing import Any

import pytest

from maps.specification import MapArea, Status, Unit
from tests.unit.maps.examples import AREAS, spec

REASON = {"reason_vi": "Chưa đủ mẫu.", "reason_en": "Sample too small."}


@pytest.mark.parametrize("status", [Status.UNPUBLISHED, Status.MISSING])
@pytest.mark.parametrize("figure", ["estimate", "lower", "upper"])
def test_a_withheld_figure_cannot_be_put_into_an_area(status: Status, figure: str) -> None:
    figures: dict[str, Any] = {figure: 0.5}
    with pytest.raises(ValueError, match="must stay away"):
        MapArea("16228", "xã Như Thanh", status, **figures, **REASON)


@pytest.mark.parametrize("status", [Status.CAUTION, Status.UNPUBLISHED, Status.MISSING])
def test_whoever_withholds_or_warns_says_why_in_both_languages(status: Status) -> None:
    figures = (0.5, 0.4, 0.6) if status is Status.CAUTION else (None, None, None)
    with pytest.raises(ValueError, match="both languages"):
        MapArea("16228", "xã Như Thanh", status, *figures, reason_vi="Chưa đủ mẫu.")


@pytest.mark.parametrize(
    ("estimate", "lower", "upper"),
    [
        (0.5, None, 0.6),
        (None, 0.4, 0.6),
        (0.7, 0.4, 0.6),
        (math.nan, 0.4, 0.6),
        (0.5, 0.4, math.inf),
    ],
)
def test_a_shown_figure_has_a_finite_interval_around_it(
    estimate: float | None, lower: float | None, upper: float | None
) -> None:
    with pytest.raises(ValueError, match="16228"):
        MapArea("16228", "xã Như Thanh", Status.PUBLISHED, estimate, lower, upper)


@pytest.mark.parametrize("code", ["", "16 228", '1"', "</script>", "${x}", "1" * 33])
def test_a_code_is_nothing_but_a_code(code: str) -> None:
    with pytest.raises(ValueError, match="area code"):
        MapArea(code, "xã Như Thanh", Status.MISSING, **REASON)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "x"])
def test_an_address_is_a_path_of_ours_or_http(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        MapArea("16228", "xã Như Thanh", Status.MISSING, url=url, **REASON)


def test_an_area_comes_once() -> None:
    with pytest.raises(ValueError, match="twice: 16228"):
        spec((AREAS[0], AREAS[0]))


def test_percent_given_for_a_share_is_refused() -> None:
    with pytest.raises(ValueError, match="not in percent"):
        spec((MapArea("16228", "xã Như Thanh", Status.PUBLISHED, 86.4, 83.1, 89.7),))


def test_a_text_in_one_language_only_is_refused() -> None:
    with pytest.raises(ValueError, match="note"):
        spec(note_en="")


def test_a_score_outside_the_classes_is_refused() -> None:
    area = MapArea("16228", "xã Như Thanh", Status.PUBLISHED, 7.5, 7.0, 8.0)
    with pytest.raises(ValueError, match="outside the classes"):
        spec((area,), unit=Unit.SCORE)


def test_an_area_cannot_be_changed_after_it_was_checked() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        AREAS[3].estimate = 0.5  # type: ignore[misc]  # the very thing that must not work
