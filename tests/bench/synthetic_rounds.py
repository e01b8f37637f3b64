"""Simulated rounds against the truth: what figures of communes with and without a sample cover.

    python -m tests.bench synthetic_rounds [--worlds 10] [--rounds 5] [--seed 1]

A province of 40 communes, a third of them urban; effects of communes are drawn anew for every
world. Each round samples 24 of them (4 villages × 9 households) and is estimated by the code of a
real one from the extracted frames on: weights, direct figures, model, benchmark, the word on
publication. docs/coverage.md reads the figures.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time

import django
import numpy as np
import pandas as pd

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# models are imported on the way to the recipe; no database is opened
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
NOTHING_KEPT = tempfile.TemporaryDirectory(prefix="khaosat-synthetic-")
os.environ.setdefault("KHAOSAT_HOME", NOTHING_KEPT.name)
django.setup()

from tests.bench.coverage_rounds.unsampled import (  # noqa: E402 - models need the setup above
    Told,
    province,
    told,
)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench synthetic_rounds", description=__doc__)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    begun = time.monotonic()
    rows: list[Told] = []
    for number in range(asked.worlds):
        communes = province(asked.seed + number)
        rows += told(communes, asked.rounds, asked.seed + number)
    table = pd.DataFrame(rows)
    by = ["kind", "method", "indicator"]
    summary = (
        table[table["is_shown"]]
        .groupby(by)
        .agg(
            figures=("is_covered", "size"),
            covered=("is_covered", "mean"),
            mse=("error", lambda each: float(np.mean(each**2))),
            told=("rmse", lambda each: float(np.mean(each**2))),
        )
    )
    summary["mse_ratio"] = summary["told"] / summary["mse"]
    summary["shown"] = table.groupby(by)["is_shown"].mean()
    print(summary[["figures", "shown", "covered", "mse_ratio"]].round(3).to_string())
    print(f"\n{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
