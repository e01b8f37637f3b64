"""Estimation beside one numpy script, svy and R: CPU and memory of each task.

    python -m tests.bench estimation [--rows 100000 --rows 1000000] [--repeats 5]
                                     [--svy PYTHON] [--no-peers]
    python -m tests.bench estimation --rows 10000000     from Parquet: DuckDB, and Dask

Each figure is the median of several processes that do nothing else; the yardstick
(estimation_parts/yardstick.py) and the engine take turns, so that a busy machine is busy for both.
Peers run once, on the smallest survey: there the commune table takes them a minute. From five
million rows on the survey is written in pieces and never in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests.bench.estimation_parts import peers, stored
from tests.bench.estimation_parts.survey_data import pieces

TASKS = (
    "mean",
    "by-province",
    "by-commune",
    "by-hamlet",
    "commune-table",
    "rake",
    "bootstrap",
    "bootstrap-by-commune",
    "new-definition",
)
ALONE = ("commune-table", "new-definition")  # the yardstick has no such task
CHILD = [sys.executable, "-m", "tests.bench.estimation_parts.child"]
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
LARGE = 5_000_000


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds; memory above the imports, and the data's part of it, in MB."""

    cpu: float
    memory: float = float("nan")
    data: float = float("nan")


def main(arguments: list[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    sizes = sorted(asked.rows or [100_000, 1_000_000])
    with tempfile.TemporaryDirectory(prefix="khaosat-estimation-") as folder:
        for rows in sizes:
            if rows >= LARGE:
                stored.main(rows, Path(folder))
                continue
            file = Path(folder) / f"survey-{rows}.parquet"
            frame = pd.concat(pieces(rows), ignore_index=True)
            frame.to_parquet(file)
            print(f"\n## {rows:,} rows, median of {asked.repeats}", flush=True)
            found = _measured(file, asked.repeats)
            others = {}
            if rows == sizes[0] and not asked.no_peers:
                peers.write_for_peers(frame, file)
                others = _others(file, asked.svy)
            _print(found, others)


def _measured(file: Path, repeats: int) -> dict[tuple[str, str], Used]:
    runs: dict[tuple[str, str], list[Used]] = {}
    for _ in range(repeats):
        for task in TASKS:
            for tool in ("yardstick", "engine"):
                if tool == "engine" or task not in ALONE:
                    found = _run([*CHILD, tool, task, str(file)])
                    runs.setdefault((task, tool), []).append(Used(**found))
    return {
        key: Used(
            statistics.median(each.cpu for each in used),
            statistics.median(each.memory for each in used),
            used[0].data,
        )
        for key, used in runs.items()
    }


def _others(file: Path, svy: str | None) -> dict[tuple[str, str], Used]:
    found = {}
    python = peers.svy_python(svy)
    for name, is_there in (("svy", python is not None), ("R", peers.has_r_survey())):
        if not is_there:
            print(f"{name}: not installed")
            continue
        for task in peers.TASKS:
            command = peers.r_command(task, file)
            if name == "svy" and python is not None:
                command = peers.svy_command(python, task, file)
            found[task, name] = Used(_run(command)["cpu"])
    return found


def _run(command: list[str]) -> dict[str, float]:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=peers.TIME_LIMIT,
        env=os.environ | ONE_CORE,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    read = json.loads(done.stdout.splitlines()[-1])
    return {name: read[name] for name in ("cpu", "memory", "data") if name in read}


def _print(found: dict[tuple[str, str], Used], others: dict[tuple[str, str], Used]) -> None:
    print(f"{'task':22}{'numpy':>9}{'engine':>9}{'ratio':>7}{'MB':>6}{'x data':>8}  peers")
    for task in TASKS:
        mine, numpy = found[task, "engine"], found.get((task, "yardstick"))
        line = f"{task:22}{numpy.cpu if numpy else float('nan'):9.3f}{mine.cpu:9.3f}"
        line += f"{mine.cpu / numpy.cpu if numpy else float('nan'):7.2f}"
        line += f"{mine.memory:6.0f}{mine.memory / mine.data:8.2f}"
        for name in ("svy", "R"):
            if (task, name) in others:
                cpu = others[task, name].cpu
                line += f"  {name} {cpu:.1f} s, {cpu / mine.cpu:,.0f} x"
        print(line)
    table, plain = found["commune-table", "engine"].cpu, found["by-commune", "engine"].cpu
    few, many = found["by-province", "engine"].cpu, found["by-hamlet", "engine"].cpu
    print(f"intervals of 13,284 cells add {table - plain:.3f} s")
    print(f"33,210 domains cost {many / few:.2f} x 34, 3,321 {plain / few:.2f} x", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.bench estimation", description=__doc__)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--svy", help="the python of an environment that has svy")
    parser.add_argument("--no-peers", action="store_true")
    return parser


if __name__ == "__main__":
    main()
