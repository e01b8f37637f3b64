"""What the weighting did is said in Vietnamese too."""

import numpy as np
import pandas as pd

from analysis.stages import CollapsedStratum
from analysis.weights import (
    nonresponse_adjustment,
    person_weights,
    propensity_adjustment,
    rake,
)
from analysis.weights.cells import sex_age_margin
from analysis.weights.trimming import trim
from surveys.results.weight_words import collapse_words, merge_words, note_words

ENGLISH = {"rows", "capped", "raked", "under", "merged", "respondents", "fewer", "next", "both"}


def spoken(text: str) -> set[str]:
    return ENGLISH & set(text.replace(":", " ").replace(";", " ").split())


def test_every_note_and_merge_of_the_chain_has_its_vietnamese() -> None:
    sex = ["f"] * 30 + ["m"] * 25 + ["f"] * 3 + ["m"] * 2 + ["ref"]
    age = ["18-29"] * 55 + ["30-44"] * 5 + ["18-29"]
    area = ["a", "b"] * 30 + ["a"]
    counts = {(place, s, a): 100.0 for place in "ab" for s in "fm" for a in ("18-29", "30-44")}
    margin = sex_age_margin(sex, age, counts, area=area)
    persons = person_weights(np.ones(61), [5.0] * 6 + [2.0] * 55)
    raked = rake(persons.weights, [margin])
    thin = nonresponse_adjustment(np.ones(3), ["x", "x", "y"], [1, 1, 0])
    notes = [note_words(note) for step in (persons, raked) for note in step.notes]
    merges = [merge_words(merge) for step in (raked, thin) for merge in step.merges]
    assert len(notes) == 3
    assert len(merges) >= 3
    assert [each["vi"] for each in (*notes, *merges) if spoken(each["vi"])] == []
    assert all(spoken(each["en"]) for each in (*notes, *merges))


def test_caps_and_propensities_are_said_in_vietnamese() -> None:
    cut = trim([1.0] * 9 + [20.0], 0.0, 4.0)
    known = pd.DataFrame({"urban": [1.0, 1.0, 0.0, 0.0] * 10})
    modelled = propensity_adjustment([1.0] * 40, known, [1, 0, 1, 1] * 9 + [0, 1, 0, 1]).step
    notes = [*cut.notes, *modelled.notes]
    assert notes
    assert all(note_words(note)["vi"] != note for note in notes)


def test_a_note_nobody_knows_is_passed_on_as_it_is() -> None:
    assert note_words("something else") == {"vi": "something else", "en": "something else"}


def test_a_paired_stratum_is_said_with_the_decimals_of_each_language() -> None:
    said = collapse_words(CollapsedStratum("16258", "16249", 120.5, 98.0))
    assert said["vi"] == ("Tầng 16258 chỉ có một thôn; ghép với 16249 (tổng trọng số 120,5 và 98)")
    assert "120.5" in said["en"]
