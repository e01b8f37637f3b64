"""A run from stored records to estimates, maps and reports (one process, real functions)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.collection import jobs, people, rights
from surveys.collection.blobs import open_blob
from surveys.collection.models import AuditEvent, Job, Role, User
from surveys.fieldwork.models import Benchmark, CaseOutcome, Round, SampledHousehold
from surveys.results import execution, runs
from surveys.results.extract import RoundFrames, frames
from surveys.results.models import Artefact, Estimate, Run
from tests.unit.results import fabric
from tests.unit.results.fabric import Fabric

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def done(kept: None) -> Fabric:
    made = fabric.make_round(villages=6, households=6)
    fabric.field_work(made)
    return made


@pytest.fixture(scope="module")
def first(done: Fabric) -> Run:
    return run_of(done)


def ended(made: Fabric) -> Job:
    run = runs.start(made.actor, made.round)
    assert run.job is not None
    assert run.job.kind == runs.JOB_KIND
    assert execution.execute is not None  # its module registers the handler
    jobs.run(run.job)
    return Job.objects.get(pk=run.job.pk)


def run_of(made: Fabric) -> Run:
    job = ended(made)
    assert job.state == Job.State.DONE, job.errors
    return Run.objects.select_related("round").get(job=job)


def rows_of(run: Run) -> list[tuple[Any, ...]]:
    fields = [f.name for f in Estimate._meta.fields if f.name not in ("id", "run")]
    order = ("indicator", "category", "domain_type", "domain")
    return list(Estimate.objects.filter(run=run).order_by(*order).values_list(*fields))


def test_a_run_leaves_estimates_of_every_domain(first: Run) -> None:
    found = Estimate.objects.filter(run=first, indicator="equipped")
    assert set(found.values_list("domain_type", flat=True)) == {
        "round",
        "commune",
        "urban_rural",
        "sex",
        "age_group",
    }
    whole = found.get(domain_type="round")
    assert 60 < whole.n < 150
    assert whole.publication == "publish"
    assert whole.low is not None
    assert whole.high is not None
    assert whole.low < whole.high
    assert first.finished_at is not None
    assert len(first.inputs_sha256) == 64
    assert first.report["publication_rule"]["publish_n"] == 50
    assert [area["valid_from"] for area in first.report["areas"]] == ["2025-07-01", "2025-07-01"]


def test_the_same_records_give_the_same_rows_however_often(done: Fabric, first: Run) -> None:
    before, hashes = rows_of(first), (first.inputs_sha256, first.code_version)
    assert first.job is not None
    jobs.run(first.job)  # a worker died after storing: the job is taken again
    assert rows_of(first) == before
    assert Artefact.objects.filter(run=first).count() == 21
    second = run_of(done)
    assert second.pk != first.pk
    assert rows_of(second) == before
    assert (second.inputs_sha256, second.code_version) == hashes
    assert first.report == second.report


def test_a_further_record_gives_another_hash(done: Fabric) -> None:
    before = frames(done.round).inputs_sha256
    outcome = CaseOutcome.objects.filter(submission=None, kind="A").select_related(
        "household__village"
    )[0]
    fabric.refusal(done, "A", outcome.household)
    assert frames(done.round).inputs_sha256 == before  # the disposition is the same
    household = SampledHousehold.objects.select_related("village").get(pk=outcome.household_id)
    done.send("A", household, {"contact": "none", "disp": "224"})
    Benchmark.objects.create(
        round=done.round,
        domain="province",
        sex="f",
        age_group="60+",
        count=5,
        definition="registered",
        source="thử",
        date=done.round.frame_date,
    )
    assert frames(done.round).inputs_sha256 != before


def test_while_a_run_waits_a_second_click_gets_the_same_one(done: Fabric) -> None:
    started = AuditEvent.objects.filter(action="run.start")
    before = started.count()
    assert runs.start(done.actor, done.round).pk == runs.start(done.actor, done.round).pk
    assert started.count() == before + 1


def test_only_who_may_run_the_analysis_starts_a_run(done: Fabric) -> None:
    people.create_user(
        done.actor,
        email="xem@example.vn",
        password="mot-mat-khau-dai",
        display_name="Người xem",
        role=Role.VIEWER,
        project=done.round.project,
    )
    viewer = User.objects.get(email="xem@example.vn").actor
    before = Run.objects.count()
    with pytest.raises(rights.Forbidden):
        runs.start(viewer, done.round)
    assert Run.objects.count() == before


def test_a_run_is_published_by_who_answers_for_the_round(done: Fabric) -> None:
    waiting = runs.start(done.actor, done.round)
    with pytest.raises(ValueError, match="not ended"):
        runs.publish(done.actor, waiting)
    waiting.finished_at = timezone.now()
    waiting.save()
    assert runs.publish(done.actor, Run.objects.get(pk=waiting.pk)).published_at is not None


def test_a_recipe_with_an_unknown_setting_is_refused_by_name(done: Fabric) -> None:
    Round.objects.filter(pk=done.round.pk).update(recipe={"trim": 3})
    done.round.refresh_from_db()
    job = ended(done)
    assert job.state == Job.State.FAILED
    assert "trim" in job.errors[0]["en"]


def test_benchmarks_of_other_strata_are_said_with_what_to_do(done: Fabric) -> None:
    Benchmark.objects.filter(round=done.round).delete()
    Benchmark.objects.create(
        round=done.round,
        domain="tầng khác",
        sex="f",
        age_group="18-29",
        count=300,
        definition="registered",
        date="2026-01-01",
    )
    job = ended(done)
    assert job.state == Job.State.FAILED
    assert "đối chiếu" in job.errors[0]["vi"]
    assert "tên tầng như trong tệp thôn" in job.errors[0]["remedy_vi"]


def extracted(made: Fabric) -> RoundFrames:
    found = frames(made.round)
    assert found.digital is not None
    assert found.satisfaction is not None
    return found


def test_every_sampled_household_is_a_case_and_only_records_that_count_are_read(
    done: Fabric,
) -> None:
    found = extracted(done)
    assert found.digital is not None
    counting = CaseOutcome.objects.filter(kind="A", submission__isnull=False).count()
    assert len(found.digital.cases) == SampledHousehold.objects.count() == 72
    assert len(found.digital.root) == counting < 72
    assert len(found.digital.tables["person"]) == 2 * counting
    refused = found.digital.cases[found.digital.cases["submission"].isna()]
    assert set(refused["group"]) == {"R"}


def test_the_extract_asks_no_query_per_household(done: Fabric) -> None:
    with CaptureQueriesContext(connection) as queries:
        extracted(done)
    assert len(queries) <= 16


def test_files_of_the_run_open_and_maps_ask_nobody(first: Run) -> None:
    maps = Artefact.objects.filter(run=first, kind="map", language="vi")
    assert {each.name for each in maps} >= {"map-sat_users-vi.html", "map-equipped-vi.html"}
    for each in maps:
        with open_blob(each.sha256) as file:
            page = file.read().decode()
        assert "Dữ liệu" in page or "giả lập" in page
        assert 'src="http' not in page
