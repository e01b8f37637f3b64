"""Ordered answers: the cumulative link model, with proportional odds as its best-known form."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.inference.moments import degrees_of_freedom, members
from analysis.influence import statistic_covariance
from analysis.models.columns import Column, Kind, as_class, label_of
from analysis.models.fitting import information_inverse
from analysis.models.formula import Formula, Frame
from analysis.models.latent import LAWS, LatentScale


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalRegression:
    """Slopes, then the cut points `level|next`; everything as in `Regression`.

    A positive slope moves answers towards higher levels. `df` = degrees of freedom of the design
    less the slopes.
    """

    formula: str
    link: str
    levels: tuple[str, ...]
    terms: tuple[str, ...]
    n_slopes: int
    estimate: FloatArray
    covariance: FloatArray
    df: float
    confidence: float
    n: int
    deviance: float
    naive: FloatArray = field(repr=False)
    design: Design = field(repr=False)
    frame: Frame = field(repr=False)
    term_of: tuple[int, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.estimate)

    @property
    def se(self) -> FloatArray:
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def t(self) -> FloatArray:
        return np.asarray(self.estimate / self.se)

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row per coefficient."""
        t = stats.t.ppf(0.5 + self.confidence / 2, self.df) if self.df > 0 else np.nan
        return pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.estimate,
                "se": self.se,
                "lower": self.estimate - t * self.se,
                "upper": self.estimate + t * self.se,
                "t": self.t,
                "df": self.df,
            }
        )


@checked
def ordinal_regression(
    design: Design, formula: str, *, link: str = "logistic", confidence: float = 0.95
) -> OrdinalRegression:
    """A cumulative link model, P(answer <= level) = F(cut(level) - x b), of an ordered answer.

    With F logistic: proportional odds (McCullagh 1980). Weighted likelihood maximised by Newton's
    method; variance of the scores through the observed information, by stages or replicates.

    Parameters
    ----------
    design : Design
    formula : str
        The answer is a column of three or more levels (numbers or ordered classes).
    link : {"logistic", "probit", "cloglog", "cauchit"}
    confidence : float

    Returns
    -------
    OrdinalRegression

    Raises
    ------
    AnalysisError
        Fewer than three levels occur, columns are collinear, or the search does not converge.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(9), "sat": [1, 1, 2, 2, 3, 3, 1, 3, 2],
    ...                      "age": [20, 30, 35, 40, 60, 50, 45, 55, 30.0]})
    >>> found = ordinal_regression(Design.from_frame(data, ids="psu"), "sat ~ age")
    >>> found.terms, found.estimate.round(3).tolist()
    (('age', '1|2', '2|3'), [0.202, 6.564, 9.367])
    """
    parts = OrdinalParts.of(design, formula, link)
    beta = parts.scale.maximise(parts.weights / parts.weights.mean())
    return parts.model_at(beta, confidence=confidence)


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalParts:
    """A cumulative link model before its coefficients are known."""

    design: Design
    formula: str
    link: str
    frame: Frame
    scale: LatentScale
    levels: tuple[str, ...]
    names: tuple[str, ...]
    term_of: tuple[int, ...]

    @classmethod
    def of(cls, design: Design, formula: str, link: str) -> OrdinalParts:
        """Read a formula on the rows of a design; errors as in `ordinal_regression`."""
        if link not in LAWS:
            raise AnalysisError(f"link={link!r} is none of: {', '.join(LAWS)}")
        read = Formula.read(formula)
        if read.response is None:
            raise AnalysisError(f"{formula!r} has no answer before the ~")
        frame = Frame.of(read, design.frame, np.flatnonzero(members(design)))
        matrix = frame.matrix()
        is_slope = np.array([term >= 0 for term in matrix.term])
        w = design.weights[frame.rows]
        if (w < 0).any():
            raise AnalysisError("a model takes no negative weights; calibrate with bounds")
        levels, y = _answers(frame, w)
        names = tuple(np.array(matrix.names, dtype=object)[is_slope])
        x = matrix.x[:, is_slope]
        _check_columns(x, w, names)
        return cls(
            design,
            formula,
            link,
            frame,
            LatentScale(x, y, len(levels), frame.offset, LAWS[link]),
            levels,
            names,
            (*(term for term in matrix.term if term >= 0), *([-1] * (len(levels) - 1))),
        )

    @property
    def weights(self) -> FloatArray:
        return self.design.weights[self.frame.rows]

    def model_at(self, beta: FloatArray, *, confidence: float) -> OrdinalRegression:
        """The model with these coefficients and their covariance there."""
        design, rows, w = self.design, self.frame.rows, self.weights
        scores, information = self.scale.derivatives(beta, w)
        naive = np.asarray(np.linalg.inv(information), dtype=np.float64)

        def statistic(weights: FloatArray) -> FloatArray:
            if weights is design.weights:
                return beta
            try:
                return self.scale.maximise(weights[rows] / weights[rows].mean(), beta)
            except AnalysisError:  # a replicate that cannot carry the model adds nothing
                return np.full(len(beta), np.nan)

        inside = np.flatnonzero(members(design))
        used = inside if design.replication is not None else rows
        return OrdinalRegression(
            formula=self.formula,
            link=self.link,
            levels=self.levels,
            terms=(*self.names, *(f"{a}|{b}" for a, b in pairwise(self.levels))),
            n_slopes=len(self.names),
            estimate=beta,
            covariance=statistic_covariance(design, statistic, rows, lambda: scores @ naive),
            df=degrees_of_freedom(design, used) - len(self.names),
            confidence=confidence,
            n=int((w > 0).sum()),
            deviance=-2 * self.scale.log_likelihood(beta, w / w.mean()),
            naive=naive,
            design=design,
            frame=self.frame,
            term_of=self.term_of,
        )


def _check_columns(x: FloatArray, w: FloatArray, names: tuple[str, ...]) -> None:
    """Collinear columns are named before the search meets them."""
    with_cut = np.column_stack([np.ones(len(x)), x])
    information_inverse(with_cut, (w > 0).astype(np.float64), ("the cut points", *names))


def _answers(frame: Frame, w: FloatArray) -> tuple[tuple[str, ...], IntArray]:
    response = frame.response
    assert response is not None
    if response.kind is Kind.NUMBER:
        response = as_class(pd.Series(response.values))
    held = Column(np.where(w > 0, response.values, np.nan), response.kind, response.levels)
    levels = held.present().levels
    if len(levels) < 3:
        raise AnalysisError(
            f"{frame.formula.text!r}: an ordered answer needs three levels, here are {len(levels)}"
        )
    place = {label_of(level): at for at, level in enumerate(levels)}
    own = np.array([place.get(label_of(level), 0) for level in response.levels], dtype=np.int64)
    return tuple(place), own[response.values.astype(np.int64)]
