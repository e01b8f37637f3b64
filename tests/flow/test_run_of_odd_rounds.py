"""Runs of rounds with little in them: no records, one village, answers that do not fit."""

import pytest

from surveys.collection.models import Job
from surveys.fieldwork.models import SampledHousehold
from surveys.results.models import Estimate
from tests.flow.test_run import ended, extracted, run_of
from tests.unit.results import fabric

pytestmark = pytest.mark.django_db


def test_a_round_without_records_says_so_and_leaves_nothing() -> None:
    job = ended(fabric.make_round(villages=2, households=2))
    assert job.state == Job.State.FAILED
    assert "chưa có phiếu" in job.errors[0]["vi"]
    assert Estimate.objects.count() == 0


def test_who_was_never_visited_is_a_case_of_unknown_eligibility() -> None:
    made = fabric.make_round(villages=2, households=2)
    found = extracted(made)
    assert found.digital is not None
    assert set(found.digital.cases["disposition"]) == {"311"}
    assert set(found.digital.cases["group"]) == {"UH"}


def test_an_answer_that_does_not_fit_is_missing_and_counted() -> None:
    made = fabric.make_round(villages=1, households=1, communes=1)
    household = SampledHousehold.objects.select_related("village").get()
    made.send(
        "A",
        household,
        {"consent": "yes", "hh_size": "hai", "disp": "110"},
        {"member": [fabric.member(1)], "person": [fabric.person(1, a_wallet="maybe")]},
    )
    digital = extracted(made).digital
    assert digital is not None
    assert digital.misfits == {"a_wallet": 1, "hh_size": 1}
    assert "a_wallet" not in digital.tables["person"].columns


def test_telephone_numbers_places_and_free_text_do_not_reach_the_analysis() -> None:
    made = fabric.make_round(villages=1, households=1, communes=1)
    household = SampledHousehold.objects.select_related("village").get()
    made.send(
        "A",
        household,
        {"consent": "yes", "hh_size": 1, "gps": "19.6 105.5 3 4", "remark": "x", "disp": "110"},
        {"member": [fabric.member(1)], "person": [fabric.person(1, a_tel="0912345678")]},
    )
    digital = extracted(made).digital
    assert digital is not None
    assert not {"gps", "remark"} & set(digital.root.columns)
    assert "a_tel" not in digital.tables["person"].columns


def test_one_village_gives_figures_without_intervals_and_publishes_none() -> None:
    made = fabric.make_round(villages=1, households=8, communes=1)
    fabric.field_work(made)
    run = run_of(made)
    found = Estimate.objects.filter(run=run, indicator="equipped", domain_type="round").get()
    assert found.estimate is not None
    assert found.lower is None
    assert not Estimate.objects.filter(run=run).exclude(publication="none").exists()


def test_strata_of_one_village_each_are_collapsed_and_the_run_says_so() -> None:
    made = fabric.make_round(villages=1, households=6, communes=4)
    fabric.field_work(made)
    run = run_of(made)
    found = Estimate.objects.filter(run=run, indicator="equipped", domain_type="round").get()
    assert "collapsed" in found.flags
    assert found.se is not None
    assert any("một thôn" in warning["vi"] for warning in run.report["warnings"])
