"""Replicate designs: made from a design or given, through every table and calibration."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import (
    AnalysisError,
    Design,
    DesignError,
    Flag,
    LonelyPsuError,
    mean,
    post_stratify,
    rake_design,
    ratio,
    reweight,
    total,
)
from analysis.calibrated import calibrate
from analysis.hadamard import hadamard
from analysis.influence import influence_covariance
from analysis.replication import replicate_values
from tests.unit.analysis.samples import villages

KNOWN = {"sex": {"f": 2000.0, "m": 1800.0}, "commune": {f"c{i}": 950.0 for i in range(4)}}


@pytest.fixture
def design() -> Design:
    return Design.from_frame(villages(), ids="village", strata="stratum", weights="w")


def pairs() -> Design:
    frame = villages(n_strata=6, per_stratum=2)
    return Design.from_frame(frame, ids="village", strata="stratum", weights="w")


def by_hand(design: Design, column: str, rows: np.ndarray) -> float:
    """The variance of a mean, computed from the full matrix of replicate weights."""
    made = design.replication
    assert made is not None
    y = design.frame[column].to_numpy()[rows]
    with np.errstate(invalid="ignore"):
        theta = np.array([w[rows] @ y / w[rows].sum() for w in made.weights.T])
    w = design.weights[rows]
    centre = w @ y / w.sum() if made.is_mse else np.nanmean(theta[made.rscales > 0])
    return float(np.sqrt(made.scale * np.nansum(made.rscales * (theta - centre) ** 2)))


@pytest.mark.parametrize("method", ["JKn", "subbootstrap", "mrbbootstrap"])
@pytest.mark.parametrize("mse", [True, False])
def test_tables_equal_the_formula_written_out_with_all_weights(
    design: Design, method: str, mse: bool
) -> None:
    made = design.replicate(method, replicates=30, mse=mse)
    every = np.arange(design.n_rows)
    assert mean(made, "online").se[0] == pytest.approx(by_hand(made, "online", every), rel=1e-12)
    for row in mean(made, "online", by="commune"):
        rows = np.flatnonzero(design.frame.commune == row.domain[0])
        assert row.se == pytest.approx(by_hand(made, "online", rows), rel=1e-12)


def test_the_jackknife_of_a_total_is_its_taylor_variance(design: Design) -> None:
    made = design.replicate("JKn")
    assert total(made, "dossiers").se == pytest.approx(total(design, "dossiers").se, rel=1e-12)


@pytest.mark.parametrize(("method", "rho"), [("BRR", 0.0), ("Fay", 0.3)])
def test_balanced_halves_of_a_total_are_its_taylor_variance(method: str, rho: float) -> None:
    made = pairs().replicate(method, rho=rho)
    assert total(made, "dossiers").se == pytest.approx(total(pairs(), "dossiers").se, rel=1e-12)
    assert made.replication is not None
    assert made.replication.df == 6


def test_strata_of_four_villages_count_as_two_pairs() -> None:
    frame = villages(n_strata=3, per_stratum=4)
    made = Design.from_frame(frame, ids="village", strata="stratum").replicate("BRR")
    assert made.replication is not None
    assert made.replication.df == 6


def test_a_finite_population_shrinks_jackknife_and_bootstraps_alike() -> None:
    frame = villages().assign(n=8)
    plain = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    finite = Design.from_frame(frame, ids="village", strata="stratum", weights="w", fpc="n")
    for method in ("JKn", "subbootstrap"):
        one, two = (total(d.replicate(method), "online").se[0] for d in (plain, finite))
        assert two == pytest.approx(one * np.sqrt(1 - 5 / 8), rel=1e-9)


def test_a_bootstrap_of_both_stages_finds_the_variance_of_both() -> None:
    frame = villages(n_strata=3, per_stratum=6, size=8).assign(n=12, m=20)
    frame["person"] = frame.index
    two = Design.from_frame(frame, ids=["village", "person"], strata="stratum", fpc=["n", "m"])
    found = mean(two.replicate("mrbbootstrap", replicates=4000), ["online", "dossiers"]).se
    assert found == pytest.approx(mean(two, ["online", "dossiers"]).se, rel=0.05)


def test_a_certainty_village_keeps_the_doubt_of_the_people_drawn_in_it() -> None:
    frame = pd.DataFrame({"village": [1] * 6, "person": range(6), "y": [1, 0, 1, 1, 0, 1]})
    made = Design.from_frame(frame.assign(n=1, m=12), ids=["village", "person"], fpc=["n", "m"])
    boot = total(made.replicate("mrbbootstrap", replicates=3000), "y").se[0]
    assert boot == pytest.approx(np.sqrt(made.frame.y.var() * 36 * (1 - 6 / 12) / 6 * 4), rel=0.06)


def test_the_same_seed_gives_the_same_replicates(design: Design) -> None:
    one, two, other = (
        mean(design.replicate("subbootstrap", seed=seed), "online").se[0] for seed in (3, 3, 4)
    )
    assert one == two != other


def test_degrees_of_freedom_are_the_rank_of_the_weights_less_one(design: Design) -> None:
    made = design.replicate("JKn")
    assert mean(made, "online").df[0] == 15 - 3
    found = mean(made, "online", by="commune")
    assert made.replication is not None
    for row in found:
        rows = np.flatnonzero(design.frame.commune == row.domain[0])
        rank = np.linalg.matrix_rank(made.replication.weights[rows])
        assert row.df == rank - 1


def test_covariances_and_combinations_come_from_the_replicates(design: Design) -> None:
    made = design.replicate("subbootstrap", replicates=50)
    items = mean(made, ["online", "dossiers"], by="sex")
    assert np.sqrt(np.diag(items.vcov())) == pytest.approx(items.se, rel=1e-12)
    both = items.combine({"d": {"online": 1, "dossiers": -2}})
    a = np.array([1.0, -2.0])
    for at in range(2):
        block = items.vcov()[2 * at : 2 * at + 2, 2 * at : 2 * at + 2]
        assert both.se[at] == pytest.approx(np.sqrt(a @ block @ a), rel=1e-10)


def test_influence_values_are_replicated_too(design: Design) -> None:
    made = design.replicate("JKn")
    rows = np.arange(design.n_rows)
    u = design.frame[["dossiers"]].to_numpy()
    found = influence_covariance(made, rows, u)
    assert found[0, 0] == pytest.approx(total(made, "dossiers").se[0] ** 2, rel=1e-12)


def test_replicates_that_cannot_be_calibrated_are_left_out_or_refused(design: Design) -> None:
    rare = np.where(design.frame.index == 0, "x", design.frame.sex)
    frame = design.frame.assign(sex=rare)
    made = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    totals = {"f": 2000.0, "m": 1800.0, "x": 20.0}
    few = post_stratify(made.replicate("JKn"), "sex", totals)
    found = mean(few, "dossiers")
    assert found.flags[0] & Flag.REPLICATES_LOST
    assert np.isfinite(found.se[0])
    assert few.replication is not None

    def statistic(w: np.ndarray) -> np.ndarray:
        return np.array([w @ frame.dossiers / w.sum()])

    values = replicate_values(few.replication, statistic)
    assert np.isnan(values).sum() == 1
    many = post_stratify(made.replicate("subbootstrap", replicates=40), "sex", totals)
    assert many.replication is not None
    with pytest.raises(AnalysisError, match=r"of 40 replicates could not be calibrated; merge"):
        replicate_values(many.replication, statistic)


def test_a_domain_that_a_replicate_empties_is_flagged(design: Design) -> None:
    frame = design.frame.assign(where=np.where(design.frame.village < 2, "few", "many"))
    made = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    found = mean(made.replicate("subbootstrap", seed=1), "online", by="where")
    assert found.at("few").flags & Flag.REPLICATES_LOST
    assert not found.at("many").flags & Flag.REPLICATES_LOST


@pytest.mark.parametrize("method", ["JKn", "subbootstrap"])
def test_raking_is_repeated_on_every_replicate(design: Design, method: str) -> None:
    made = rake_design(design.replicate(method, replicates=20), KNOWN)
    assert made.replication is not None
    for column in made.replication.columns():
        for name, cells in KNOWN.items():
            for label, size in cells.items():
                assert column[made.frame[name] == label].sum() == pytest.approx(size, rel=1e-8)


@pytest.mark.parametrize("distance", ["linear", "raking"])
def test_calibration_is_repeated_on_every_replicate(design: Design, distance: str) -> None:
    x = pd.DataFrame({"one": 1.0, "dossiers": design.frame.dossiers})
    wanted = {"one": 3500.0, "dossiers": 10500.0}
    made = calibrate(design.replicate("JKn"), x, wanted, distance=distance)
    assert made.replication is not None
    for column in made.replication.columns():
        assert column @ x.to_numpy() == pytest.approx(list(wanted.values()), rel=1e-7)


def test_replicating_a_raked_design_rakes_the_replicates(design: Design) -> None:
    before = rake_design(design.replicate("JKn"), KNOWN)
    after = rake_design(design, KNOWN).replicate("JKn")
    one, two = (mean(d, ["online", "dossiers"]).se for d in (before, after))
    assert one == pytest.approx(two, rel=1e-9)
    as_r = rake_design(design, KNOWN).replicate("JKn", recalibrate=False)
    assert mean(as_r, "online").se[0] != pytest.approx(two[0], rel=1e-4)


def test_weights_changed_after_their_calibration_cannot_be_repeated(design: Design) -> None:
    raked = post_stratify(design, "sex", KNOWN["sex"])
    with pytest.raises(DesignError, match="changed before or after their calibration"):
        reweight(raked, lambda w: np.minimum(w, 50.0)).replicate("JKn")


def test_given_replicates_equal_those_that_they_came_from(design: Design) -> None:
    made = design.replicate("JKn", mse=False)
    assert made.replication is not None
    given = Design.from_replicates(
        design.frame,
        weights="w",
        replicates=made.replication.weights,
        method="JKn",
        rscales=made.replication.rscales,
        mse=False,
    )
    assert given.n_psu == 15
    for one, two in ((made, given),):
        a, b = (ratio(d, "dossiers", "online", by="sex") for d in (one, two))
        assert a.se == pytest.approx(b.se, rel=1e-10)
        assert a.df.tolist() == b.df.tolist()


def test_replicates_of_calibrated_weights_are_read_row_by_row(design: Design) -> None:
    made = post_stratify(design.replicate("subbootstrap", replicates=40), "sex", KNOWN["sex"])
    assert made.replication is not None
    given = Design.from_replicates(
        design.frame,
        weights=made.weights,
        replicates=pd.DataFrame(made.replication.weights),
        method="bootstrap",
        ids="village",
    )
    assert given.n_psu == 15
    assert mean(given, "online").se == pytest.approx(mean(made, "online").se, rel=1e-10)


@pytest.mark.parametrize(
    ("method", "more", "words"),
    [
        ("Fay", {}, "needs rho"),
        ("JKn", {}, "need their rscales"),
        ("other", {}, "need a scale or rscales"),
        ("bagging", {}, "none of: BRR"),
        ("JKn", {"rscales": [1.0, 1.0, 1.0]}, "3 rscales for 2"),
    ],
)
def test_given_replicates_must_say_how_they_are_scaled(
    method: str, more: dict[str, object], words: str
) -> None:
    frame = pd.DataFrame({"w": [1.0, 2.0], "a": [2.0, 0.0], "b": [0.0, 4.0]})
    with pytest.raises(DesignError, match=words):
        Design.from_replicates(frame, weights="w", replicates=["a", "b"], method=method, **more)


def test_replicate_weights_with_a_gap_are_named() -> None:
    frame = pd.DataFrame({"w": [1.0, 2.0], "a": [2.0, np.nan], "b": [0.0, 4.0]})
    with pytest.raises(DesignError, match="replicate 1, row 1: not a finite number"):
        Design.from_replicates(frame, weights="w", replicates=["a", "b"], method="BRR")


def test_a_design_that_does_not_suit_the_method_is_refused(design: Design) -> None:
    with pytest.raises(DesignError, match="JK1 is for designs without strata"):
        design.replicate("JK1")
    with pytest.raises(DesignError, match=r"stratum s0 has 5 PSUs; balanced halves need pairs"):
        design.replicate("BRR")
    with pytest.raises(DesignError, match="none of: JK1, JKn, BRR"):
        design.replicate("bagging")


def test_a_jackknife_of_thousands_of_villages_is_refused_for_a_bootstrap() -> None:
    many = Design.from_frame(pd.DataFrame({"y": np.zeros(4_001)}))
    with pytest.raises(DesignError, match="takes as many replicates; use a bootstrap"):
        many.replicate("JK1")


def test_factors_of_a_jackknife_tell_their_scale() -> None:
    frame = villages(n_strata=1)
    made = Design.from_frame(frame, ids="village", weights="w").replicate("JK1")
    assert made.replication is not None
    factors = made.replication.factors[made.replication.unit]
    given = Design.from_replicates(
        frame, weights="w", replicates=factors, method="JK1", combined_weights=False
    )
    assert given.replication is not None
    assert given.replication.scale == pytest.approx(4 / 5)
    assert mean(given, "online").se == pytest.approx(mean(made, "online").se, rel=1e-12)


@pytest.mark.parametrize("method", ["JKn", "subbootstrap", "mrbbootstrap"])
def test_a_lonely_village_is_named_or_kept_as_it_is(method: str) -> None:
    frame = villages()
    frame = frame[(frame.stratum != "s1") | (frame.village == 5)]
    lonely = {"ids": "village", "strata": "stratum", "weights": "w"}
    with pytest.raises(LonelyPsuError, match="stratum s1 has only one PSU"):
        Design.from_frame(frame, **lonely).replicate(method)
    made = Design.from_frame(frame, **lonely, lonely_psu="certainty").replicate(method)
    assert made.replication is not None
    kept = made.replication.weights[(frame.stratum == "s1").to_numpy()]
    assert (kept == made.weights[(frame.stratum == "s1").to_numpy(), None]).all()


@pytest.mark.parametrize("least", [1, 2, 7, 20, 37, 92, 121])
def test_hadamard_matrices_are_orthogonal(least: int) -> None:
    found = hadamard(least)
    assert len(found) >= least
    assert (found @ found.T == len(found) * np.eye(len(found))).all()
