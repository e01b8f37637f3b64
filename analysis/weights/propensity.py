"""Non-response by modelled propensity: who like you answered, and how representative they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray
from analysis.errors import WeightingError
from analysis.weights.diagnostics import Diagnostics
from analysis.weights.report import WeightStep, WeightSummary, as_floats
from analysis.weights.steps import nonresponse_adjustment

ROUNDS = 50
TOLERANCE = 1e-10
STEEP = 25.0  # a linear predictor beyond this is a propensity of 0 or 1 for a computer


class PropensityUse(StrEnum):
    """What is done with propensities: classes of equal weight (robust), or their inverse."""

    CLASSES = "classes"
    INVERSE = "inverse"


@dataclass(frozen=True, slots=True, eq=False)
class Propensity:
    """The response model: coefficients by name, propensities by row, and what they say.

    `r_indicator` = 1 - 2 S(propensity) is 1 when everybody answers alike and nearer to 0 the more
    response depends on the auxiliaries (Schouten, Cobben and Bethlehem 2009); `cuts` are the
    borders of the classes.
    """

    coefficients: dict[str, float]
    propensity: FloatArray
    r_indicator: float
    response_rate: float
    iterations: int
    cuts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PropensityStep:
    """The weights after the adjustment and the model behind them."""

    step: WeightStep
    model: Propensity


@checked
def propensity_adjustment(
    w: Sequence[float] | FloatArray | pd.Series,
    x: pd.DataFrame,
    responded: Sequence[bool] | BoolArray | pd.Series,
    eligible: Sequence[bool] | BoolArray | pd.Series | None = None,
    *,
    use: PropensityUse | str = PropensityUse.CLASSES,
    classes: int = 5,
    min_respondents: int = 20,
) -> PropensityStep:
    """Respondents carry the weight of those like them who did not answer.

    A logistic regression, weighted by `w`, gives each eligible row its propensity to respond.
    `classes` cuts it at weighted quantiles and adjusts within (Little 1986; Eltinge and Yansaneh
    1997), merging classes with fewer than `min_respondents`; `inverse` divides by it.

    Parameters
    ----------
    w : array
    x : DataFrame
        What is known of respondents and others; text columns count as classifications.
    responded, eligible : sequences of bool
    use : PropensityUse or str
    classes : int
    min_respondents : int

    Raises
    ------
    WeightingError
        An auxiliary is missing, or a value of one tells response for sure; the message names it.

    Examples
    --------
    >>> x = pd.DataFrame({"urban": [1, 1, 1, 1, 0, 0, 0, 0]})
    >>> made = propensity_adjustment([1] * 8, x, [1, 1, 1, 0, 1, 0, 1, 0], use="inverse")
    >>> made.step.weights.round(3).tolist()
    [1.333, 1.333, 1.333, 0.0, 2.0, 0.0, 2.0, 0.0]
    """
    before = as_floats(w, "w")
    answered = np.asarray(responded, dtype=bool)
    counted = np.ones(len(before), dtype=bool)
    if eligible is not None:
        counted = np.asarray(eligible, dtype=bool)
    if not len(x) == len(before) == len(answered) == len(counted):
        raise WeightingError("w, x, responded and eligible differ in length")
    if (answered & ~counted).any():
        row = int(np.flatnonzero(answered & ~counted)[0])
        raise WeightingError(f"row {row} responded but is marked ineligible")
    used = counted & (before > 0)
    columns = _model_columns(x, answered, used)
    model = _fit(columns, before, answered, used)
    if _use(use) is PropensityUse.INVERSE:
        after = np.where(answered, before / model.propensity, 0.0)
        step = WeightStep("non-response", after, WeightSummary.of(after))
    else:
        cuts = _cuts(model.propensity[used], before[used], classes)
        code = np.searchsorted(np.array(cuts), model.propensity, side="left")
        step = nonresponse_adjustment(
            before, code.tolist(), answered, counted, min_respondents=min_respondents
        )
        model = Propensity(
            model.coefficients,
            model.propensity,
            model.r_indicator,
            model.response_rate,
            model.iterations,
            cuts,
        )
    return PropensityStep(_described(step, before, answered, model), model)


def _use(use: PropensityUse | str) -> PropensityUse:
    try:
        return PropensityUse(use)
    except ValueError:
        raise WeightingError(f"use={use!r} is none of: {', '.join(PropensityUse)}") from None


def _described(
    step: WeightStep, before: FloatArray, answered: BoolArray, model: Propensity
) -> WeightStep:
    found = Diagnostics.of(
        np.where(answered, before, 0.0),
        np.where(answered, step.weights, 0.0),
        iterations=model.iterations,
    )
    note = (
        f"R-indicator {model.r_indicator:.3f}; propensities "
        f"{model.propensity[answered].min():.3f} to {model.propensity[answered].max():.3f}"
    )
    return WeightStep(
        step.name,
        step.weights,
        step.summary,
        merges=step.merges,
        notes=(*step.notes, note),
        diagnostics=found,
    )


def _model_columns(x: pd.DataFrame, answered: BoolArray, used: BoolArray) -> pd.DataFrame:
    """An intercept, numbers as they are, dummies of classifications without their first value."""
    parts = {"(Intercept)": np.ones(len(x))}
    for name in x.columns:
        values = x[name].reset_index(drop=True)
        if values[used].isna().any():
            row = int(np.flatnonzero(values.isna() & used)[0])
            raise WeightingError(f"auxiliary {name!r} is empty in row {row}")
        if pd.api.types.is_numeric_dtype(values):
            parts[str(name)] = np.where(used, values.to_numpy(dtype=np.float64, na_value=0.0), 0.0)
            continue
        for at, level in enumerate(sorted(values[used].unique(), key=str)):
            inside = (values == level).to_numpy() & used
            rate = answered[inside].mean()
            if rate in (0.0, 1.0):
                who = "nobody" if rate == 0 else "everybody"
                raise WeightingError(
                    f"{who} with {name} = {level!r} responded ({inside.sum()} rows): merge it "
                    "with another value, a propensity of 0 or 1 cannot be modelled"
                )
            if at:
                parts[f"{name}{level}"] = inside.astype(np.float64)
    return pd.DataFrame(parts)


def _fit(
    columns: pd.DataFrame, before: FloatArray, answered: BoolArray, used: BoolArray
) -> Propensity:
    """Weighted logistic regression by iteratively reweighted least squares."""
    x = columns.to_numpy()[used]
    w, r = before[used], answered[used].astype(np.float64)
    if r.all() or not r.any():
        raise WeightingError(
            f"{int(r.sum())} of {len(r)} eligible rows responded: nothing to model"
        )
    size = np.maximum(np.abs(x).max(axis=0), 1e-300)
    beta = np.zeros(x.shape[1])
    for rounds in range(1, ROUNDS + 1):  # noqa: B007 # the number of rounds is reported
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -STEEP, STEEP)))
        score = x.T @ (w * (r - p))
        information = (x * (w * p * (1 - p))[:, None]).T @ x
        step = np.linalg.lstsq(information / size / size[:, None], score / size, rcond=1e-12)[0]
        beta = beta + step / size
        if np.abs(step).max() < TOLERANCE or np.abs(x @ beta).max() > STEEP:
            break
    eta = x @ beta
    if np.abs(eta).max() > STEEP:
        worst = columns.columns[int(np.abs(beta * size).argmax())]
        raise WeightingError(f"{worst!r} tells response for sure; drop or merge it")
    p = 1 / (1 + np.exp(-eta))
    mean = float(w @ p / w.sum())
    propensity = np.full(len(before), np.nan)
    propensity[used] = p
    return Propensity(
        coefficients=dict(zip(columns.columns, beta.tolist(), strict=True)),
        propensity=np.where(used, propensity, 1.0),
        r_indicator=float(1 - 2 * np.sqrt(w @ (p - mean) ** 2 / w.sum())),
        response_rate=float(w @ r / w.sum()),
        iterations=rounds,
    )


def _cuts(propensity: FloatArray, w: FloatArray, classes: int) -> tuple[float, ...]:
    """Borders of classes that hold equal weight; equal propensities stay together."""
    if classes < 1:
        raise WeightingError(f"classes={classes} must be at least 1")
    order = np.argsort(propensity, kind="stable")
    share = np.cumsum(w[order]) / w.sum()
    at = np.searchsorted(share, np.arange(1, classes) / classes)
    return tuple(np.unique(propensity[order][at]).tolist())
