"""Two rounds as one design, with finite population factors where the same villages were asked.

Given n12 villages in both samples of n1 and n2 out of N, the variance of a change is
S1²/n1 + S2²/n2 - 2 n12 S12/(n1 n2) - SD²/N, SD² the variance of the villages' own changes (after
Tam 1984). Where all villages are in both rounds that is SD² (1/n - 1/N), and households add their
part. Otherwise SD² rests on few villages or none: the last term is left out, which errs on the wide
side and by little, since villages change less than they differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.design import Design
from analysis.waves import stack
from surveys.results.designs import FPC_FROM, NO_FPC
from surveys.results.recipes import Weighted

WAVE: Final = "_wave"
PLACE: Final = "_wave_place"
BEFORE: Final = "before"
NOW: Final = "now"
USED: Final = "used"
LEFT_OUT: Final = "left_out"
SMALL: Final = "small"  # too few villages of their strata were drawn for it to matter


@dataclass(frozen=True, slots=True, eq=False)
class Stacked:
    """Both rounds; `fractions`: whether finite population factors are used, or why not."""

    design: Design
    fractions: str


def stacked(first: Weighted, second: Weighted, *, is_drawn: bool, wants_fractions: bool) -> Stacked:
    """The rows of both rounds, which were weighted without finite population factors.

    Parameters
    ----------
    is_drawn : one person was drawn in each household: the second stage is as if with replacement.
    wants_fractions : both rounds ask for finite population factors.

    Raises
    ------
    AnalysisError : the samples do not fit together.
    """
    one, two = _marked(first, BEFORE), _marked(second, NOW)
    both = stack({BEFORE: replace(one, lonely_psu=two.lonely_psu), NOW: two}, column=WAVE)
    if not (wants_fractions and max(_largest(first), _largest(second)) > FPC_FROM):
        return Stacked(both, SMALL)
    if not _known(first).equals(_known(second)):
        return Stacked(both, LEFT_OUT)
    return Stacked(_with_fractions(both, is_drawn=is_drawn), USED)


def _marked(source: Weighted, wave: str) -> Design:
    frame = source.design.frame
    return replace(
        source.design, frame=frame.assign(**{PLACE: wave + "|" + frame["commune"].astype(str)})
    )


def _known(source: Weighted) -> pd.DataFrame:
    """The villages of a round with how many their stratum has."""
    columns = ["stratum", "psu", "stratum_psus"]
    found = source.frame[columns].astype({"stratum": str, "psu": str, "stratum_psus": float})
    return found.drop_duplicates().sort_values(columns).reset_index(drop=True)


def _largest(source: Weighted) -> float:
    """The largest share of the villages of a stratum that was drawn."""
    known = _known(source).groupby("stratum")["stratum_psus"]
    return float((known.size() / known.first()).clip(upper=1).max())


def _with_fractions(both: Design, *, is_drawn: bool) -> Design:
    """Villages without replacement; in each of them the households of either round, drawn anew in
    the second unless some were asked in both."""
    frame = both.frame
    home = frame["household"].astype(str)
    asked = frame[["psu", "household", WAVE]].drop_duplicates()
    is_panel = bool(asked.duplicated(["psu", "household"]).any())
    sampled = frame.groupby("stratum")["psu"].transform("nunique")
    met = frame.groupby("psu" if is_panel else ["psu", WAVE])["household"].transform("nunique")
    homes = (
        np.full(len(frame), NO_FPC)
        if is_drawn
        else _listed(frame, is_panel=is_panel).clip(lower=met)
    )
    return Design.from_frame(
        frame.assign(
            _psus=frame["stratum_psus"].astype(float).clip(lower=sampled),
            _homes=np.asarray(homes, dtype=np.float64),
            _unit=home if is_panel else frame[WAVE] + "|" + home,
        ),
        ids=["psu", "_unit"],
        strata=["stratum"] if is_panel else ["stratum", WAVE],
        weights=both.weights,
        fpc=["_psus", "_homes"],
        lonely_psu=both.lonely_psu,
        calibrations=both.calibrations,
    )


def _listed(frame: pd.DataFrame, *, is_panel: bool) -> pd.Series[Any]:
    """Households of the village; of a panel one number for both rounds."""
    listed = frame["n_listed"].astype(float)
    return listed.groupby(frame["psu"]).transform("max") if is_panel else listed
