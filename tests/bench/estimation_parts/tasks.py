"""What is measured: the same tasks by the yardstick and by the engine, on one survey in memory."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis import Design, mean, proportion
from analysis.calibrated import rake_design
from tests.bench.estimation_parts.new_definition import changed
from tests.bench.estimation_parts.survey_data import ITEMS, margins
from tests.bench.estimation_parts.yardstick import REPLICATES, Yardstick

Task = Callable[[], object]
Y = list(ITEMS)


def yardstick(frame: pd.DataFrame) -> dict[str, Task]:
    tool = Yardstick(frame, margins(frame))
    return {
        "mean": tool.mean,
        "by-province": lambda: tool.by("province"),
        "by-commune": lambda: tool.by("commune"),
        "by-hamlet": lambda: tool.by("hamlet"),
        "rake": tool.rake,
        "bootstrap": tool.bootstrap,
        "bootstrap-by-commune": lambda: tool.bootstrap_by("commune"),
    }


def engine(frame: pd.DataFrame) -> dict[str, Task]:
    """From the frame to the figures: describing the design is part of every task."""
    totals = margins(frame)

    def design() -> Design:
        return Design.from_frame(frame, ids="village", strata="stratum", weights="w")

    def bootstrapped() -> Design:
        return design().replicate("subbootstrap", replicates=REPLICATES, seed=1)

    return {
        "mean": lambda: mean(design(), Y, interval="none"),
        "by-province": lambda: mean(design(), Y, by="province", interval="none"),
        "by-commune": lambda: mean(design(), Y, by="commune", interval="none"),
        "by-hamlet": lambda: mean(design(), Y, by="hamlet", interval="none"),
        "commune-table": lambda: proportion(design(), Y, by="commune"),
        "rake": lambda: rake_design(design(), totals),
        "bootstrap": lambda: mean(bootstrapped(), Y, interval="none"),
        "bootstrap-by-commune": lambda: mean(bootstrapped(), Y, by="commune", interval="none"),
    }


def prepared(tool: str, task: str, frame: pd.DataFrame) -> Task:
    """One task of the `yardstick` or the `engine`, ready to be timed."""
    if task == "new-definition":
        return changed(frame)
    return (engine if tool == "engine" else yardstick)(frame)[task]
