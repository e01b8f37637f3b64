"""A design whose rows stay where they are stored, and its estimates from sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import (
    FloatArray,
    IntArray,
    codes_of,
    cross,
    first_rows,
    group_sum,
    sorted_codes,
    sums_by,
)
from analysis.calibration import Calibration, slopes
from analysis.cells import Cells, RatioSums
from analysis.design import Design
from analysis.domains import Domains, Missing, domains_of
from analysis.errors import AnalysisError, DesignError
from analysis.estimates import Estimates
from analysis.figures import Labels, Table
from analysis.linear import Block, Linear, block_variance
from analysis.lonely import LonelyPsu
from analysis.scale.frames import centres
from analysis.scale.plan import Item, Kind, Plan, Rows
from analysis.survey import Options, Statistic, finished
from analysis.tables import Linearised, count_members, describe, linearise
from analysis.variance import check_lonely


@dataclass(frozen=True, slots=True)
class CalibratedTo:
    """The cells that weights were raked or post-stratified to, and the weights before that.

    `columns` are the margins (one for post-stratification), missing where a row was in no cell.
    """

    columns: tuple[str, ...]
    before: str


@dataclass(frozen=True, slots=True, eq=False)
class StoredDesign:
    """How the rows of a store were drawn: strata, PSUs and final weights, by column name.

    `rows` is a `FrameRows`, a `DuckRows` or a `DaskRows`. The other fields are those of
    `Design.from_frame`. Rows are never fetched: a GROUP BY over PSUs and domains gives the sums
    from which every estimator of this module makes the same `Estimates` as the one in memory.

    Examples
    --------
    >>> from analysis.scale import FrameRows, mean
    >>> data = pd.DataFrame({"village": [1, 1, 2, 3], "w": [1.0] * 4, "y": [1, 2, 2, 3]})
    >>> design = StoredDesign(FrameRows(data), ids="village", weights="w")
    >>> mean(design, "y").estimate.tolist()
    [2.0]
    """

    rows: Rows
    ids: str
    weights: str
    strata: str | None = None
    fpc: str | None = None
    nest: bool = False
    lonely_psu: LonelyPsu | str = LonelyPsu.FAIL
    adjust_domain_lonely: bool = False
    calibrated: CalibratedTo | None = None


def estimate(
    design: StoredDesign, statistic: Statistic, items: tuple[Item, ...], options: Options
) -> Estimates:
    """Estimate items in all domains from one set of sums; see the public estimators."""
    plan, found = summed(design, items, options)
    size = len(found.domains)
    table = Table.blank(size, len(items))
    blocks = []
    for group in found.groups(len(items)):
        cells = found.cells(plan, group)
        check_lonely(found.design, cells.row)
        linearised = linearise(table, group, cells, is_total=statistic.is_total)
        block = found.block(plan, group, linearised)
        table.variance[:, list(group)] = block_variance(found.design, block, size)
        describe(found.design, table, group, cells)
        blocks.append(block)
    found.count_members(table)
    labels = Labels(
        statistic,
        options.by,
        found.domains.labels,
        tuple(item.variable for item in items),
        tuple(item.level for item in items),
    )
    linear = Linear(found.design, size, len(items), tuple(blocks))
    return finished(table, labels, linear, statistic, options)


def summed(design: StoredDesign, items: tuple[Item, ...], options: Options) -> tuple[Plan, Summed]:
    """What was asked of the store, and what it answered."""
    if not (options.where is None or isinstance(options.where, str)):
        raise AnalysisError("`where` names a true/false column of the store; make one in the query")
    plan = _plan(design, items, options)
    plan = plan.with_centres(centres(plan, design.rows.sample(plan.columns)))
    found = Summed.of(design, plan, design.rows.sums(plan), options.by)
    found.check_missing(plan, options.missing)
    return plan, found


def _plan(design: StoredDesign, items: tuple[Item, ...], options: Options) -> Plan:
    assert options.where is None or isinstance(options.where, str)
    margins = () if design.calibrated is None else design.calibrated.columns
    strata = () if design.strata is None else (design.strata,)
    plan = Plan(
        keys=tuple(dict.fromkeys((*strata, design.ids, *options.by, *margins))),
        weights=design.weights,
        items=items,
        where=options.where,
        before=None if design.calibrated is None else design.calibrated.before,
        fpc=design.fpc,
        is_listwise=options.missing is Missing.LISTWISE,
    )
    kinds = {name: design.rows.kind(name) for name in plan.columns}
    numbers = [plan.weights, plan.before, plan.fpc, *(item.below for item in items)]
    numbers += [item.column for item in items if item.matches is None]
    for name in numbers:
        if name is not None and kinds[name] is Kind.OTHER:
            raise AnalysisError(f"column {name!r} holds no numbers; use proportion or count")
    if plan.where is not None and kinds[plan.where] is Kind.OTHER:
        raise AnalysisError(f"`where` column {plan.where!r} is neither true/false nor a number")
    return plan


@dataclass(frozen=True, slots=True, eq=False)
class Summed:
    """The cells of a store as the rows of a small design."""

    design: Design
    domains: Domains
    sums: pd.DataFrame

    @classmethod
    def of(
        cls, stored: StoredDesign, plan: Plan, sums: pd.DataFrame, by: tuple[str, ...]
    ) -> Summed:
        if not len(sums):
            raise DesignError("the data hold no rows")
        _check_sums(stored, plan, sums)
        frame = pd.DataFrame({name: sums[f"key_{at}"] for at, name in enumerate(plan.keys)})
        if stored.fpc is not None:
            frame[stored.fpc] = sums["least"]
        design = Design.from_frame(
            frame,
            ids=stored.ids,
            strata=stored.strata,
            weights=sums["weight"].to_numpy(dtype=np.float64),
            fpc=stored.fpc,
            nest=stored.nest,
            lonely_psu=stored.lonely_psu,
            adjust_domain_lonely=stored.adjust_domain_lonely,
            calibrations=_calibrations(stored, frame, sums),
        )
        domains = domains_of(design, by, sums["inside"].to_numpy() > 0)
        return cls(design, domains, sums)

    def column(self, kind: str, item: int) -> FloatArray:
        return self.sums[f"{kind}_{item}"].to_numpy(dtype=np.float64)

    def check_missing(self, plan: Plan, missing: Missing) -> None:
        if missing is not Missing.FAIL:
            return
        inside = self.domains.code >= 0
        for at, item in enumerate(plan.items):
            lost = int((self.sums["inside"].to_numpy() - self.column("answers", at))[inside].sum())
            if lost:
                raise AnalysisError(
                    f"{item.variable!r} is missing in {lost} rows; choose missing='per_item' or "
                    "missing='listwise'"
                )

    def groups(self, count: int) -> tuple[tuple[int, ...], ...]:
        """Items that the same people answered, as far as counts and weights can tell."""
        found: dict[bytes, list[int]] = {}
        for at in range(count):
            key = b"".join(self.column(kind, at).tobytes() for kind in ("answers", "n", "w", "ww"))
            found.setdefault(key, []).append(at)
        return tuple(tuple(items) for items in found.values())

    def cells(self, plan: Plan, items: tuple[int, ...]) -> Cells:
        """Sums by pair of domain and PSU of those who answered."""
        rows = self.rows_of(items)
        stage = self.design.stages[0]
        pair, keys = codes_of(cross(self.domains.code[rows], stage.unit[rows], stage.n_units))

        def sums(kind: str) -> FloatArray:
            values = np.stack([self.column(kind, at)[rows] for at in items], axis=1)
            return group_sum(pair, len(keys), values)

        is_ratio = plan.items[items[0]].below is not None
        return Cells(
            row=rows[first_rows(pair, len(keys))],
            domain=keys // stage.n_units,
            n=sums("n")[:, 0],
            w=sums("w")[:, 0],
            ww=sums("ww")[:, 0],
            centre=np.array([plan.items[at].centre for at in items]),
            e=sums("e"),
            ee=sums("ee"),
            ratio=RatioSums(sums("x"), sums("ex"), sums("xx")) if is_ratio else None,
        )

    def rows_of(self, items: tuple[int, ...]) -> IntArray:
        return np.flatnonzero((self.domains.code >= 0) & (self.column("answers", items[0]) > 0))

    def block(self, plan: Plan, items: tuple[int, ...], found: Linearised) -> Block:
        """Scores, and for calibrated weights the regression of sums of d u in each cell."""
        if not self.design.calibrations:
            return Block(items, found.scores, None)
        rows = self.rows_of(items)
        domain, before = self.domains.code[rows], self.design.calibrations[0].before[rows]
        u = np.empty((len(rows), len(items)))
        for place, at in enumerate(items):
            centre = plan.items[at].centre
            x = self.column("d" if plan.items[at].below is None else "dx", at)[rows]
            u[:, place] = self.column("de", at)[rows] - (found.value[domain, place] - centre) * x
        with np.errstate(divide="ignore", invalid="ignore"):
            u = u * found.scale[domain] / before[:, None]
        u[~np.isfinite(u)] = 0.0
        return Block(items, found.scores, slopes(self.design, rows, domain, u, len(self.domains)))

    def count_members(self, table: Table) -> None:
        members = self.sums["members"].to_numpy(dtype=np.float64)
        rows = np.flatnonzero((self.domains.code >= 0) & (members > 0))
        domain = self.domains.code[rows]
        count = sums_by(domain, len(self.domains), members[rows])
        count_members(self.design, table, rows, domain, count)


def _check_sums(stored: StoredDesign, plan: Plan, sums: pd.DataFrame) -> None:
    bad, negative = int(sums["bad"].sum()), int(sums["negative"].sum())
    if bad:
        raise DesignError(f"weight column {stored.weights!r}: {bad} rows hold no finite number")
    if negative and stored.calibrated is None:
        raise DesignError(f"weight column {stored.weights!r}: {negative} rows are negative")
    if plan.fpc is not None and not np.isclose(sums["least"], sums["most"], rtol=1e-9).all():
        raise DesignError(f"fpc column {plan.fpc!r} changes within one PSU")
    for at, item in enumerate(plan.items):
        kinds = ("ee", "xx") if item.below is not None else ("ee",)
        if not all(np.isfinite(sums[f"{kind}_{at}"]).all() for kind in kinds):
            raise AnalysisError(
                f"column {item.column!r} holds a value too large to square (or infinite)"
            )


def _calibrations(
    stored: StoredDesign, frame: pd.DataFrame, sums: pd.DataFrame
) -> tuple[Calibration, ...]:
    if stored.calibrated is None:
        return ()
    before = sums["before"].to_numpy(dtype=np.float64)
    if not np.isfinite(before).all():
        raise DesignError(f"weight column {stored.calibrated.before!r} has gaps")
    codes = [sorted_codes(frame[name])[0] for name in stored.calibrated.columns]
    return (Calibration.from_cells(codes, before),)
