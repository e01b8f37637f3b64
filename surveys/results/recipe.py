"""How a round is estimated: every choice of its managers, as one frozen value. No pandas here.

A round keeps its choices, a run keeps those that it used; what is not set has the value below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from surveys.results.stored_settings import SettingRefused, settings_of


class Nonresponse(StrEnum):
    CLASSES = "classes"
    PROPENSITY = "propensity"


class Classes(StrEnum):
    STRATUM = "stratum"
    PSU = "psu"


class Calibrating(StrEnum):
    POST_STRATIFICATION = "post_stratification"
    RAKING = "raking"
    LINEAR = "linear"
    NONE = "none"


class Lonely(StrEnum):
    COLLAPSE = "collapse"
    ADJUST = "adjust"
    AVERAGE = "average"
    CERTAINTY = "certainty"
    FAIL = "fail"


class Variance(StrEnum):
    LINEARISED = "linearised"
    BOOTSTRAP = "bootstrap"


class ShareInterval(StrEnum):
    KORN_GRAUBARD = "korn_graubard"
    LOGIT = "logit"
    WILSON = "wilson"
    WALD = "wald"


class Publication(StrEnum):
    DESIGN = "design"
    NCHS = "nchs"
    CV_BANDS = "cv_bands"


class SmallArea(StrEnum):
    NONE = "none"
    ARCSINE = "arcsine"
    PLAIN = "plain"
    SPATIAL = "spatial"
    HIERARCHICAL = "hierarchical"


class Unsampled(StrEnum):
    """Which communes without a sample a model speaks of too."""

    NONE = "none"
    PROVINCE = "province"
    LIST = "list"


class Covariate(StrEnum):
    """What the frame knows of every commune, sampled or not."""

    URBAN = "urban"
    POPULATION = "population"
    VILLAGES = "villages"


CHOICES: Final[Mapping[str, type[StrEnum]]] = {
    "nonresponse": Nonresponse,
    "nonresponse_classes": Classes,
    "calibration": Calibrating,
    "lonely_psu": Lonely,
    "variance": Variance,
    "interval": ShareInterval,
    "publication": Publication,
    "small_area": SmallArea,
    "unsampled": Unsampled,
}


@dataclass(frozen=True, slots=True)
class Span:
    """What a number may be."""

    low: float
    high: float


SPANS: Final[Mapping[str, Span]] = {
    "least_cell": Span(1, 1000),
    "cap_adults": Span(1, 20),
    "trim_times": Span(0, 100),
    "replicates": Span(50, 5000),
    "seed": Span(0, 2**53),
    "confidence": Span(0.5, 0.999),
    "error_rate": Span(0.001, 0.5),
    "same_within": Span(0, 50),
    "lowest": Span(1, 1000),
    "compare_with": Span(0, 2**53),
}
LEAST_TRIM: Final = 1.5
INDICATOR_LENGTH: Final = 40
MOST_TARGETS: Final = 50


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices of a round; what the round does not set has these values.

    `trim_times` caps weights at so many times their median before they are calibrated (0: no cap);
    `frame_covers`: the sample was drawn from the communes without one as well;
    `same_within` is in points: a difference that surely stays below it is none; `lowest` is the k
    of "among the lowest k"; `targets` are in the unit of the screen (per cent, points);
    `compare_with` is an earlier round (0: none).
    """

    nonresponse: str = Nonresponse.CLASSES.value
    nonresponse_classes: str = Classes.STRATUM.value
    calibration: str = Calibrating.POST_STRATIFICATION.value
    least_cell: int = 20
    cap_adults: int = 4
    trim_times: float = 0.0
    finite_population: bool = True
    lonely_psu: str = Lonely.COLLAPSE.value
    variance: str = Variance.LINEARISED.value
    replicates: int = 500
    seed: int = 20260101
    interval: str = ShareInterval.KORN_GRAUBARD.value
    confidence: float = 0.95
    publication: str = Publication.DESIGN.value
    group_small: bool = True
    small_area: str = SmallArea.NONE.value
    covariates: tuple[str, ...] = (Covariate.URBAN.value,)
    unsampled: str = Unsampled.NONE.value
    frame_covers: bool = False
    benchmark: bool = True
    error_rate: float = 0.05
    same_within: float = 5.0
    lowest: int = 3
    targets: Mapping[str, float] = field(default_factory=dict)
    compare_with: int = 0

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Recipe:
        """From JSON of a round or of a run; raises `SettingRefused` naming what does not fit."""
        given = dict(stored)
        raked = given.pop("rake", True)  # how rounds and runs of before said it
        if raked is False:
            given.setdefault("calibration", Calibrating.NONE.value)
        if isinstance(given.get("covariates"), list):
            given["covariates"] = tuple(given["covariates"])
        recipe = settings_of(cls, given)
        _check_choices(recipe)
        _check_spans(recipe)
        _check_covariates(recipe)
        _check_targets(recipe.targets)
        return recipe

    def to_json(self) -> dict[str, Any]:
        """As rounds and runs store it: all choices, also those that nobody touched."""
        return {**asdict(self), "covariates": list(self.covariates), "targets": dict(self.targets)}

    @property
    def is_calibrated(self) -> bool:
        return self.calibration != Calibrating.NONE


def _check_choices(recipe: Recipe) -> None:
    for name, kind in CHOICES.items():
        allowed = [each.value for each in kind]
        if getattr(recipe, name) not in allowed:
            listed = ", ".join(allowed)
            raise SettingRefused(
                f"Thiết lập “{name}” là một trong: {listed}.",
                f"The setting “{name}” is one of: {listed}.",
                name=name,
            )


def _check_spans(recipe: Recipe) -> None:
    for name, span in SPANS.items():
        value = getattr(recipe, name)
        if not span.low <= value <= span.high:
            _out_of(name, f"{span.low:g}", f"{span.high:g}")
    if 0 < recipe.trim_times < LEAST_TRIM:
        _out_of("trim_times", f"{LEAST_TRIM:g}", "100")


def _out_of(name: str, low: str, high: str) -> None:
    raise SettingRefused(
        f"Thiết lập “{name}” phải từ {low} đến {high}.",
        f"The setting “{name}” must be from {low} to {high}.",
        name=name,
    )


def _check_covariates(recipe: Recipe) -> None:
    allowed = [each.value for each in Covariate]
    held = list(recipe.covariates)
    if any(each not in allowed for each in held) or any(held.count(each) > 1 for each in held):
        listed = ", ".join(allowed)
        raise SettingRefused(
            f"Thiết lập “covariates” chỉ gồm: {listed}.",
            f"The setting “covariates” holds only: {listed}.",
            name="covariates",
        )


def _check_targets(targets: Mapping[str, Any]) -> None:
    for indicator, value in targets.items():
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        fits = isinstance(indicator, str) and 0 < len(indicator) <= INDICATOR_LENGTH
        fits = fits and indicator.isprintable()
        if not (is_number and fits and 0 <= value <= 100) or len(targets) > MOST_TARGETS:
            raise SettingRefused(
                "Mỗi chỉ tiêu phấn đấu là một số từ 0 đến 100 (phần trăm hoặc điểm).",
                "Each target is a number from 0 to 100 (per cent or points).",
                name="targets",
            )


DEFAULTS: Final = Recipe()
