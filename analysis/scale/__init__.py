"""The same estimates where the rows do not fit into memory: one GROUP BY, then a small finish.

Describe a `StoredDesign` over rows in a frame (`FrameRows`), in DuckDB
(`analysis.scale.duck.parquet`, `DuckRows`) or on a Dask cluster (`analysis.scale.cluster.DaskRows`)
and call `mean`, `proportion`, `total`, `ratio`, `count` or `index` of this package. Estimates agree
with those of `analysis` to rounding, `vcov()`, `combine()`, `difference`, `contrast` and
`function_of` included. What needs the rows themselves
stays with `Design`: quantiles, models, tests, replicate weights, and stages after the first.
"""

from analysis.scale.estimators import count, mean, proportion, ratio, total
from analysis.scale.frames import FrameRows
from analysis.scale.indices import index
from analysis.scale.stored import CalibratedTo, StoredDesign

__all__ = [
    "CalibratedTo",
    "FrameRows",
    "StoredDesign",
    "count",
    "index",
    "mean",
    "proportion",
    "ratio",
    "total",
]
