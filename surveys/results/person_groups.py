"""To which groups of R8 ("who is left behind") a person belongs, as columns of the frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from analysis.indices.answers import answer

NEAR: Final = "near_equipped"  # lives in a household with an equipped person
EDUCATION: Final[Mapping[str, str]] = {
    "none": "none",
    "primary": "primary",
    "lower": "lower",
    "upper": "upper",
    "voc": "higher",
    "uni": "higher",
}
LIMITATION: Final[Mapping[str, str]] = {
    "no": "none",
    "some": "some",
    "lot": "severe",
    "cannot": "severe",
}
POVERTY: Final[Mapping[str, str]] = {"poor": "poor", "near": "near", "no": "neither"}


def group_columns(
    people: pd.DataFrame, homes: pd.DataFrame, root: pd.DataFrame
) -> dict[str, pd.Series[Any]]:
    """Education and limitation of who answered in person, poverty of the household, and whether
    anybody in the household is equipped; None where it is not known.
    """
    household = people["household"]

    def of_home(column: pd.Series[Any]) -> pd.Series[Any]:
        return column.reindex(household).set_axis(people.index)

    return {
        "education": answer(people, "a_educ").map(EDUCATION.get),
        "limitation": answer(people, "a_limit").map(LIMITATION.get),
        "poverty": of_home(answer(root, "hh_poor").map(POVERTY.get)),
        NEAR: of_home(homes["equipped_hh"]),
    }
