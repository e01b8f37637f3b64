"""R's way to the likelihood interval of a share, from the same equation that the engine solves.

R takes the signed root of the deviance at up to nine steps on either side, lays a cubic spline
through them (its ends as Forsythe, Malcolm and Moler have them), reads three points per step off
it and joins these by straight lines. Near shares of 0 and 1 that moves a limit by some per cent.
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

STEPS = 9


def profile_limits(
    y: np.ndarray, w: np.ndarray, se: float, df: float, level: float, *, is_replicated: bool
) -> tuple[float, float]:
    """Limits of the share of ones in y, with its standard error.

    R's dispersion is n / (n - 1), and 1 under replicate weights.
    """
    n, p = len(y), float(w @ y / w.sum())
    lam = information(y, w) * se**2 / (p * (1 - p)) ** 2
    t = stats.t.ppf((1 + level) / 2, df) * np.sqrt(lam)
    reach = np.sqrt(stats.f.isf(stats.norm.cdf(-t) / 2, 1, n - 1))
    width = reach / 5 * se / (p * (1 - p))
    centre = special.logit(p)
    points, roots = [centre], [0.0]
    for sign in (-1, 1):
        root = 0.0
        for step in range(1, STEPS + 1):
            if abs(root) >= reach:
                break
            points.append(centre + sign * step * width)
            root = sign * signed_root(p, points[-1], n if is_replicated else n - 1)
            roots.append(root)
    order = np.argsort(points)
    x, y = np.array(points)[order], np.array(roots)[order]
    fine = np.linspace(x[0], x[-1], 3 * len(x))
    lower, upper = np.interp([-t, t], spline(x, y, fine), fine)
    return float(special.expit(lower)), float(special.expit(upper))


def information(y: np.ndarray, w: np.ndarray) -> float:
    """Of the logit in R's last round but one: it stops when the deviance moves by 1e-8."""
    w = w / w.mean()
    mu = (w * y + 0.5) / (w + 1)
    eta, before = special.logit(mu), np.inf
    deviance = np.sum(w * (special.kl_div(y, mu) + special.kl_div(1 - y, 1 - mu)))
    found = np.nan
    while abs(deviance - before) / (deviance + 0.05) > 1e-8:
        weight = w * mu * (1 - mu)
        found = float(weight.sum())
        eta = np.full(len(y), weight @ (eta + (y - mu) / (mu * (1 - mu))) / found)
        mu, before = special.expit(eta), deviance
        deviance = np.sum(w * (special.kl_div(y, mu) + special.kl_div(1 - y, 1 - mu)))
    return found


def signed_root(p: float, eta: float, size: int) -> float:
    """Root of the deviance from the estimate over the dispersion, n / size."""
    q = special.expit(eta)
    rest = special.kl_div(p, q) + special.kl_div(1 - p, 1 - q)
    return float(np.sqrt(max(2 * size * rest, 0.0)))


def spline(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Cubic spline whose outer third derivatives are those of cubics through four end points."""
    h, size = np.diff(x), len(x)
    slope = np.diff(y) / h
    bend = np.diff(slope)
    matrix, right = np.zeros((size, size)), np.zeros(size)
    for i in range(1, size - 1):
        matrix[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = bend[i - 1]
    matrix[0, :2], matrix[-1, -2:] = (-h[0], h[0]), (h[-1], -h[-1])
    if size > 3:
        first = bend[1] / (x[3] - x[1]) - bend[0] / (x[2] - x[0])
        last = bend[-1] / (x[-1] - x[-3]) - bend[-2] / (x[-2] - x[-4])
        right[0] = first * h[0] ** 2 / (x[3] - x[0])
        right[-1] = -last * h[-1] ** 2 / (x[-1] - x[-4])
    c = np.linalg.solve(matrix, right)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, size - 2)
    step = at - x[i]
    b = slope[i] - h[i] * (c[i + 1] + 2 * c[i])
    return np.asarray(y[i] + step * (b + step * (3 * c[i] + step * (c[i + 1] - c[i]) / h[i])))
