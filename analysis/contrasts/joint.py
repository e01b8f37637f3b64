"""Several estimates of one design side by side, with what their covariance is made of.

Estimates of different calls (other variables, domains, waves, statistics) share PSUs, and so they
covary. A `Joint` holds the scores of all of them, summed to the last-stage units, or their
replicates; every contrast, difference and function comes from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.contrasts.mapped import Mapped
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.linear import MATRIX_LIMIT, Linear


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Labelled estimates (p of them) with scores or replicates. Make one with `joint`.

    `scores` and `present` are (last-stage units, p), `slopes` (columns of the auxiliaries, p) when
    weights were calibrated, `replicates` (p, replicates) under replicate weights. The other arrays
    are those of `Estimates`.
    """

    design: Design
    labels: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    df: FloatArray
    n: IntArray
    n_psu: IntArray
    n_strata: IntArray
    n_eff: FloatArray
    n_missing: IntArray
    flags: IntArray
    confidence: float
    scores: FloatArray
    present: BoolArray
    slopes: FloatArray | None
    replicates: FloatArray | None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def is_known(self) -> BoolArray:
        """Which estimates have a standard error."""
        return ~np.isnan(self.se)

    def position(self, label: str) -> int:
        """Where an estimate stands.

        Raises
        ------
        AnalysisError
            There is no such label, or several.
        """
        found = [at for at, known in enumerate(self.labels) if known == label]
        if len(found) != 1:
            known = ", ".join(self.labels[:8])
            raise AnalysisError(f"{len(found)} estimates are called {label!r} (there are {known})")
        return found[0]

    def mapped(self, matrix: FloatArray) -> Mapped:
        """Scores of linear combinations, the rows of `matrix` (k, p).

        The rules for lonely PSUs look at the strata where any of the estimates has members, so
        that a contrast is c'Vc with one V, as in R.
        """
        few = sparse.csr_array(matrix)  # most contrasts have few parts
        return Mapped(
            scores=np.asarray(self.scores @ few.T),
            present=self._anywhere(len(matrix)),
            slopes=None if self.slopes is None else np.asarray(self.slopes @ few.T),
            replicates=None if self.replicates is None else _combined(matrix, self.replicates),
        )

    def _anywhere(self, count: int) -> BoolArray:
        anywhere: BoolArray = np.asarray(self.present.any(axis=1))
        return np.repeat(anywhere[:, None], count, axis=1)

    @property
    def unmapped(self) -> Mapped:
        """The scores of the estimates themselves."""
        return Mapped(self.scores, self.present, self.slopes, self.replicates)

    def vcov(self) -> FloatArray:
        """Covariance matrix (p, p); nan where an estimate has no standard error.

        Examples
        --------
        >>> import pandas as pd
        >>> from analysis import Design, mean
        >>> data = pd.DataFrame({"psu": [1, 2, 3], "a": [1, 2, 6], "b": [0, 0, 3]})
        >>> design = Design.from_frame(data, ids="psu")
        >>> joint(mean(design, "a"), mean(design, "b")).vcov().round(3).tolist()
        [[2.333, 1.5], [1.5, 1.0]]
        """
        together = replace(self.unmapped, present=self._anywhere(len(self)))
        found = together.covariance(self.design, self.estimate)
        found[~self.is_known, :] = np.nan
        found[:, ~self.is_known] = np.nan
        return found


def _combined(matrix: FloatArray, replicates: FloatArray) -> FloatArray:
    """Combinations of replicates; what a combination does not use may be nan."""
    found = np.empty((len(matrix), replicates.shape[1]))
    for at, row in enumerate(matrix):
        used = np.flatnonzero(row)
        found[at] = row[used] @ replicates[used]
    return found


def labels_of(estimates: Estimates) -> tuple[str, ...]:
    """Names for entries: `api00`, `E` or `E:api00` for a domain, `stype[H]` for a level."""
    many = len(set(zip(estimates.variable, estimates.level, strict=True))) > 1
    found = []
    for domain, variable, level in zip(
        estimates.domain, estimates.variable, estimates.level, strict=True
    ):
        name = variable if level is None else f"{variable}[{text_of(level)}]"
        place = ".".join(text_of(value) for value in domain)
        found.append(":".join(part for part in (place, name if many or not place else "") if part))
    return tuple(found)


def text_of(value: object) -> str:
    """A domain value or level for people: 2.0 is written 2."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@checked
def joint(*estimates: Estimates, **named: Estimates) -> Joint:
    """Put estimates of one design side by side.

    Parameters
    ----------
    *estimates : Estimates
        Entries keep their labels: `api00`, `H`, `H:api00`, `stype[H]`.
    **named : Estimates
        Entries get the keyword before their label (`rich:api00`); a single entry gets it alone.

    Raises
    ------
    AnalysisError
        The estimates come from different designs, or were made without their scores.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import Design, mean, total
    >>> data = pd.DataFrame({"psu": [1, 2, 3], "a": [1, 2, 6], "b": [0, 0, 3]})
    >>> design = Design.from_frame(data, ids="psu")
    >>> joint(mean(design, "a"), all_of_b=total(design, "b")).labels
    ('a', 'all_of_b')
    """
    parts = [_one(found, labels_of(found)) for found in estimates]
    for name, found in named.items():
        labels = tuple(f"{name}:{label}" for label in labels_of(found))
        parts.append(_one(found, (name,) if len(found) == 1 else labels))
    if not parts:
        raise AnalysisError("give at least one table of estimates")
    return parts[0] if len(parts) == 1 else _side_by_side(parts)


def as_joint(of: Estimates | Joint | Mapping[str, Estimates] | Iterable[Estimates]) -> Joint:
    """A `Joint` from whatever a contrast may be asked of."""
    if isinstance(of, Joint):
        return of
    if isinstance(of, Estimates):
        return joint(of)
    if isinstance(of, Mapping):
        return joint(**{str(name): found for name, found in of.items()})
    return joint(*of)


def _one(estimates: Estimates, labels: tuple[str, ...]) -> Joint:
    linear = estimates.linear
    if linear is None:
        raise AnalysisError("these estimates were made without their scores; estimate them again")
    cells = len(estimates)
    if linear.design.stages[-1].n_units * cells > MATRIX_LIMIT:
        raise AnalysisError(f"scores of {cells} estimates do not fit; estimate fewer domains")
    scores, present = _dense(linear, cells)
    values = linear.replicates
    return Joint(
        design=linear.design,
        labels=labels,
        estimate=estimates.estimate,
        se=estimates.se,
        df=estimates.df,
        n=estimates.n,
        n_psu=estimates.n_psu,
        n_strata=estimates.n_strata,
        n_eff=estimates.n_eff,
        n_missing=estimates.n_missing,
        flags=estimates.flags,
        confidence=estimates.confidence,
        scores=scores,
        present=present,
        slopes=_slopes(linear, cells),
        replicates=None if values is None else values.reshape(cells, -1),
    )


def _dense(linear: Linear, cells: int) -> tuple[FloatArray, BoolArray]:
    units = linear.design.stages[-1].n_units
    scores, present = np.zeros((units, cells)), np.zeros((units, cells), dtype=bool)
    for block in linear.blocks:
        unit = linear.design.stages[-1].unit[block.scores.row]
        for position, item in enumerate(block.items):
            column = block.scores.domain * linear.n_items + item
            scores[unit, column] = block.scores.values[:, position]
            present[unit, column] = True
    return scores, present


def _slopes(linear: Linear, cells: int) -> FloatArray | None:
    if not linear.design.calibrations or linear.design.replication is not None:
        return None
    columns = sum(c.x.shape[1] for c in linear.design.calibrations)
    found = np.zeros((columns, cells))
    for block in linear.blocks:
        if block.slopes is None:
            raise AnalysisError("scores of a calibrated design lack their regression coefficients")
        for position, item in enumerate(block.items):
            found[:, item :: linear.n_items] = block.slopes[position]
    return found


def _side_by_side(parts: list[Joint]) -> Joint:
    first = parts[0]
    for other in parts[1:]:
        if not same_sample(first.design, other.design):
            raise AnalysisError(
                "the estimates come from different designs; make them from one design, with "
                "where= or by= for parts and waves of it"
            )
    slopes = [part.slopes for part in parts if part.slopes is not None]
    replicates = [part.replicates for part in parts if part.replicates is not None]
    return replace(
        first,
        labels=tuple(label for part in parts for label in part.labels),
        estimate=np.concatenate([part.estimate for part in parts]),
        se=np.concatenate([part.se for part in parts]),
        df=np.concatenate([part.df for part in parts]),
        n=np.concatenate([part.n for part in parts]),
        n_psu=np.concatenate([part.n_psu for part in parts]),
        n_strata=np.concatenate([part.n_strata for part in parts]),
        n_eff=np.concatenate([part.n_eff for part in parts]),
        n_missing=np.concatenate([part.n_missing for part in parts]),
        flags=np.concatenate([part.flags for part in parts]),
        scores=np.hstack([part.scores for part in parts]),
        present=np.hstack([part.present for part in parts]),
        slopes=np.hstack(slopes) if slopes else None,
        replicates=np.vstack(replicates) if len(replicates) == len(parts) else None,
    )


def same_sample(one: Design, other: Design) -> bool:
    """Whether two designs are one sample with one set of weights, whatever part each looks at."""
    return (
        one.stages is other.stages
        and one.replication is other.replication
        and one.lonely_psu is other.lonely_psu
        and len(one.calibrations) == len(other.calibrations)
        and (one.weights is other.weights or np.array_equal(one.weights, other.weights))
    )
