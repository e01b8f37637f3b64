"""Indices: constants, bounds, and definitions that come back as they were written."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.indices.combined import combined_means, index_bounds
from analysis.indices.definition import Missing, Part
from analysis.indices.reading import read

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    str.strip
)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,12}", fullmatch=True)


@st.composite
def parts_of_an_index(draw: st.DrawFn) -> list[Part]:
    size = draw(st.integers(1, 4))
    weights = draw(st.lists(st.floats(0.1, 5), min_size=size, max_size=size))
    pools = draw(st.lists(st.sampled_from(["", "p", "q"]), min_size=size, max_size=size))
    total = sum(weights)
    return [
        Part(f"y{at}", 100 * weights[at] / total, group=f"y{at}", pool=pools[at])
        for at in range(size)
    ]


def design_of(y: np.ndarray, seed: int) -> Design:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"y{at}": y[:, at] for at in range(y.shape[1])})
    frame["psu"] = np.arange(len(y)) // 4
    frame["w"] = rng.uniform(1, 9, len(y))
    return Design.from_frame(frame, ids="psu", weights="w")


def everybody(design: Design) -> "pd.Series[bool]":
    return pd.Series(data=True, index=design.frame.index)


@settings(max_examples=40, deadline=None)
@given(parts_of_an_index(), st.floats(0, 1), st.sampled_from(list(Missing)), st.integers(0, 99))
def test_an_index_of_constant_items_is_the_constant(
    parts: list[Part], value: float, missing: Missing, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    y = np.full((40, len(parts)), value)
    y[rng.random(y.shape) < 0.2] = np.nan
    y[0] = value
    design = design_of(y, seed)
    found = combined_means(design, parts, base=everybody(design), missing=missing)
    assert found.value[()] == pytest.approx(100 * value, abs=1e-9)
    assert found.scores.estimate[0] == pytest.approx(0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(parts_of_an_index(), st.floats(0, 0.6), st.integers(0, 99), st.booleans())
def test_whatever_the_missing_answers_were_the_index_lies_between_its_bounds(
    parts: list[Part], gaps: float, seed: int, turned: bool
) -> None:
    if turned:
        parts = [Part(part.column, -part.coefficient) for part in parts]
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, (40, len(parts))).astype(float)
    y = truth.copy()
    y[rng.random(y.shape) < gaps] = np.nan
    seen = design_of(y, seed)
    bounds = index_bounds(seen, parts, base=everybody(seen))
    whole = design_of(truth, seed)
    value = combined_means(whole, parts, base=everybody(whole)).value[()]
    assert bounds.low[()] - 1e-9 <= value <= bounds.high[()] + 1e-9
    if not np.isnan(y).any():
        assert bounds.low[()] == pytest.approx(bounds.high[()])


@settings(max_examples=60, deadline=None)
@given(NAMES, WORDS, WORDS, st.dictionaries(NAMES, st.integers(1, 9), min_size=1, max_size=4))
def test_what_a_file_says_is_what_is_read_and_stored(
    name: str, vi: str, en: str, weights: dict[str, int]
) -> None:
    quoted = {key: json.dumps(text, ensure_ascii=False) for key, text in (("vi", vi), ("en", en))}
    text = f'form = "A"\n[base.b]\nvi = {quoted["vi"]}\nen = {quoted["en"]}\nprogram = true\n'
    for part in weights:
        text += f'[column.c_{part}]\nquestion = "{part}"\nis = ["1"]\n'
    listed = ", ".join(f"c_{part} = {weight}" for part, weight in weights.items())
    text += f"[indicator.i_{name}]\nvi = {quoted['vi']}\nen = {quoted['en']}\n"
    text += f'base = "b"\nrule = "r"\nparts = {{ {listed} }}\n'
    stored = read(text, "f.toml").definitions[f"i_{name}"].to_json()
    again = json.loads(json.dumps(stored))
    assert (again["vi"], again["en"]) == (vi, en)
    total = sum(weights.values())
    assert {part["column"]: part["coefficient"] for part in again["parts"]} == pytest.approx(
        {f"c_{part}": 100 * weight / total for part, weight in weights.items()}
    )
