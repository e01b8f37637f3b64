"""Sums on a Dask cluster: each worker sums its partitions, few numbers travel.

Needs `khaosat[dask]`, and `analysis` on the workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dask.dataframe as dd
import pandas as pd
from dask.delayed import delayed

from analysis.cells import LOOKED_AT
from analysis.errors import AnalysisError
from analysis.scale.frames import kind_of, levels_of, merge, sum_frame
from analysis.scale.plan import Kind, Plan, Value

FAN_IN = 8  # parts that one task adds up


@dataclass(frozen=True, slots=True, eq=False)
class DaskRows:
    """A Dask frame, computed by the client that is at work (or by threads without one)."""

    frame: dd.DataFrame

    def kind(self, column: str) -> Kind:
        return kind_of(self.frame._meta, column)

    def levels(self, column: str, limit: int) -> list[Value]:
        return levels_of(self.frame[column].drop_duplicates().compute(), limit)

    def sample(self, columns: Sequence[str]) -> pd.DataFrame:
        """Rows of the first part that has any."""
        wanted, found = self.frame[list(columns)], pd.DataFrame()
        for number in range(wanted.npartitions):
            part = wanted.get_partition(number)
            found = part.map_partitions(
                pd.DataFrame.head, LOOKED_AT, meta=wanted._meta
            ).compute()  # the types
            if len(found):
                break
        return found

    def sums(self, plan: Plan) -> pd.DataFrame:
        parts = [
            delayed(sum_frame)(part, plan) for part in self.frame[list(plan.columns)].to_delayed()
        ]
        if not parts:
            raise AnalysisError("the data hold no rows")
        while len(parts) > 1:
            parts = [
                delayed(merge)(parts[at : at + FAN_IN], plan) for at in range(0, len(parts), FAN_IN)
            ]
        found: pd.DataFrame = parts[0].compute()
        return found
