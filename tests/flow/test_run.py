"""A run from stored records to estimates, maps and reports (one process, real functions)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.collection import jobs
from surveys.collection.models import Job
from surveys.results import runs
from surveys.results.extract import frames
from surveys.results.models import Estimate, Run
from tests.unit.results import fabric
from tests.unit.results.fabric import Fabric

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(db: None) -> Fabric:
    made = fabric.make_round(villages=6, households=6)
    fabric.field_work(made)
    return made


def run_of(made: Fabric) -> Run:
    run = runs.start(made.actor, made.round)
    assert run.job is not None
    jobs.run(run.job)
    job = Job.objects.get(pk=run.job.pk)
    assert job.state == Job.State.DONE, job.errors
    return Run.objects.get(pk=run.pk)


def test_a_run_leaves_estimates_of_every_domain(done: Fabric) -> None:
    run = run_of(done)
    found = Estimate.objects.filter(run=run, indicator="equipped")
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
    assert whole.low < (whole.estimate or 0) < whole.high
    assert run.finished_at is not None
    assert len(run.inputs_sha256) == 64


def test_the_extract_asks_one_query_a_table(done: Fabric) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        frames(done.round)
    assert len(queries) < 20
