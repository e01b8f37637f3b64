"""What must hold for any sample: scale, order, names and the way of asking change nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Design, count, mean, proportion, ratio, total

RULES = ["certainty", "remove", "adjust", "average", "collapse"]
ITEMS = ["yes", "score"]


@st.composite
def samples(draw: st.DrawFn) -> pd.DataFrame:
    """Any shape of survey: lonely strata, one-person villages, missing answers, odd weights."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))  # villages per stratum
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    people = rng.integers(1, 7, len(stratum))
    village = np.repeat(np.arange(len(stratum)), people)
    n = len(village)
    score = rng.normal(50, 10, n)
    score[rng.random(n) < draw(st.sampled_from([0.0, 0.3]))] = np.nan
    return pd.DataFrame(
        {
            "village": village,
            "stratum": stratum[village],
            "commune": rng.integers(0, 3, n),
            "sex": rng.choice(["f", "m"], n),
            "w": rng.lognormal(3, 1, n),
            "yes": (rng.random(n) < draw(st.floats(0, 1))).astype(float),
            "score": score,
            "size": rng.integers(1, 9, n).astype(float),
        }
    )


def design(frame: pd.DataFrame, rule: str = "adjust") -> Design:
    return Design.from_frame(frame, ids="village", strata="stratum", weights="w", lonely_psu=rule)


def close(one: np.ndarray, two: np.ndarray, rel: float = 1e-9) -> None:
    scale = np.nanmax(np.abs(np.concatenate([one, two])), initial=1e-300)
    np.testing.assert_allclose(one, two, rtol=rel, atol=rel * scale, equal_nan=True)


common = settings(max_examples=60, deadline=None, derandomize=True)


@common
@given(samples(), st.floats(1e-3, 1e3), st.sampled_from(RULES))
def test_rescaling_the_weights_changes_no_mean(frame: pd.DataFrame, k: float, rule: str) -> None:
    one, two = (
        mean(design(f, rule), ITEMS, by="commune") for f in (frame, frame.assign(w=frame.w * k))
    )
    close(one.estimate, two.estimate)
    close(one.se, two.se)
    close(one.lower, two.lower)


@common
@given(samples())
def test_domains_add_up_to_the_total(frame: pd.DataFrame) -> None:
    made = design(frame)
    for every, parts in (
        (total(made, ITEMS), total(made, ITEMS, by="commune")),
        (count(made), count(made, by="commune")),
    ):
        items = len(every)
        close(np.nansum(parts.estimate.reshape(-1, items), axis=0), np.nan_to_num(every.estimate))
        assert parts.n.reshape(-1, items).sum(axis=0).tolist() == every.n.tolist()


@common
@given(samples(), st.sampled_from(RULES))
def test_relabelling_psus_and_strata_changes_nothing(frame: pd.DataFrame, rule: str) -> None:
    renamed = frame.assign(
        village=[f"v{(v * 7919) % 101}-{v}" for v in frame.village],
        stratum=[f"h{s}" for s in frame.stratum],
    )
    one, two = (mean(design(f, rule), ITEMS, by="sex") for f in (frame, renamed))
    close(one.se, two.se)
    assert one.flags.tolist() == two.flags.tolist()


@common
@given(samples(), st.randoms(use_true_random=False), st.sampled_from(RULES))
def test_the_order_of_rows_changes_nothing(frame: pd.DataFrame, rng: object, rule: str) -> None:
    order = list(range(len(frame)))
    rng.shuffle(order)  # type: ignore[attr-defined] # hypothesis' random
    one, two = (
        proportion(design(f, rule), "yes", by="commune") for f in (frame, frame.iloc[order])
    )
    close(one.estimate, two.estimate, 1e-12)
    close(one.se, two.se, 1e-12)
    assert one.flags.tolist() == two.flags.tolist()


@common
@given(samples(), st.sampled_from(RULES), st.booleans())
def test_by_equals_one_call_per_domain(frame: pd.DataFrame, rule: str, adjust: bool) -> None:
    made = Design.from_frame(
        frame,
        ids="village",
        strata="stratum",
        weights="w",
        lonely_psu=rule,
        adjust_domain_lonely=adjust,
    )
    together = ratio(made, ["score", "yes"], "size", by=["commune", "sex"])
    for row in together:
        where = (frame.commune == row.domain[0]) & (frame.sex == row.domain[1])
        alone = ratio(made, ["score", "yes"], "size", where=where).at(variable=row.variable)
        close(
            np.array([row.estimate, row.se, row.lower, row.df, row.deff, row.n_eff]),
            np.array([alone.estimate, alone.se, alone.lower, alone.df, alone.deff, alone.n_eff]),
        )
        assert row.flags == alone.flags


@common
@given(samples(), st.sampled_from(RULES), st.booleans())
def test_the_covariance_matrix_holds_the_variances(
    frame: pd.DataFrame, rule: str, adjust: bool
) -> None:
    made = Design.from_frame(
        frame,
        ids=["village"],
        strata="stratum",
        weights="w",
        lonely_psu=rule,
        adjust_domain_lonely=adjust,
    )
    found = mean(made, ITEMS, by="commune")
    matrix = found.vcov()
    close(np.sqrt(np.maximum(np.diag(matrix), 0)), found.se)
    known = ~np.isnan(found.se)
    smallest = np.linalg.eigvalsh(matrix[np.ix_(known, known)]).min(initial=0)
    assert smallest >= -1e-9 * max(1.0, np.nanmax(np.diag(matrix), initial=0))


@common
@given(samples(), st.sampled_from(RULES))
def test_no_figure_is_given_without_its_doubt(frame: pd.DataFrame, rule: str) -> None:
    for row in proportion(design(frame, rule), "yes", by=["commune", "sex"]):
        assert np.isnan(row.lower) == np.isnan(row.upper)
        if np.isnan(row.lower):
            assert row.flags
        else:
            assert 0 <= row.lower <= row.estimate <= row.upper <= 1
            assert row.lower < row.upper


@pytest.mark.parametrize("rule", RULES)
def test_later_stages_agree_with_the_recursion_written_out(rule: str) -> None:
    rng = np.random.default_rng(5)
    village = np.repeat(np.arange(6), [4, 5, 3, 6, 4, 5])
    frame = pd.DataFrame({"village": village, "stratum": village // 3, "y": rng.normal(9, 2, 27)})
    frame["n_villages"] = 10
    frame["n_people"] = 40 + village
    frame["person"] = frame.index
    made = Design.from_frame(
        frame,
        ids=["village", "person"],
        strata="stratum",
        fpc=["n_villages", "n_people"],
        lonely_psu=rule,
    )
    z = frame.y * made.weights
    variance = 0.0
    for _, part in z.groupby(frame.stratum):
        totals = part.groupby(frame.village).sum()
        variance += (1 - 3 / 10) * 3 * totals.var(ddof=1)
        for psu, scores in part.groupby(frame.village):
            n, size = len(scores), 40 + psu
            variance += 3 / 10 * (1 - n / size) * n * scores.var(ddof=1)
    assert total(made, "y").se[0] ** 2 == pytest.approx(variance, rel=1e-12)
