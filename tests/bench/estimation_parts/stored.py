"""A survey that is larger than one would hold in memory: the commune table from its Parquet."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from analysis import Estimates
from analysis.scale import StoredDesign, proportion
from analysis.scale.plan import Rows
from tests.bench.estimation_parts.child import memory_mb
from tests.bench.estimation_parts.survey_data import ITEMS, pieces
from tests.bench.processes import cpu_seconds

WAYS = ("duckdb", "dask", "memory")
FIELDS = ("estimate", "se", "lower", "upper", "df", "deff", "n")


def main(rows: int, folder: Path) -> None:
    """Write the survey, then let each way make the table in a process of its own."""
    data = folder / f"survey-{rows}"
    data.mkdir()
    for number, frame in enumerate(pieces(rows)):
        frame.to_parquet(data / f"{number:04}.parquet")
    size = sum(file.stat().st_size for file in data.iterdir()) / 2**20
    print(f"\n## {rows:,} rows in Parquet ({size:,.0f} MB), commune table of 13,284 shares")
    for way in WAYS:
        command = [sys.executable, "-m", __name__, way, str(data), str(folder / f"{way}.npz")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        used = json.loads(done.stdout.splitlines()[-1])
        line = f"{way:8}{used['cpu']:7.2f} s CPU{used['wall']:7.2f} s{used['memory']:7.0f} MB"
        print(f"{line}  {_distance(folder, way):.1e} from duckdb", flush=True)


def _distance(folder: Path, way: str) -> float:
    """The largest relative difference of any figure from that of DuckDB."""
    one, other = np.load(folder / f"{way}.npz"), np.load(folder / "duckdb.npz")
    worst = 0.0
    for name in FIELDS:
        assert (np.isnan(one[name]) == np.isnan(other[name])).all()
        gap = np.abs(one[name] - other[name]) / np.maximum(np.abs(other[name]), 1e-12)
        worst = max(worst, float(np.nanmax(gap)))
    return worst


def child(way: str, data: str, answer: str) -> None:
    wall = time.perf_counter()
    if way == "memory":
        found = _in_memory(data)
    elif way == "duckdb":
        from analysis.scale.duck import parquet  # noqa: PLC0415 # each way alone in its process

        found = _table(parquet(f"{data}/*.parquet", memory="600MB"))
    else:
        found = _on_dask(data)
    np.savez(answer, **{name: np.asarray(getattr(found, name), dtype=float) for name in FIELDS})
    used = {"cpu": cpu_seconds_of_all(), "wall": time.perf_counter() - wall}
    print(json.dumps(used | {"memory": memory_mb("VmHWM")}))


def cpu_seconds_of_all() -> float:
    import os  # noqa: PLC0415 # as above

    return cpu_seconds(os.getpid())


def _table(rows: Rows) -> Estimates:
    design = StoredDesign(rows, ids="village", strata="stratum", weights="w")
    return proportion(design, ITEMS, by="commune")


def _in_memory(data: str) -> Estimates:
    import pandas as pd  # noqa: PLC0415 # as above

    from analysis import Design  # noqa: PLC0415 # as above
    from analysis import proportion as from_rows  # noqa: PLC0415 # as above

    frame = pd.read_parquet(data, columns=["stratum", "village", "commune", "w", *ITEMS])
    design = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    return from_rows(design, ITEMS, by="commune")


def _on_dask(data: str) -> Estimates:
    import dask.dataframe as dd  # noqa: PLC0415 # as above
    from distributed import Client, LocalCluster  # noqa: PLC0415 # as above

    from analysis.scale.cluster import DaskRows  # noqa: PLC0415 # as above

    local = {"dashboard_address": None, "local_directory": str(Path(data).parent)}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, **local) as cluster,
        Client(cluster),
    ):
        return _table(DaskRows(dd.read_parquet(data)))


if __name__ == "__main__":
    child(*sys.argv[1:])
