"""The sampling design: which rows were drawn how, checked once, then carried by every estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, names, numbers_in
from analysis.design_columns import (
    check_columns,
    check_signs,
    check_stages,
    check_truth,
    in_order,
    labelled_once,
    weights_of,
)
from analysis.drawn_replicates import Drawing, drawn_replication
from analysis.errors import DesignError
from analysis.given_replicates import Scaling, as_matrix, given_replication
from analysis.lonely import LonelyPsu, rule_of
from analysis.pps import Pps
from analysis.replication import Replication
from analysis.resampling import Resampling
from analysis.stages import CollapsedStratum, Stage, build_stages, collapse_lonely, unit_stage

if TYPE_CHECKING:
    from analysis.calibration import Calibration
    from analysis.within import Within


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A sample with its design. Make one with `Design.from_frame`; it never changes."""

    frame: pd.DataFrame
    weights: FloatArray
    stages: tuple[Stage, ...]
    strata: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    lonely_psu: LonelyPsu = LonelyPsu.FAIL
    adjust_domain_lonely: bool = False
    calibrations: tuple[Calibration, ...] = ()
    domain: BoolArray | None = None
    collapsed: tuple[CollapsedStratum, ...] = ()
    replication: Replication | None = None
    within: tuple[Within, ...] = ()

    @classmethod
    @checked
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        ids: str | Sequence[str] | None = None,
        strata: str | Sequence[str] | None = None,
        weights: str | FloatArray | None = None,
        fpc: str | Sequence[str] | None = None,
        nest: bool = False,
        pps: Pps | str | None = None,
        lonely_psu: LonelyPsu | str = LonelyPsu.FAIL,
        adjust_domain_lonely: bool = False,
        calibrations: Sequence[Calibration] = (),
    ) -> Design:
        """Describe how the rows of `frame` were drawn.

        Parameters
        ----------
        frame : DataFrame
            One row per respondent.
        ids : str or list of str, optional
            Cluster columns, first stage first. None: rows were drawn directly.
        strata : str or list of str, optional
            Stratum column per stage.
        weights : str or array, optional
            Final weights. None: the inverse of the sampling fractions in `fpc`, else 1.
        fpc : str or list of str, optional
            Per stage, units in the population of the stratum (or of the unit of the stage before),
            or sampling fractions (a column whose values are all at most 1). A later stage adds to
            the variance only when it has its column.
        nest : bool
            PSU ids start anew in each stratum.
        pps : Pps or str, optional
            Units were drawn with unequal probabilities and without replacement; `fpc` then holds
            these probabilities (Brewer: at every stage; else at the first).
        lonely_psu : LonelyPsu or str
            Rule for strata with a single PSU.
        adjust_domain_lonely : bool
            Apply the rule also where a stratum keeps one PSU only inside a domain.
        calibrations : sequence of Calibration
            How the weights were calibrated, so that variances use residuals (see `rake`).

        Returns
        -------
        Design

        Raises
        ------
        DesignError
            The message names the column, stratum or PSU that does not fit.

        Examples
        --------
        >>> import pandas as pd
        >>> data = pd.DataFrame({"village": [1, 1, 2, 2], "w": [10, 10, 12, 12], "y": [1, 0, 1, 1]})
        >>> Design.from_frame(data, ids="village", weights="w").n_psu
        2
        """
        if not len(frame):
            raise DesignError("the data hold no rows")
        frame = labelled_once(frame)
        id_names, stratum_names, fpc_names = names(ids), names(strata), names(fpc)
        check_columns(frame, id_names, stratum_names, fpc_names)
        check_stages(id_names, stratum_names, fpc_names)
        rule = rule_of(lonely_psu)
        form = Pps(pps) if isinstance(pps, str) else pps
        if form is not None and not fpc_names:
            raise DesignError("pps needs the inclusion probabilities of the PSUs in fpc=")
        stages = build_stages(frame, id_names, stratum_names, fpc_names, is_nested=nest, pps=form)
        values = weights_of(frame, weights, stages)
        if not calibrations:
            check_signs(values)
        design = cls(
            frame=frame,
            weights=values,
            stages=stages,
            strata=stratum_names,
            ids=id_names,
            lonely_psu=rule,
            adjust_domain_lonely=adjust_domain_lonely,
            calibrations=tuple(calibrations),
        )
        return design._collapsed() if rule is LonelyPsu.COLLAPSE else design

    @classmethod
    @checked
    def from_replicates(
        cls,
        frame: pd.DataFrame,
        *,
        weights: str | FloatArray,
        replicates: Sequence[str] | pd.DataFrame | FloatArray,
        method: str,
        scale: float | None = None,
        rscales: Sequence[float] | FloatArray | None = None,
        rho: float | None = None,
        combined_weights: bool = True,
        mse: bool = True,
        ids: str | None = None,
    ) -> Design:
        """A sample that came with replicate weights instead of its strata and PSUs.

        Parameters
        ----------
        frame : DataFrame
        weights : str or array
            Full-sample weights.
        replicates : list of str, DataFrame or array
            Replicate weights, one column per replicate, row by row.
        method : str
            BRR, Fay (with `rho`), JK1, JK2, JKn, bootstrap, successive-difference, ACS or other.
        scale, rscales : float, array, optional
            V = scale x sum of rscales x squared deviations; None: as the method has it.
        combined_weights : bool
            The replicates hold the weight; else they are factors of it.
        mse : bool
            Deviations from the estimate (R: mse=TRUE), else from the mean of the replicates.
        ids : str, optional
            Column of PSUs, to count them; else rows of one pattern of replicate weights are one.

        Raises
        ------
        DesignError
            The replicates do not fit the rows, or the method lacks its scaling.

        Examples
        --------
        >>> data = pd.DataFrame({"w": [2.0, 2.0], "r1": [4.0, 0.0], "r2": [0.0, 4.0]})
        >>> made = Design.from_replicates(data, weights="w", replicates=["r1", "r2"], method="BRR")
        >>> made.replication.scale
        0.5
        """
        plain = cls.from_frame(frame, weights=weights, ids=ids)
        given = None if rscales is None else numbers_in(rscales, "rscales")
        found = given_replication(
            plain.weights,
            as_matrix(plain.frame, replicates),
            Scaling(method, scale, given, rho, mse),
            is_combined=combined_weights,
        )
        stages = plain.stages if ids is not None else (unit_stage(found.unit),)
        return replace(plain, stages=stages, replication=found)

    @checked
    def replicate(
        self,
        method: Resampling | str,
        *,
        replicates: int = 200,
        seed: int = 0,
        rho: float = 0.5,
        mse: bool = True,
        recalibrate: bool = True,
    ) -> Design:
        """The same design with replicate weights: its variances are the spread of replicates.

        Parameters
        ----------
        method : Resampling or str
            JK1, JKn, BRR, Fay, subbootstrap or mrbbootstrap.
        replicates : int
            Number of replicates of a bootstrap; jackknife and balanced halves have their own.
        seed : int
            Of the bootstrap's draws: the same seed gives the same replicates.
        rho : float
            Fay's factor (BRR has 0).
        mse : bool
            Deviations from the estimate, else from the mean of the replicates.
        recalibrate : bool
            Repeat the calibrations of the weights on each replicate (R's `as.svrepdesign` does
            not: there one calibrates after it).

        Raises
        ------
        DesignError
            The design does not suit the method (strata under JK1, odd strata under BRR), or its
            weights were changed after their calibration.
        LonelyPsuError
            A stratum has one PSU and the rule for that is `fail`.

        Examples
        --------
        >>> data = pd.DataFrame({"village": [1, 2, 3, 4], "y": [1.0, 3.0, 2.0, 6.0]})
        >>> Design.from_frame(data, ids="village").replicate("JK1").replication.count
        4
        """
        how = Drawing(replicates, seed, rho, is_mse=mse, recalibrate=recalibrate)
        return replace(self, replication=drawn_replication(self, method, how))

    def __repr__(self) -> str:
        drawn = f"{self.n_psu} PSUs in {self.n_strata} strata"
        how = "replicate weights" if self.replication is not None else f"{len(self.stages)} stages"
        return f"Design({self.n_rows} rows, {drawn}, {how}, weights sum to {self.weights.sum():g})"

    @property
    def n_rows(self) -> int:
        return len(self.frame)

    @property
    def n_psu(self) -> int:
        return self.stages[0].n_units

    @property
    def n_strata(self) -> int:
        return self.stages[0].n_strata

    @checked
    def subset(self, where: str | pd.Series | BoolArray) -> Design:
        """The same design, looking at part of the population. No row leaves it.

        Examples
        --------
        >>> import pandas as pd
        >>> data = pd.DataFrame({"village": [1, 1, 2, 2], "age": [17, 30, 40, 50]})
        >>> int(Design.from_frame(data, ids="village").subset(data.age >= 18).domain.sum())
        3
        """
        mask = self.mask(where)
        return replace(self, domain=mask if self.domain is None else self.domain & mask)

    def mask(self, where: str | pd.Series | BoolArray) -> BoolArray:
        """A boolean per row from a column name, a series or an array; missing counts as outside."""
        if isinstance(where, str):
            check_columns(self.frame, (where,))
            where = self.frame[where]
        values = pd.Series(in_order(self.frame, where, "`where`"))
        check_truth(values)
        return np.asarray(values.fillna(value=False), dtype=bool)

    def stratum_label(self, stratum: int, stage: int = 0) -> str:
        """The name of a stratum (or, at later stages, of the unit it was drawn in) for people."""
        row = int(self.stages[stage].first_row[stratum])
        words = [str(self.frame[name].iloc[row]) for name in self.strata[stage : stage + 1]]
        inside = self.ids[max(stage - 1, 0) : stage]
        words += [f"{name} {self.frame[name].iloc[row]}" for name in inside]
        return " of ".join(words) or "(all)"

    def _collapsed(self) -> Design:
        first = self.stages[0]
        labels = tuple(self.stratum_label(s) for s in range(first.n_strata))
        merged, log = collapse_lonely(first, self.weights, labels)
        return replace(self, stages=(merged, *self.stages[1:]), collapsed=log)
