"""The one shape in which every estimator answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray
from analysis.intervals import Interval

if TYPE_CHECKING:
    from analysis.linear import Linear
    from analysis.stages import CollapsedStratum

ROWS_SHOWN = 20
NAMED = 8  # labels that a message lists


class Flag(IntFlag):
    """What a reader must know before using a figure."""

    EMPTY = 1  # nobody in the domain answered: no figure
    ONE_RESPONDENT = 2  # one answer: no standard error
    ONE_PSU = 4  # all answers from one PSU: no interval
    NO_DF = 8  # PSUs do not outnumber strata: no interval
    FEW_DF = 16  # fewer than 8 degrees of freedom
    LONELY_PSU = 32  # the domain reaches into a stratum with a single PSU
    COLLAPSED = 64  # the domain reaches into strata that were collapsed
    ALL_OR_NONE = 128  # the share is 0 or 1: interval from n / Kish's deff
    NO_SPREAD = 256  # variance zero though the sample is no census
    CAPPED = 512  # effective sample size was above n and is capped there
    REPLICATES_LOST = 1024  # in some replicate there is no figure: the variance leaves it out
    NEGATIVE_VARIANCE = 2048  # Horvitz and Thompson's form came out below zero: no standard error
    NO_DENOMINATOR = 4096  # the ratio divides by zero: no figure
    UNDEFINED = 8192  # a function of estimates has no finite value or slope here: no figure

    @classmethod
    def text(cls, value: int) -> str:
        """Names in lower case, joined by blanks."""
        return " ".join(flag.name.lower() for flag in cls if flag & value and flag.name)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of `Estimates`."""

    domain: tuple[object, ...]
    variable: str
    level: object
    estimate: float
    se: float
    lower: float
    upper: float
    interval: str
    df: float
    deff: float
    n: int
    n_eff: float
    n_psu: int
    n_strata: int
    n_missing: int
    flags: Flag


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Estimates with everything that must travel with them, one entry per domain and variable.

    Entries run through the variables (or levels) of the first domain, then of the second, and so
    on. `domain` holds one value per column of `by` (an empty tuple for the whole population). A
    figure that cannot be had is nan and `flags` says why. `n` counts rows with a weight that
    answered, `n_missing` those of the domain that did not; `n_eff` is the size of a simple random
    sample of equal precision; `df` = PSUs - strata with members of the domain.
    """

    statistic: str
    by: tuple[str, ...]
    interval: Interval
    confidence: float
    domain: tuple[tuple[object, ...], ...]
    variable: tuple[str, ...]
    level: tuple[object, ...]
    estimate: FloatArray
    se: FloatArray
    lower: FloatArray
    upper: FloatArray
    df: FloatArray
    deff: FloatArray
    n: IntArray
    n_eff: FloatArray
    n_psu: IntArray
    n_strata: IntArray
    n_missing: IntArray
    flags: IntArray
    collapsed: tuple[CollapsedStratum, ...] = ()
    linear: Linear | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.estimate)

    def __iter__(self) -> Iterator[Estimate]:
        return (self.row(number) for number in range(len(self)))

    @property
    def cv(self) -> FloatArray:
        """Relative standard error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.se / self.estimate)

    def row(self, number: int) -> Estimate:
        return Estimate(
            domain=self.domain[number],
            variable=self.variable[number],
            level=self.level[number],
            estimate=float(self.estimate[number]),
            se=float(self.se[number]),
            lower=float(self.lower[number]),
            upper=float(self.upper[number]),
            interval=str(self.interval),
            df=float(self.df[number]),
            deff=float(self.deff[number]),
            n=int(self.n[number]),
            n_eff=float(self.n_eff[number]),
            n_psu=int(self.n_psu[number]),
            n_strata=int(self.n_strata[number]),
            n_missing=int(self.n_missing[number]),
            flags=Flag(int(self.flags[number])),
        )

    def at(self, *domain: object, variable: str | None = None, level: object = None) -> Estimate:
        """The one entry of a domain, variable and level.

        Raises
        ------
        KeyError
            There is no such entry, or several.
        """
        found = [
            number
            for number, values in enumerate(self.domain)
            if values == domain
            and variable in (None, self.variable[number])
            and level in (None, self.level[number])
        ]
        if len(found) != 1:
            raise KeyError(self._whereabouts(len(found), domain, variable, level))
        return self.row(found[0])

    def _whereabouts(
        self, count: int, domain: tuple[object, ...], variable: str | None, level: object
    ) -> str:
        """Why `at` found none or several, and what there is."""
        asked = ", ".join(str(part) for part in (*domain, variable, level) if part is not None)
        there = {
            f"domains of {', '.join(self.by)}": self.domain if self.by else (),
            "variables": self.variable,
            "levels": tuple(each for each in self.level if each is not None),
        }
        words = []
        for name, values in there.items():
            known = list(dict.fromkeys(values))
            if known:
                more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
                words.append(f"{name}: {', '.join(map(str, known[:NAMED]))}{more}")
        return f"{count} estimates at ({asked}), one is wanted; there are {'; '.join(words)}"

    def __repr__(self) -> str:
        shown = ["variable", "level", "estimate", "se", "lower", "upper", "df", "n", "flags"]
        table = self.to_frame()[[*self.by, *shown]]
        how = f"{self.statistic}, {self.confidence:.0%} interval {self.interval}"
        return f"{how}\n{table.to_string(index=False, max_rows=ROWS_SHOWN)}"

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row per estimate; flags are written as words."""
        words = {value: Flag.text(value) for value in np.unique(self.flags).tolist()}
        columns: Mapping[str, object] = {
            **{name: [values[at] for values in self.domain] for at, name in enumerate(self.by)},
            "variable": self.variable,
            "level": self.level,
            "estimate": self.estimate,
            "se": self.se,
            "lower": self.lower,
            "upper": self.upper,
            "interval": [str(self.interval)] * len(self),
            "df": self.df,
            "deff": self.deff,
            "n": self.n,
            "n_eff": self.n_eff,
            "n_psu": self.n_psu,
            "n_strata": self.n_strata,
            "n_missing": self.n_missing,
            "flags": [words[value] for value in self.flags.tolist()],
        }
        return pd.DataFrame(dict(columns))

    def vcov(self) -> FloatArray:
        """Covariance matrix of all entries, in their order.

        Raises
        ------
        AnalysisError
            The scores were not kept, or the matrix would not fit into memory.
        """
        from analysis.linear import covariance_of  # noqa: PLC0415 # linear builds Estimates

        return covariance_of(self)

    def combine(
        self, combinations: Mapping[str, Mapping[str, float]], *, interval: Interval = Interval.T
    ) -> Estimates:
        """Linear combinations of the variables within each domain, with their own variance.

        An index is one linearised variable: 100 x the mean of three item shares is
        `shares.combine({"place": {"f1_1": 100 / 3, "f1_2": 100 / 3, "f1_3": 100 / 3}})`, each item
        on its own base. A combination is nan (and EMPTY) where one of its variables is. `n` and
        `n_psu` are the smallest among its variables, so that they never promise too much.

        Examples
        --------
        >>> import pandas as pd
        >>> from analysis import Design, mean
        >>> data = pd.DataFrame({"psu": [1, 2, 3], "a": [1, 2, 6], "b": [0, 0, 3]})
        >>> items = mean(Design.from_frame(data, ids="psu"), ["a", "b"])
        >>> items.combine({"difference": {"a": 1, "b": -1}}).estimate.tolist()
        [2.0]
        """
        from analysis.combine import combined  # noqa: PLC0415 # it builds Estimates

        return combined(self, combinations, interval)
