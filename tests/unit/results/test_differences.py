"""Words on differences: each is read off its own interval."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import Design, difference, mean
from analysis.indicators.table import TABLE
from surveys.results.differences import differences
from surveys.results.recipe import Recipe

SCORE = replace(TABLE["sat_overall"], scale=1.0)


def test_an_interval_leaves_out_zero_exactly_where_the_word_says_so() -> None:
    random = np.random.default_rng(3)
    data = pd.DataFrame({"psu": np.repeat(np.arange(240), 4)})
    data["commune"] = data["psu"] % 20
    data["y"] = random.normal(0, 1, len(data)) + np.where(data["commune"] % 4 == 0, 0.6, 0.0)
    design = Design.from_frame(data, ids="psu", strata="commune")
    made = difference(mean(design, "y", by="commune"), "commune", reference=1)
    for band in (0.2, 40.0):
        found = differences(made, SCORE, Recipe(same_within=band))
        words = {each.verdict for each in found}
        assert len(words) > 1
        for each in found:
            assert each.lower is not None
            assert each.upper is not None
            holds_zero = each.lower <= 0 <= each.upper
            assert (each.verdict in ("higher", "lower")) == (not holds_zero)
            if each.verdict == "same":
                assert max(-each.lower, each.upper) <= band
