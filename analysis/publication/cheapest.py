"""The programmes behind complementary suppression: which cells may move, at the least loss.

A confidential cell is protected when the hidden cells can move, with all published figures as they
are, so that it rises by `up` and (in another movement) falls by `down`, up + down >= width. A
movement y keeps the sums of the table: relations · y = 0, and no cell falls below 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from analysis.arrays import BoolArray, FloatArray
from analysis.publication.tables import AdditiveTable, TableError

SECONDS: Final = 20.0
NEARLY_FREE: Final = 1e-6
MOVES: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Demand:
    """The place of a confidential cell, and how wide its range must be."""

    cell: int
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    amount: FloatArray
    loss: FloatArray
    may_move: BoolArray
    is_free: BoolArray

    @classmethod
    def of(cls, table: AdditiveTable) -> _Facts:
        cells = table.cells
        return cls(
            amount=np.array([cell.amount for cell in cells]),
            loss=np.array([cell.loss for cell in cells]),
            may_move=np.array([cell.n > 0 and not cell.is_fixed for cell in cells]),
            is_free=np.array([cell.is_confidential or cell.is_withheld for cell in cells]),
        )


def cheapest_path(table: AdditiveTable, demand: Demand, hidden: set[int]) -> set[int]:
    """The cells that the least costly pair of movements for one demand passes through.

    A linear relaxation: cost is loss times distance moved, hidden cells move for nearly nothing.
    """
    facts = _Facts.of(table)
    size = len(facts.amount)
    cost = np.where(facts.is_free, NEARLY_FREE, facts.loss)
    cost[list(hidden)] = NEARLY_FREE
    # per direction a rise and a fall of each cell: up-rise, up-fall, down-rise, down-fall
    relations = table.relations()
    both = sparse.hstack([relations, -relations])
    rows = sparse.block_diag([both, both])
    aim = np.zeros(4 * size)
    aim[[demand.cell, size + demand.cell]] = 1.0, -1.0
    aim[[2 * size + demand.cell, 3 * size + demand.cell]] = -1.0, 1.0
    top = np.where(facts.may_move, np.inf, 0.0)
    fall = np.where(facts.may_move, facts.amount, 0.0)
    found = linprog(
        np.tile(cost, 4),
        A_eq=sparse.csr_array(rows),
        b_eq=np.zeros(rows.shape[0]),
        A_ub=sparse.csr_array(-aim[None, :]),
        b_ub=[-demand.width],
        bounds=np.column_stack([np.zeros(4 * size), np.concatenate([top, fall, top, fall])]),
        method="highs",
    )
    if not found.success:
        key = table.cells[demand.cell].key
        raise TableError(f"cell {key!r} cannot be protected: nothing beside it may be hidden")
    moved = found.x.reshape(4, size).sum(axis=0) > MOVES * max(1.0, demand.width)
    moved &= ~np.array([cell.is_withheld for cell in table.cells])
    return set(np.flatnonzero(moved).tolist())


def cheapest_hiding(table: AdditiveTable, demands: Sequence[Demand], respondents: int) -> set[int]:
    """The further cells to hide, at the least loss over all demands together (exact)."""
    facts = _Facts.of(table)
    size, pairs = len(facts.amount), len(demands)
    unit = max(demand.width for demand in demands)  # so that the solver's tolerance is small
    amount = facts.amount / unit
    limit = np.maximum(amount, 2.0)
    flows = 2 * pairs
    n_all = size * (1 + flows)  # hidden or not, then a movement up and one down for each demand
    relations = table.relations()
    keeps = sparse.hstack(
        [
            sparse.csr_array((relations.shape[0] * flows, size)),
            sparse.block_diag([relations] * flows),
        ]
    )
    switch = sparse.vstack([sparse.diags_array(limit)] * flows)
    falls = np.tile(np.where(facts.may_move, amount, 0.0), flows)
    drop = sparse.vstack([sparse.diags_array(falls[:size])] * flows)
    moves = sparse.eye_array(size * flows)
    wide = np.zeros((pairs, n_all))
    for number, demand in enumerate(demands):
        wide[number, size * (1 + 2 * number) + demand.cell] = 1.0
        wide[number, size * (2 + 2 * number) + demand.cell] = -1.0
    free = facts.is_free.astype(np.float64)
    constraints = [
        LinearConstraint(sparse.csr_array(keeps), 0, 0),
        LinearConstraint(sparse.csr_array(sparse.hstack([-switch, moves])), -np.inf, 0),
        LinearConstraint(sparse.csr_array(sparse.hstack([drop, moves])), 0, np.inf),
        LinearConstraint(wide, [demand.width / unit for demand in demands], np.inf),
    ]
    together = _together(table, respondents, n_all)
    if together is not None:
        constraints.append(together)
    rise = np.where(facts.may_move, limit, 0.0)
    found = milp(
        np.concatenate([np.where(facts.is_free, 0.0, facts.loss), np.zeros(size * flows)]),
        constraints=constraints,
        bounds=Bounds(
            np.concatenate([free, -falls]),
            np.concatenate([np.where(facts.may_move, 1.0, free), np.tile(rise, flows)]),
        ),
        integrality=np.concatenate([np.ones(size), np.zeros(size * flows)]),
        options={"time_limit": SECONDS, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        names = ", ".join(table.cells[demand.cell].key for demand in demands[:3])
        raise TableError(f"the confidential cells ({names} …) cannot be protected together")
    chosen = (found.x[:size] > 0.5) & ~facts.is_free
    return set(np.flatnonzero(chosen).tolist())


def _together(table: AdditiveTable, respondents: int, width: int) -> LinearConstraint | None:
    """Hidden cells of one published total are about enough persons (or the total is hidden too)."""
    size = len(table.base)
    place = {cell.key: at for at, cell in enumerate(table.base)}
    rows = []
    for number, total in enumerate(table.totals):
        parts = [place[part] for part in total.parts]
        cells = [table.base[at] for at in parts]
        is_open = total.cell.is_withheld or any(cell.is_withheld for cell in cells)
        if is_open or not any(cell.is_confidential for cell in cells):
            continue
        row = np.zeros(width)
        row[parts] = [cell.n for cell in cells]
        row[size + number] = respondents
        rows.append(row)
    return LinearConstraint(np.array(rows), respondents, np.inf) if rows else None
