"""Regressions refuse what has no answer and say why; what they give agrees with simpler figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, Design, mean
from analysis.models import (
    alpha,
    kappa,
    ordinal_regression,
    predict,
    predictive_means,
    pseudo_r2,
    regression,
    term_test,
)
from analysis.models.formula import Formula, Frame
from tests.unit.analysis.samples import villages


def design(frame: pd.DataFrame) -> Design:
    return Design.from_frame(frame, ids="village", strata="stratum", weights="w", nest=True)


@pytest.fixture
def people() -> pd.DataFrame:
    return villages().assign(
        age=np.tile([20.0, 35.0, 50.0, 65.0], 30), own=lambda d: (d.age > 30) ^ (d.online > 0)
    )


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("y ~ a + b", ("a", "b")),
        ("y ~ a * b", ("a", "b", "a:b")),
        ("y ~ b:a + a", ("a", "b:a")),
        ("y ~ (a + b + c)^2 - a:b", ("a", "b", "c", "a:c", "b:c")),
        ("y ~ 0 + I(a^2) + log(b)", ("I(a^2)", "log(b)")),
        ("y ~ a - 1 + offset(z)", ("a",)),
        ("y ~ `my column` + factor(c)", ("`my column`", "factor(c)")),
    ],
)
def test_terms_are_read_as_r_reads_them(text: str, labels: tuple[str, ...]) -> None:
    assert Formula.read(text).labels == labels


@pytest.mark.parametrize(
    "text",
    ["y", "y ~", "y ~ a +", "y ~ a ** 2", "y ~ system('x')", "y ~ __import__('os')", "y ~ a[1]",
     "y ~ a; b", "~ a", "y ~ 3", "y ~ (a + b)^99", "y ~ " + "(" * 200, "y ~ " + "a+" * 3000],
)  # fmt: skip
def test_what_is_no_formula_is_refused(people: pd.DataFrame, text: str) -> None:
    with pytest.raises(AnalysisError):
        regression(design(people.assign(y=1.0, a=2.0, b=3.0)), text)


def test_classes_without_their_margin_get_a_column_per_level(people: pd.DataFrame) -> None:
    frame = Frame.of(Formula.read("score ~ 0 + sex + sex:age"), people, np.arange(len(people)))
    assert frame.matrix().names == ("sexf", "sexm", "sexf:age", "sexm:age")


@pytest.mark.parametrize(
    ("change", "formula", "family", "message"),
    [
        ({"twice": lambda d: 2 * d.age}, "score ~ age + twice", "gaussian", "twice"),
        ({"one": "x"}, "score ~ one", "gaussian", "single level"),
        ({"age": np.inf}, "score ~ age", "gaussian", "infinite"),
        ({}, "score ~ nothing", "gaussian", "no column 'nothing'"),
        ({}, "score ~ age", "binomial", "0..1"),
        ({"dossiers": -1.0}, "dossiers ~ age", "poisson", "0 or more"),
        ({"hit": lambda d: d.age > 40}, "hit ~ age", "binomial", "separated"),
        ({"age": np.nan}, "score ~ age", "gaussian", "nobody has answered"),
        ({}, "sex ~ age", "gaussian", "binomial"),
        ({}, "score ~ age", "normal", "none of"),
    ],
)
def test_models_without_an_answer_say_why(
    people: pd.DataFrame, change: dict[str, object], formula: str, family: str, message: str
) -> None:
    with pytest.raises(AnalysisError, match=message):
        regression(design(people.assign(**change)), formula, family=family)


def test_what_r_lets_pass_can_be_asked_for(people: pd.DataFrame) -> None:
    made = design(people.assign(twice=2 * people.age, hit=people.age > 40))
    found = regression(made, "score ~ age + twice", drops_collinear=True)
    assert found.terms == ("(Intercept)", "age")
    assert predict(found, people.assign(twice=0.0).head(2)).estimate.shape == (2,)
    kept = regression(made, "hit ~ age", family="binomial", allows_separation=True)
    assert np.isfinite(kept.estimate).all()


def test_a_model_of_the_intercept_is_the_mean(people: pd.DataFrame) -> None:
    made = design(people)
    found, plain = regression(made, "score ~ 1"), mean(made, "score")
    assert found.estimate[0] == pytest.approx(plain.estimate[0], rel=1e-12)
    assert found.se[0] == pytest.approx(plain.se[0], rel=1e-10)


def test_replicates_refit_the_model(people: pd.DataFrame) -> None:
    plain = regression(design(people), "online ~ age + sex", family="binomial")
    again = regression(design(people).replicate("JKn"), "online ~ age + sex", family="binomial")
    assert again.estimate == pytest.approx(plain.estimate, rel=1e-9)
    assert again.se == pytest.approx(plain.se, rel=0.15)
    assert (again.se != plain.se).all()


def test_margins_weigh_predictions_of_everybody(people: pd.DataFrame) -> None:
    found = predictive_means(regression(design(people), "score ~ sex"), "commune", at=["c3", "c0"])
    assert found.label == ("c3", "c0")
    with pytest.raises(AnalysisError, match="no group 'c9'"):
        predictive_means(regression(design(people), "score ~ sex"), "commune", at=["c9"])
    with pytest.raises(AnalysisError, match="does not hold yet"):
        predictive_means(regression(design(people), "score ~ commune"), "commune")


def test_predictions_know_only_the_levels_of_the_model(people: pd.DataFrame) -> None:
    model = regression(design(people), "online ~ commune", family="binomial")
    found = predict(model, pd.DataFrame({"commune": ["c0", "c1", None]}))
    assert ((found.lower > 0) & (found.upper < 1))[:2].all()
    assert np.isnan(found.estimate[2])
    with pytest.raises(AnalysisError, match="c7 did not occur"):
        predict(model, pd.DataFrame({"commune": ["c7"]}))


def test_terms_are_tested_by_their_names(people: pd.DataFrame) -> None:
    model = regression(design(people), "online ~ age * sex", family="binomial")
    assert term_test(model, "sex:age").df == 1
    assert term_test(model, ["age", "age:sex"], df=np.inf).ddf == np.inf
    assert 0 <= term_test(model, "sex", test="likelihood_ratio").p_value <= 1
    with pytest.raises(AnalysisError, match="it has age, sex, age:sex"):
        term_test(model, "commune")


def test_explained_entropy_lies_between_none_and_all(people: pd.DataFrame) -> None:
    model = regression(design(people), "own ~ age + online", family="binomial")
    low, high = pseudo_r2(model), pseudo_r2(model, "nagelkerke")
    assert 0 < low < high < 1
    with pytest.raises(AnalysisError, match="binomial and Poisson"):
        pseudo_r2(regression(design(people), "score ~ age"))


def test_ordinal_slopes_do_not_depend_on_the_names_of_levels(people: pd.DataFrame) -> None:
    words = people.score.map({1: "a", 2: "b", 3: "c", 4: "d", 5: "e"})
    made = design(people.assign(word=words))
    one, two = (ordinal_regression(made, f"{answer} ~ age + sex") for answer in ("score", "word"))
    assert two.terms[2:] == ("a|b", "b|c", "c|d", "d|e")
    assert one.estimate == pytest.approx(two.estimate)
    assert one.se == pytest.approx(two.se)


def test_an_ordinal_model_of_two_levels_is_refused(people: pd.DataFrame) -> None:
    with pytest.raises(AnalysisError, match="three levels"):
        ordinal_regression(design(people), "online ~ age")


def test_the_same_rating_twice_agrees_fully(people: pd.DataFrame) -> None:
    made = design(people.assign(again=people.sex))
    assert kappa(made, "sex", "again").estimate == pytest.approx(1)
    with pytest.raises(AnalysisError, match="levels"):
        kappa(made, "sex", "commune")


def test_two_copies_of_an_item_are_fully_reliable(people: pd.DataFrame) -> None:
    made = design(people.assign(again=people.score))
    assert alpha(made, ["score", "again"]).estimate == pytest.approx(1)
    with pytest.raises(AnalysisError, match="two items"):
        alpha(made, ["score"])
