"""The R archive: what it holds, who gets it, and that R makes the published table again."""

import csv
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from surveys.collection import jobs, rights
from surveys.collection.jobs import JobRefused
from surveys.collection.models import Job, Role, User
from surveys.fieldwork.models import Benchmark
from surveys.results import execution, runs
from surveys.results.exports import job as export_job
from surveys.results.exports import requests
from surveys.results.exports.making import make
from surveys.results.exports.options import Format, Options
from surveys.results.exports.published import tables_of
from surveys.results.exports.source import Source
from surveys.results.models import Estimate, Export, Run
from tests.cast import make_user
from tests.export_world import unpacked
from tests.unit.results import fabric
from tests.unit.results.fabric import Fabric

pytestmark = pytest.mark.django_db
R_SECONDS = 60
HANDLER = export_job.execute  # its module registers the handler of the job


@pytest.fixture(scope="module")
def done(kept: None) -> Fabric:
    made = fabric.make_round(villages=6, households=6)
    fabric.field_work(made)
    return made


@pytest.fixture(scope="module")
def published(done: Fabric) -> Run:
    return published_run(done)


def published_run(made: Fabric) -> Run:
    run = runs.start(made.actor, made.round)
    assert run.job is not None
    assert execution.execute is not None  # its module registers the handler
    jobs.run(run.job)
    assert Job.objects.get(pk=run.job.pk).state == Job.State.DONE
    run.refresh_from_db()
    return runs.publish(made.actor, run)


def archive(made: Fabric, folder: Path, kind: str, indicator: str = "") -> Path:
    target = folder / f"{kind}-{indicator}"
    target.mkdir()
    options = Options(Format.R, indicator=indicator)
    return unpacked(make(Source(made.forms[kind], made.actor, options), target, made.actor).path)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_it_holds_data_design_the_published_table_and_the_script(
    done: Fabric, published: Run, tmp_path: Path
) -> None:
    folder = archive(done, tmp_path, "A", "net_3m")
    data = lines(folder / "data.csv")
    known = {each["name"] for each in lines(folder / "variables.csv")}
    assert set(data[0]) == known
    assert {"stratum", "psu", "hh", "weight", "commune", "net_3m", "persons_15"} <= known
    assert not {"household", "hh_name"} & known
    shown = lines(folder / "published.csv")
    rows = Estimate.objects.filter(run=published, indicator="net_3m", domain_type="commune")
    assert [each["commune"] for each in shown] == list(
        rows.exclude(publication="none").order_by("domain").values_list("domain", flat=True)
    )
    assert (folder / "analysis.R").exists()


@pytest.mark.usefixtures("published")
def test_records_that_changed_since_the_run_are_refused(done: Fabric, tmp_path: Path) -> None:
    Benchmark.objects.all().delete()
    Run.objects.update(inputs_sha256="0" * 64)
    with pytest.raises(JobRefused) as refusal:
        archive(done, tmp_path, "A")
    assert "again" in refusal.value.errors[0]["remedy_en"]


@pytest.mark.usefixtures("published")
def test_the_tables_of_a_run_are_those_that_it_published(done: Fabric) -> None:
    names = {each.indicator for each in tables_of(done.forms["A"])}
    assert {"net_3m"} <= names


@pytest.mark.usefixtures("published")
def test_a_table_that_was_not_published_is_refused(done: Fabric, tmp_path: Path) -> None:
    with pytest.raises(JobRefused):
        archive(done, tmp_path, "A", "no_such_indicator")


def test_without_a_published_run_it_is_not_even_queued(done: Fabric) -> None:
    Run.objects.update(published_at=None)
    with pytest.raises(requests.ExportRefused) as refusal:
        requests.ask(done.actor, done.forms["A"], Options(Format.R))
    assert refusal.value.code == 400.82


@pytest.mark.usefixtures("published")
def test_weights_of_the_whole_are_not_for_a_part_of_it(done: Fabric) -> None:
    project = done.round.project
    near = make_user("near", Role.SUPERVISOR, project, communes=("16220",))
    with pytest.raises(rights.Forbidden):
        requests.ask(near.actor, done.forms["A"], Options(Format.R))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not here (r-cran-survey)")
def test_r_makes_the_published_tables_again(done: Fabric, tmp_path: Path) -> None:
    """A share of persons, a share and a mean of respondents; weights raked in uneven cells."""
    fabric.benchmarks(done)
    done.round.recipe = {"least_cell": 3}
    done.round.save(update_fields=["recipe"])
    Benchmark.objects.filter(sex="f", domain="16220").update(count=F("count") * 3)
    published_run(done)
    for kind, indicator in (("A", "net_3m"), ("B", "item_sat_f1_1"), ("B", "mean_score_f1_1")):
        folder = archive(done, tmp_path, kind, indicator)
        ran: Any = subprocess.run(
            ["Rscript", "--vanilla", "analysis.R"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=R_SECONDS,
        )
        assert ran.returncode == 0, f"{indicator}: {ran.stdout}{ran.stderr}"
        assert "largest difference" in ran.stdout
        assert (folder / "cells.csv").exists()
        assert len({each["weight"] for each in lines(folder / "data.csv")}) > 4 or kind == "A"


def test_the_page_offers_the_tables_of_the_newest_published_run(
    done: Fabric, published: Run
) -> None:
    form = done.forms["A"]
    client = Client()
    client.force_login(User.objects.get(actor=done.actor))
    page = f"/forms/{form.pk}/exports/"
    assert f'value="{published.pk}:net_3m"' in client.get(page).content.decode()
    said = {
        "format": "r",
        "answers": "codes",
        "language": "vi",
        "indicator": f"{published.pk}:net_3m",
    }
    assert client.post(page, said).status_code == 302
    export = Export.objects.get()
    assert (export.options["run"], export.options["indicator"]) == (published.pk, "net_3m")
    assert export.job is not None
    jobs.run(export.job)
    export.refresh_from_db()
    assert (export.blob_id is not None, export.name[-4:]) == (True, ".zip")
