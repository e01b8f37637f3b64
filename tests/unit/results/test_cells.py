"""How cells of a run are judged together: what hides what, and where a reason sends the reader."""

import numpy as np
import pandas as pd

from analysis.publication import Rule
from surveys.results.cells import Computed, compute
from surveys.results.extract import RoundFrames
from surveys.results.recipe import Recipe
from surveys.results.recipes import household_chain, weigh
from tests.unit.results.test_recipes import cases, form


def overall(sizes: dict[str, int], urban: set[str]) -> Computed:
    """Satisfaction of all adults where each commune has so many answers."""
    parts = [
        cases(["I"] * n, stratum=name, psus=min(n, 8)).assign(
            urban_rural="urban" if name in urban else "rural"
        )
        for name, n in sizes.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table["submission"] = pd.array(np.arange(len(table)), dtype="Int64")
    answers = (["4", "2"] * len(table))[: len(table)]
    frames = RoundFrames(None, form(table, n_a18=1, used="self", overall=answers), (), "x")
    wanted = {"sat_overall"}
    return compute(weigh(frames, Recipe()), Rule(), indicators=wanted)[0]


def hidden(found: Computed, kind: str) -> set[str]:
    return {
        cell.figure.domain
        for cell in found.cells
        if cell.domain_type == kind and cell.verdict.shown.value == "none"
    }


def test_two_confidential_communes_of_different_places_cannot_be_told_by_their_sums() -> None:
    sizes = {"s1": 3, "s2": 80, "s3": 60, "s4": 3, "s5": 90}
    found = overall(sizes, urban={"s1", "s3"})
    # urban − s3 would be s1, rural − s2 − s5 would be s4
    assert hidden(found, "commune") == {"s1", "s3", "s4", "s2"}


def test_the_reason_of_the_whole_round_does_not_send_its_reader_to_the_whole_round() -> None:
    found = overall({"s1": 20}, urban=set())
    whole = next(cell for cell in found.cells if cell.domain_type == "round")
    commune = next(cell for cell in found.cells if cell.domain_type == "commune")
    assert "cả đợt" not in whole.verdict.reason_vi
    assert "20 người trả lời (cần 30)" in whole.verdict.reason_vi
    assert "cả đợt" in commune.verdict.reason_vi


def test_a_village_without_an_interview_is_made_up_for_in_its_own_stratum() -> None:
    first = cases(["I", "R"], stratum="s1", psus=2)
    second = cases(["I", "I"], stratum="s2", psus=2)
    table = pd.concat([first, second], ignore_index=True)
    chain = household_chain(table, Recipe(nonresponse_classes="psu"))
    assert chain.final.tolist() == [40.0, 0.0, 20.0, 20.0]
