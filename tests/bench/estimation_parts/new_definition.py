"""A planner changes what an index is made of: every commune again, from the answers as they came.

The definition file is read and checked, its columns are made from the text of the answers, and the
index is estimated for all communes: all of that counts. The answers are in memory before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from analysis import Design
from analysis.indicators.table import read_own
from analysis.indices.figures import Figure, figures
from analysis.indices.recode import Table, recoded
from tests.bench.estimation_parts.survey_data import SCALES

CODES: Final = np.array(["na", "1", "2", "3", "4", "5"], dtype=object)
COLUMN: Final = """
[column.high_{n}]
question = "satisfied_{n}"
is = [{top}]
"""
INDEX: Final = """
[indicator.own_index]
vi = "Chỉ số"
en = "Index"
base = "adults"
rule = "mean of the shares satisfied"
unit = "score"
parts = {{ {parts} }}
"""


def definition(top: tuple[str, ...]) -> str:
    """The file: who counts as satisfied is what the planner changes."""
    numbers = range(1, SCALES + 1)
    codes = ", ".join(f'"{code}"' for code in top)
    columns = "".join(COLUMN.format(n=n, top=codes) for n in numbers)
    parts = ", ".join(f"high_{n} = 1" for n in numbers)
    return f'form = "B"\n{columns}{INDEX.format(parts=parts)}'


def changed(frame: pd.DataFrame) -> Callable[[], tuple[Figure, ...]]:
    """The answers as text, and the change that is timed."""
    names = [f"satisfied_{n}" for n in range(1, SCALES + 1)]
    words = {name: CODES[frame[name].fillna(0).to_numpy(dtype=np.int64)] for name in names}
    answers = pd.DataFrame(words)
    design = frame[["stratum", "village", "commune", "w"]]

    def again() -> tuple[Figure, ...]:
        own = read_own(definition(("5",)), "own.toml")
        adults = {"adults": pd.Series(1.0, index=frame.index)}
        made = adults | recoded(answers, adults, own.of(Table.RESPONDENTS))
        drawn = Design.from_frame(
            design.assign(**made), ids="village", strata="stratum", weights="w"
        )
        return figures(drawn, own.definitions["own_index"], by="commune")

    return again
