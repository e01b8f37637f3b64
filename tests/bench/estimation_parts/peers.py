"""Other programs on the same tasks, where they are installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

from tests.bench.estimation_parts.survey_data import ITEMS, MARGINS, margins

HERE = Path(__file__).parent
TASKS = ("mean", "by-commune", "rake", "bootstrap")
TIME_LIMIT = 900


def write_for_peers(frame: pd.DataFrame, file: Path) -> None:
    """Benchmarks for both, and what R reads as CSV."""
    totals = margins(frame)
    Path(f"{file}.margins.json").write_text(json.dumps(totals), encoding="utf-8")
    cells = [(m, cell, people) for m in totals for cell, people in totals[m].items()]
    pd.DataFrame(cells, columns=["margin", "cell", "people"]).to_csv(f"{file}.margins.csv")
    wanted = ["stratum", "village", "commune", "w", *MARGINS, *ITEMS]
    frame[wanted].to_csv(f"{file}.csv", index=False)


def svy_python(given: str | None) -> str | None:
    """A Python that has svy: the one that was named, or this one."""
    python = given or sys.executable
    asked = subprocess.run([python, "-c", "import svy, polars"], capture_output=True, check=False)
    return python if asked.returncode == 0 else None


def has_r_survey() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "library(survey)"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def svy_command(python: str, task: str, file: Path) -> list[str]:
    return [python, "-W", "ignore", str(HERE / "svy_peer.py"), task, str(file)]


def r_command(task: str, file: Path) -> list[str]:
    return ["Rscript", str(HERE / "peer.R"), task, f"{file}.csv", f"{file}.margins.csv"]
