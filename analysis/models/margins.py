"""Predictions of a model, and predictive margins: means as if everybody were of one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.expressions import parse
from analysis.inference.moments import degrees_of_freedom, means
from analysis.models.columns import Column, Kind, evaluate, label_of
from analysis.models.families import LINKS
from analysis.models.regression import Regression, fitted

Scale = Literal["response", "link"]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Predicted values with their standard errors, one entry per label."""

    label: tuple[str, ...]
    estimate: FloatArray
    covariance: FloatArray
    lower: FloatArray
    upper: FloatArray
    df: float
    confidence: float

    def __len__(self) -> int:
        return len(self.estimate)

    @property
    def se(self) -> FloatArray:
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row per prediction."""
        return pd.DataFrame(
            {
                "label": self.label,
                "estimate": self.estimate,
                "se": self.se,
                "lower": self.lower,
                "upper": self.upper,
            }
        )


@checked
def predict(model: Regression, data: pd.DataFrame, *, scale: Scale = "response") -> Predictions:
    """What the model expects of people like the rows of `data`.

    eta = x b with V(eta) = x V(b) x'; on the response scale by the link, intervals transformed
    from the linear scale so that a share stays within 0..1. A row with a missing value gives nan.

    Raises
    ------
    AnalysisError
        A column is missing, or holds a level that did not occur where the model was fit.

    Examples
    --------
    >>> from analysis import Design
    >>> from analysis.models import regression
    >>> data = pd.DataFrame({"psu": range(6), "x": [1, 2, 3, 4, 5, 6.0], "y": [1, 3, 2, 5, 4, 7.0]})
    >>> model = regression(Design.from_frame(data, ids="psu"), "y ~ x")
    >>> predict(model, pd.DataFrame({"x": [10.0]})).estimate.round(3).tolist()
    [10.352]
    """
    if scale not in ("response", "link"):
        raise AnalysisError(f"scale={scale!r} is neither 'response' nor 'link'")
    frame = model.frame.on(data)
    x = frame.matrix().named(model.terms).x
    eta = x @ model.estimate + frame.offset
    covariance = x @ model.covariance @ x.T
    t = stats.t.ppf(0.5 + model.confidence / 2, model.df) if model.df > 0 else np.nan
    half = t * np.sqrt(np.diag(covariance))
    low, high, value = eta - half, eta + half, eta
    if scale == "response":
        link = LINKS[model.link]
        slope = link.slope(eta)
        covariance = covariance * slope * slope[:, None]
        value, low, high = link.inverse(eta), link.inverse(low), link.inverse(high)
    labels = tuple(str(label) for label in data.index)
    return Predictions(
        labels,
        value,
        covariance,
        np.minimum(low, high),
        np.maximum(low, high),
        model.df,
        model.confidence,
    )


@checked
def predictive_means(
    model: Regression, group: str, *, at: Sequence[object] | None = None
) -> Predictions:
    """Mean answer of the population as if everybody belonged to each group, other things as are.

    The group is added to the model; the mean of its predictions over the sample is taken with
    everybody set to the group (Graubard and Korn 1999). V = g' V(b) g + V(mean of predictions), the
    second as if the predictions were known: the form of R's `svypredmeans`.

    Parameters
    ----------
    model : Regression
        Without the group.
    group : str
        A column, or an expression such as `factor(wave)`.
    at : list, optional
        Groups (or values of a number); all that occur, in order of appearance, by default.

    Returns
    -------
    Predictions

    Raises
    ------
    AnalysisError
        As `regression`.

    Examples
    --------
    >>> from analysis import Design
    >>> from analysis.models import regression
    >>> data = pd.DataFrame({"psu": range(8), "x": [1, 2, 3, 4, 1, 3, 3, 5.0],
    ...                      "g": list("abababab"), "y": [1, 3, 2, 5, 2, 4, 3, 6.0]})
    >>> model = regression(Design.from_frame(data, ids="psu"), "y ~ x")
    >>> predictive_means(model, "g").estimate.round(2).tolist()
    [2.58, 3.92]
    """
    used = np.zeros(model.design.n_rows, dtype=bool)
    used[model.rows] = True
    design = model.design.subset(used)
    full = fitted(design, f"{model.formula} + {group}", model.options)
    label = str(parse(group))
    own = full.frame.variables.get(label)
    if own is None or (frozenset({label}) in model.frame.formula.terms):
        raise AnalysisError(f"{group!r} must be one variable that the model does not hold yet")
    data = design.frame.iloc[model.rows]
    groups = _groups(evaluate(parse(group), data), own, at)
    is_class = own.kind is Kind.CLASS
    names = tuple(label_of(own.levels[int(g)]) if is_class else label_of(g) for g in groups)
    link = LINKS[full.link]
    w = design.weights[model.rows]
    expected, gradient = [], []
    for value in groups:
        everybody = Column(np.full(len(data), value), own.kind, own.levels)
        frame = full.frame.on(data, instead={label: everybody})
        x = frame.matrix().named(full.terms).x
        eta = x @ full.estimate + frame.offset
        expected.append(link.inverse(eta))
        gradient.append((w * link.slope(eta)) @ x / w.sum())
    found = means(design, model.rows, np.column_stack(expected))
    g = np.stack(gradient)
    covariance = found.covariance + g @ full.covariance @ g.T
    df = degrees_of_freedom(design, model.rows)
    return _with_limits(names, found.value, covariance, df, confidence=model.confidence)


def _with_limits(
    names: tuple[str, ...],
    value: FloatArray,
    covariance: FloatArray,
    df: float,
    *,
    confidence: float,
) -> Predictions:
    t = stats.t.ppf(0.5 + confidence / 2, df) if df > 0 else np.nan
    half = t * np.sqrt(np.diag(covariance))
    return Predictions(names, value, covariance, value - half, value + half, df, confidence)


def _groups(column: Column, own: Column, at: Sequence[object] | None) -> list[float]:
    if at is None:
        if own.kind is Kind.CLASS:
            column = column.among(own.levels, "the group")
        seen = column.values[~np.isnan(column.values)]
        return [float(value) for value in dict.fromkeys(seen.tolist())]
    if own.kind is not Kind.CLASS:
        return [float(str(value)) for value in at]
    place = {label_of(level): number for number, level in enumerate(own.levels)}
    lost = [label_of(value) for value in at if label_of(value) not in place]
    if lost:
        raise AnalysisError(f"there is no group {lost[0]!r}; there are {', '.join(place)}")
    return [float(place[label_of(value)]) for value in at]
