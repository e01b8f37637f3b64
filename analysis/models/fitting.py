"""Weighted fits of generalised linear models by iteratively reweighted least squares."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.errors import AnalysisError
from analysis.models.families import Family, Link

DEPENDENT = 1e-9  # what a column adds to the earlier ones, as a share of its length
HALVINGS = 25
WANDERS = 0.5  # eta that still moves so much when the deviance stands still has no finite limit


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Rows of a model: answer, matrix with the names of its columns, offset, family and link."""

    y: FloatArray
    x: FloatArray
    offset: FloatArray
    family: Family
    link: Link
    names: tuple[str, ...]
    tolerance: float = 1e-8
    max_iterations: int = 25
    allows_separation: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Coefficients with what the variance needs: eta, mu and the last working weights per row."""

    beta: FloatArray
    eta: FloatArray
    mu: FloatArray
    working: FloatArray
    deviance: float
    iterations: int


def fit(problem: Problem, w: FloatArray, start: FloatArray | None = None) -> Fit:
    """Maximise the weighted likelihood (McCullagh and Nelder 1989, 2.5).

    Stops when the deviance changes by less than `tolerance` of itself, as R's `glm.fit` does. With
    `allows_separation` the last step is taken as it is.

    Raises
    ------
    AnalysisError
        Columns are collinear, no valid mean is found, the search does not converge, or the answer
        is separated by the columns so that no finite coefficient fits it best.
    """
    rows = np.flatnonzero(w > 0)
    if len(rows) < len(w):
        y, x, offset = problem.y[rows], problem.x[rows], problem.offset[rows]
        part = _fit(replace(problem, y=y, x=x, offset=offset), w[rows], start)
        eta = problem.x @ part.beta + problem.offset
        working = np.zeros(len(eta))
        working[rows] = part.working
        return replace(part, eta=eta, mu=problem.link.inverse(eta), working=working)
    return _fit(problem, w, start)


def _fit(problem: Problem, w: FloatArray, start: FloatArray | None) -> Fit:
    family, link = problem.family, problem.link
    if start is None:
        with np.errstate(all="ignore"):
            eta = link.link(family.start(problem.y, w))
        if not np.isfinite(eta).all():
            raise AnalysisError(
                f"no start was found for the {family.name} family with link {link.name}; the "
                f"answers must be {family.needs}"
            )
    else:
        eta = problem.x @ start + problem.offset
    state = _State(problem, w, eta, start)
    number, is_still = 0, False
    while not is_still and number < problem.max_iterations:
        is_still, number = state.step(), number + 1
    state.check_limits()
    if not is_still and not problem.allows_separation:
        raise AnalysisError(
            f"the model did not converge in {number} steps; the coefficient of {state.moving} "
            "still moves. Leave out or join what it stands for"
        )
    return Fit(state.beta, state.eta, state.mu, state.working, state.deviance, number)


class _State:
    def __init__(
        self, problem: Problem, w: FloatArray, eta: FloatArray, start: FloatArray | None
    ) -> None:
        self.problem, self.w, self.eta = problem, w, eta
        self.mu = problem.link.inverse(eta)
        self.beta = np.zeros(problem.x.shape[1]) if start is None else start
        self.before, self.eta_before = self.beta, eta
        self.deviance = self._deviance()
        self.working = w

    def _deviance(self) -> float:
        with np.errstate(all="ignore"):
            return float(self.w @ self.problem.family.deviance(self.problem.y, self.mu))

    def step(self) -> bool:
        """One weighted least-squares step; True when the deviance stands still."""
        p = self.problem
        with np.errstate(all="ignore"):
            slope = p.link.slope(self.eta)
            self.working = self.w * slope**2 / p.family.variance(self.mu)
            z = self.eta - p.offset + (p.y - self.mu) / slope
        good = np.isfinite(z) & np.isfinite(self.working)
        if not good.all():
            raise AnalysisError("the model has no finite step; rescale its numeric columns")
        self.before, self.eta_before, old = self.beta, self.eta, self.deviance
        self.beta = least_squares(p.x, z, self.working, p.names)
        self._move()
        self._halve_if_invalid()
        return abs(self.deviance - old) / (abs(self.deviance) + 0.1) < p.tolerance

    def _move(self) -> None:
        self.eta = self.problem.x @ self.beta + self.problem.offset
        self.mu = self.problem.link.inverse(self.eta)
        self.deviance = self._deviance()

    def _halve_if_invalid(self) -> None:
        """Half the step while the means or the deviance are impossible."""
        for _ in range(HALVINGS):
            if self.problem.family.is_valid(self.mu).all() and np.isfinite(self.deviance):
                return
            self.beta = (self.beta + self.before) / 2
            self._move()
        raise AnalysisError(
            f"the {self.problem.family.name} family with link {self.problem.link.name} finds no "
            "valid means; choose another link"
        )

    def check_limits(self) -> None:
        """Refuse coefficients on their way to infinity."""
        p, drift = self.problem, np.abs(self.eta - self.eta_before)
        is_still = drift.max(initial=0.0) <= WANDERS
        if is_still or p.allows_separation or p.family.name == "gaussian":
            return
        raise AnalysisError(
            f"the answers are separated: everybody with a certain value of {self.moving} answered "
            "the same, so its coefficient has no finite estimate. Join its levels or leave it out"
        )

    @property
    def moving(self) -> str:
        """The column whose coefficient moved most in the last step, for its size."""
        size = np.sqrt((self.problem.x**2).mean(axis=0))
        step = np.abs(self.beta - self.before) * size
        slopes = step * (self.problem.x.std(axis=0) > 0)
        return self.problem.names[int((slopes if slopes.any() else step).argmax())]


def least_squares(
    x: FloatArray, z: FloatArray, w: FloatArray, names: tuple[str, ...]
) -> FloatArray:
    """Weighted least squares by QR.

    Raises
    ------
    AnalysisError
        A column is a combination of the columns before it; the message names it.
    """
    q, r = _decomposed(x, w, names)
    root = np.sqrt(w)
    return np.asarray(np.linalg.solve(r, q.T @ (root * z)))


def information_inverse(x: FloatArray, w: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """(X' W X)^-1."""
    _, r = _decomposed(x, w, names)
    inverse = np.linalg.solve(r, np.eye(len(r)))
    return np.asarray(inverse @ inverse.T)


def independent_columns(x: FloatArray, w: FloatArray) -> BoolArray:
    """Which columns are no combination of the columns before them."""
    kept = np.zeros(x.shape[1], dtype=bool)
    weighted = np.sqrt(w)[:, None] * x
    basis = np.zeros((len(x), 0))
    for at, column in enumerate(weighted.T):
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        size = np.linalg.norm(rest)
        if size > DEPENDENT * np.linalg.norm(column):
            kept[at] = True
            basis = np.column_stack([basis, rest / size])
    return kept


def _decomposed(
    x: FloatArray, w: FloatArray, names: tuple[str, ...]
) -> tuple[FloatArray, FloatArray]:
    weighted = np.sqrt(w)[:, None] * x
    if len(weighted) < x.shape[1]:
        raise AnalysisError(f"{len(weighted)} respondents cannot carry {x.shape[1]} coefficients")
    q, r = np.linalg.qr(weighted)
    size = np.sqrt((weighted**2).sum(axis=0))
    dependent = np.abs(np.diag(r)) <= DEPENDENT * size
    if dependent.any():
        column = names[int(dependent.argmax())]
        raise AnalysisError(
            f"{column} is a combination of the columns before it (collinear); leave it out"
        )
    return q, r


def null_deviance(problem: Problem, w: FloatArray, *, has_intercept: bool) -> float:
    """Of the model with the intercept (and offset) alone, or with neither."""
    with np.errstate(all="ignore"):
        if not has_intercept:
            mu = problem.link.inverse(problem.offset)
        elif problem.offset.any():
            null = replace(problem, x=np.ones((len(w), 1)), names=("(Intercept)",))
            mu = fit(null, w).mu
        else:
            mu = np.full(len(w), float(w @ problem.y / w.sum()))
        return float(w @ problem.family.deviance(problem.y, mu))
