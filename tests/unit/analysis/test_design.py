"""A design that does not fit the data is refused with the name of what is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Design, DesignError, LonelyPsu, mean
from tests.unit.analysis.samples import villages


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DesignError, match="no column 'psu'"):
        Design.from_frame(villages(), ids="psu")


def test_an_empty_stratum_cell_is_named_with_its_column() -> None:
    frame = villages()
    frame.loc[3, "stratum"] = None
    with pytest.raises(DesignError, match="'stratum' is empty in 1 of 120 rows"):
        Design.from_frame(frame, ids="village", strata="stratum")


def test_a_psu_in_two_strata_is_named() -> None:
    frame = villages()
    frame.loc[0, "stratum"] = "s2"
    with pytest.raises(DesignError, match=r"PSU 0 of column 'village' .*s0, s2.*nest=True"):
        Design.from_frame(frame, ids="village", strata="stratum")


def test_nested_psu_ids_may_restart_in_each_stratum() -> None:
    frame = villages()
    renumbered = frame.assign(village=frame.village % 5)
    nested = Design.from_frame(renumbered, ids="village", strata="stratum", nest=True)
    assert nested.n_psu == Design.from_frame(frame, ids="village", strata="stratum").n_psu == 15


@pytest.mark.parametrize(("value", "word"), [(np.nan, "finite"), (-1.0, "negative")])
def test_a_bad_weight_is_named_with_its_row(value: float, word: str) -> None:
    frame = villages()
    frame.loc[11, "w"] = value
    with pytest.raises(DesignError, match=rf"(row 11.*{word}|'w' is empty in 1)"):
        Design.from_frame(frame, ids="village", weights="w")


def test_weights_that_are_no_numbers_are_refused() -> None:
    frame = villages().assign(w="heavy")
    with pytest.raises(DesignError, match="'w': not all values are numbers"):
        Design.from_frame(frame, ids="village", weights="w")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(DesignError, match="no rows"):
        Design.from_frame(villages().iloc[:0], ids="village")


def test_a_population_smaller_than_the_sample_is_refused() -> None:
    frame = villages().assign(n_villages=3)
    with pytest.raises(
        DesignError, match=r"5 units were sampled where .* hold 3 \(stratum s0, stage 1"
    ):
        Design.from_frame(frame, ids="village", strata="stratum", fpc="n_villages")


def test_an_fpc_that_changes_within_a_stratum_is_refused() -> None:
    frame = villages().assign(n_villages=20)
    frame.loc[0, "n_villages"] = 25
    with pytest.raises(
        DesignError, match=r"'n_villages' changes within one stratum \(stratum s0, stage 1"
    ):
        Design.from_frame(frame, ids="village", strata="stratum", fpc="n_villages")


def test_an_unknown_lonely_rule_lists_the_known_ones() -> None:
    with pytest.raises(DesignError, match="fail, remove, certainty, adjust, average, collapse"):
        Design.from_frame(villages(), lonely_psu="ignore")


def test_counts_and_fractions_give_the_same_design() -> None:
    frame = villages().assign(count=20, fraction=5 / 20)
    errors = [
        mean(
            Design.from_frame(frame, ids="village", strata="stratum", weights="w", fpc=fpc),
            "online",
        ).se[0]
        for fpc in ("count", "fraction")
    ]
    assert errors[0] == pytest.approx(errors[1], rel=1e-14)


def test_weights_follow_from_the_fractions_when_none_are_given() -> None:
    frame = villages().assign(count=20)
    design = Design.from_frame(frame, ids="village", strata="stratum", fpc="count")
    assert (design.weights == 4.0).all()


def test_the_design_does_not_see_later_changes_of_the_data() -> None:
    frame = villages()
    design = Design.from_frame(frame, ids="village", weights="w")
    before = mean(design, "online").estimate[0]
    frame["online"] = 0.0
    assert mean(design, "online").estimate[0] == before


def test_a_mask_of_wrong_length_is_refused() -> None:
    with pytest.raises(DesignError, match="`where` has 2 rows, the design 120"):
        Design.from_frame(villages()).subset(pd.Series([True, False]))


def test_lonely_rules_are_words() -> None:
    assert LonelyPsu("collapse") is LonelyPsu.COLLAPSE


def test_an_fpc_column_of_text_is_named() -> None:
    with pytest.raises(DesignError, match="'stratum': not all values are numbers"):
        Design.from_frame(villages(), ids="village", fpc="stratum")


def test_strata_of_a_stage_without_ids_are_named() -> None:
    frame = villages().assign(other="o")
    with pytest.raises(DesignError, match="strata name 2 stages, ids only 1"):
        Design.from_frame(frame, ids="village", strata=["stratum", "other"])


def test_fractions_beside_counts_are_named_with_their_row() -> None:
    frame = villages().assign(n=[0.5 if s == "s1" else 20 for s in villages().stratum])
    with pytest.raises(DesignError, match=r"'n' mixes fractions \(below 1, row 40\) and counts"):
        Design.from_frame(frame, ids="village", strata="stratum", fpc="n")
