"""Classes and numbers: what colour, what words."""

import colorsys

import pytest

from maps.classes import PALETTES, READINESS_BREAKS, class_index, fixed_classes
from maps.numbers import figure, interval, number
from maps.specification import Language, Unit


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (0.599, 0), (0.6, 1), (0.9, 4), (0.95, 5), (1, 5)]
)
def test_a_break_belongs_to_the_class_above(value: float, expected: int) -> None:
    assert class_index(value, fixed_classes()) == expected


def test_the_colour_never_contradicts_the_printed_figure() -> None:
    assert figure(0.89996, Unit.SHARE, Language.EN) == "90.0%"
    assert class_index(0.89996, fixed_classes()) == class_index(0.9, fixed_classes())


@pytest.mark.parametrize("breaks", [(0.5, 0.4), (0.5, 0.5), (0.0, 0.5), (0.5, 1.0)])
def test_breaks_rise_within_the_scale(breaks: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rise"):
        fixed_classes(breaks)


def test_more_classes_than_eyes_can_tell_are_refused() -> None:
    with pytest.raises(ValueError, match="between two and six"):
        fixed_classes((0.1, 0.2, 0.3, 0.4, 0.5, 0.6))


@pytest.mark.parametrize("palette", PALETTES.values())
def test_colours_only_get_darker_and_are_never_red(palette: tuple[str, ...]) -> None:
    rgb = [tuple(int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)) for c in palette]
    luminance = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in rgb]
    assert luminance == sorted(luminance, reverse=True)
    hues = [colorsys.rgb_to_hsv(r, g, b)[0] * 360 for r, g, b in rgb]
    assert all(50 < hue < 250 for hue in hues)


def test_words_on_dark_classes_are_light() -> None:
    dark = [c.is_dark for c in fixed_classes(READINESS_BREAKS)]
    assert dark == [False, False, False, True, True]


def test_vietnamese_numbers_use_comma_point_and_a_spaced_percent_sign() -> None:
    assert figure(0.864, Unit.SHARE, Language.VI) == "86,4\u00a0%"
    assert number(1234, Language.VI) == "1.234"
    assert interval(0.831, 0.897, Unit.SHARE, Language.VI) == "83,1–89,7\u00a0%"
    assert figure(7.25, Unit.SCORE, Language.VI) == "7,2"
    assert figure(1234567, Unit.COUNT, Language.VI) == "1.234.567"


def test_english_numbers_use_point_and_comma() -> None:
    assert figure(0.864, Unit.SHARE, Language.EN) == "86.4%"
    assert number(1234, Language.EN) == "1,234"
