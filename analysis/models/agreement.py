"""Agreement between two raters (kappa), and reliability of a scale of items (alpha)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.expressions import parse
from analysis.inference.moments import degrees_of_freedom, means, members, rows_with
from analysis.models.columns import Kind, column_of, evaluate, label_of

FLAT = 1e-24  # a variance of such figures below that is rounding


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One figure with its standard error and t interval."""

    name: str
    estimate: float
    se: float
    lower: float
    upper: float
    df: float
    n: int

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row."""
        return pd.DataFrame({name: [getattr(self, name)] for name in self.__slots__})


@checked
def kappa(design: Design, first: str, second: str, *, confidence: float = 0.95) -> Coefficient:
    """Cohen's kappa of two classifications by the same levels, (o - e) / (1 - e).

    o is the share on which both agree, e that expected if they were independent; variance by the
    delta method from the covariance of all shares (Lin et al. 2007). Who misses either is left out.

    Raises
    ------
    AnalysisError
        The classifications have different numbers of levels, or everybody is of one level.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(6), "a": list("yynnyn"), "b": list("yynnnn")})
    >>> round(kappa(Design.from_frame(data, ids="psu"), "a", "b").estimate, 3)
    0.667
    """
    ratings = [column_of(design.frame, name) for name in (first, second)]
    rows = rows_with(design, *(rating.values for rating in ratings))
    codes, sizes = [], []
    for name, rating in zip((first, second), ratings, strict=True):
        used = rating.take(rows)
        labels, code = np.unique(used.values, return_inverse=True)
        texts = [label_of(rating.levels[int(v)]) if rating.kind is Kind.CLASS else label_of(v)
                 for v in labels]  # fmt: skip
        if len(labels) < 2:
            raise AnalysisError(f"{name!r} has the single level {texts[0]}; no kappa")
        codes.append(code)
        sizes.append(len(labels))
    if sizes[0] != sizes[1]:
        raise AnalysisError(f"{first!r} has {sizes[0]} levels, {second!r} {sizes[1]}; no kappa")
    k = sizes[0]
    dummies = [(code[:, None] == np.arange(k)).astype(np.float64) for code in codes]
    agree = (codes[0] == codes[1]).astype(np.float64)
    found = means(design, rows, np.column_stack([*dummies, agree]))
    p, q, observed = found.value[:k], found.value[k : 2 * k], found.value[-1]
    chance = float(p @ q)
    by_chance = (observed - 1) / (1 - chance) ** 2
    gradient = np.concatenate([by_chance * q, by_chance * p, [1 / (1 - chance)]])
    variance = float(found.at(gradient[None, :])[0, 0])
    value = float((observed - chance) / (1 - chance))
    return _coefficient(design, "kappa", value, variance, n=len(rows), confidence=confidence)


@checked
def alpha(design: Design, items: Sequence[str], *, confidence: float = 0.95) -> Coefficient:
    """Cronbach's alpha of a scale, k / (k - 1) (1 - sum of the items' variances / that of the sum).

    Variances are those of the population, from who answered all items; the standard error is
    that of the linearised ratio, u = k / (k - 1) (V u_T - T u_V) / T^2 up to sign.

    Raises
    ------
    AnalysisError
        There are fewer than two items, or their sum does not vary.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(5), "a": [1, 2, 3, 4, 5], "b": [2, 2, 4, 4, 5]})
    >>> round(alpha(Design.from_frame(data, ids="psu"), ["a", "b"]).estimate, 3)
    0.964
    """
    k = len(items)
    if k < 2:
        raise AnalysisError("alpha needs two items or more")
    columns = [evaluate(parse(item), design.frame).values for item in items]
    rows = rows_with(design, *columns)
    x = np.column_stack([values[rows] for values in columns])
    both = np.column_stack([x, x.sum(axis=1)])
    w = design.weights[rows]
    squares = (both - w @ both / w.sum()) ** 2
    found = means(design, rows, np.column_stack([squares[:, :k].sum(axis=1), squares[:, -1]]))
    of_items, of_sum = found.value
    if not of_sum > 0:
        raise AnalysisError("the sum of the items does not vary; no alpha")
    factor = k / (k - 1)
    gradient = factor * np.array([[-1 / of_sum, of_items / of_sum**2]])
    value = factor * (1 - of_items / of_sum)
    variance = float(found.at(gradient)[0, 0])
    return _coefficient(design, "alpha", float(value), variance, n=len(rows), confidence=confidence)


def _coefficient(
    design: Design, name: str, value: float, variance: float, *, n: int, confidence: float
) -> Coefficient:
    df = degrees_of_freedom(design, np.flatnonzero(members(design)))
    # the score of one PSU about its own mean is zero by construction
    se = float(np.sqrt(variance)) if variance > FLAT else float("nan")
    t: FloatArray = stats.t.ppf(0.5 + confidence / 2, df) if df > 0 else np.array(np.nan)
    return Coefficient(name, value, se, value - float(t) * se, value + float(t) * se, df, n)
