"""What a run says about its sample and the population that it stands for."""

import pandas as pd

from analysis.design import Design
from analysis.weights import WeightChain
from surveys.results.extract import BenchmarkCell
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted
from surveys.results.run_sample import populations, sample_facts
from tests.unit.results.test_recipes import cases

COUNTS = (("15-17", 30), ("18-29", 170))


def benchmark(domain: str) -> list[BenchmarkCell]:
    return [BenchmarkCell(domain, "f", age, count, "usual_resident") for age, count in COUNTS]


def people(strata: dict[str, str]) -> Weighted:
    """Four persons in two villages of each stratum; strata by name, with their communes."""
    rows = [
        {"stratum": name, "commune": commune, "psu": f"{name}{at % 2}", "w": 7.0}
        for name, commune in strata.items()
        for at in range(4)
    ]
    frame = pd.DataFrame(rows).assign(persons_18=[1.0, 1.0, 1.0, 0.0] * len(strata))
    design = Design.from_frame(frame, ids="psu", strata="stratum", weights=frame["w"])
    return Weighted(frame, design, WeightChain(), is_raked=True)


def test_a_commune_of_whole_strata_has_its_benchmark_as_population() -> None:
    found = populations(people({"a": "1", "b": "1"}), [*benchmark("a"), *benchmark("b")])
    assert found["rows"]["1"] == {"15+": 400.0, "18+": 340.0, "source": "benchmarks"}
    assert found["rows"][""] == {"15+": 400.0, "18+": 340.0, "source": "benchmarks"}


def test_a_commune_without_a_benchmark_of_its_own_has_the_sum_of_its_weights() -> None:
    found = populations(people({"a": "1", "b": "2"}), benchmark("province"))
    assert found["rows"]["1"] == {"15+": 28.0, "18+": 21.0, "source": "weights"}
    assert found["rows"][""]["source"] == "benchmarks"


def test_benchmarks_of_adults_alone_are_no_population_of_15_and_over() -> None:
    adults = [cell for cell in benchmark("a") if cell.age_group != "15-17"]
    assert populations(people({"a": "1"}), adults)["rows"]["1"]["source"] == "weights"


def test_the_sample_is_described_with_its_dispositions() -> None:
    facts = sample_facts(cases(["I", "I", "R", "NC"], psus=2), Recipe())
    assert facts["dispositions"] == {"110": 2, "2111": 2}
    assert (facts["strata"], facts["psus"], facts["fewest_psus"]) == (1, 2, 2)
    assert (facts["largest_fraction"], facts["has_fpc"]) == (0.05, False)
