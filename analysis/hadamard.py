"""Hadamard matrices: rows of +1 and -1 that are orthogonal, for balanced half samples."""

from __future__ import annotations

import numpy as np

from analysis.arrays import IntArray


def hadamard(least: int) -> IntArray:
    """A Hadamard matrix of order `least` or the next that can be built, first row all ones.

    Paley's two constructions over primes, doubled (Sylvester) as often as it takes; the order is
    a multiple of 4 (or 1 or 2) and seldom more than 4 above `least`.

    >>> H = hadamard(11)
    >>> H.shape, bool((H @ H.T == 12 * np.eye(12)).all())
    ((12, 12), True)
    """
    order = max(1, least)
    while (found := _of_order(order)) is None:
        order += 1
    return np.asarray(found * found[0], dtype=np.int64)


def _of_order(order: int) -> IntArray | None:
    if order in (1, 2):
        return np.array([[1, 1], [1, -1]], dtype=np.int64)[:order, :order]
    if order % 4:
        return None
    if _is_prime(order - 1):
        return _paley_one(order - 1)
    if (order // 2 - 1) % 4 == 1 and _is_prime(order // 2 - 1):
        return _paley_two(order // 2 - 1)
    half = _of_order(order // 2)
    return None if half is None else np.block([[half, half], [half, -half]])


def _paley_one(q: int) -> IntArray:
    """Order q + 1 for a prime q = 3 mod 4."""
    skew = np.zeros((q + 1, q + 1), dtype=np.int64)
    skew[0, 1:], skew[1:, 0] = 1, -1
    skew[1:, 1:] = _residues(q)
    return np.asarray(skew + np.eye(q + 1, dtype=np.int64))


def _paley_two(q: int) -> IntArray:
    """Order 2 (q + 1) for a prime q = 1 mod 4."""
    size = q + 1
    inner = np.zeros((size, size), dtype=np.int64)
    inner[0, 1:], inner[1:, 0] = 1, 1
    inner[1:, 1:] = _residues(q)
    return np.asarray(
        np.kron(inner, np.array([[1, 1], [1, -1]]))
        + np.kron(np.eye(size, dtype=np.int64), np.array([[1, -1], [-1, -1]]))
    )


def _residues(q: int) -> IntArray:
    """Jacobsthal's matrix: is i - j a square modulo q?"""
    sign = np.full(q, -1, dtype=np.int64)
    sign[np.unique(np.arange(1, q) ** 2 % q)] = 1
    sign[0] = 0
    place = np.arange(q)
    return np.asarray(sign[(place[:, None] - place) % q])


def _is_prime(number: int) -> bool:
    return number > 2 and all(number % k for k in range(2, int(number**0.5) + 1))
