"""The printed maps and data files of a run, and of any figures in a CSV."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.collection import jobs
from surveys.collection.blobs import open_blob
from surveys.collection.models import Job
from surveys.results import map_files_job, map_queue
from surveys.results.models import Artefact, Estimate, Run
from surveys.results.reading import reader
from surveys.territory.units import load_units
from tests.unit.results import test_report
from tests.unit.results.test_report import hidden, row

pytestmark = pytest.mark.django_db

run = test_report.run  # its fixture
FIGURES = (
    "code,value,low,high,n,status,reason_vi\n"
    "16228,0.86,0.8,0.9,300,,\n"
    '16234,"0,5",0.4,0.6,100,caution,Ít mẫu\n'
    "16249,0.1234,0.11,0.13,20,unpublished,Dưới 30 người\n"
    "16258,,,,,,\n"
)


@pytest.fixture
def rows(run: Run) -> list[Estimate]:
    made = [row(run, "equipped", "16220"), hidden(run, "equipped", "16221")]
    return Estimate.objects.bulk_create(made)


@pytest.fixture
def one_map(run: Run) -> Run:
    """A run that estimated one mapped indicator, so that six plus three files are made."""
    kept = {name: run.report["definitions"][name] for name in ("equipped",)}
    run.report["definitions"] = kept
    run.save()
    return run


def names(made: Run) -> set[str]:
    return set(Artefact.objects.filter(run=made).values_list("name", flat=True))


def test_a_run_leaves_its_maps_to_print_and_as_data(one_map: Run, rows: list[Estimate]) -> None:
    job = map_queue.queue(one_map)
    jobs.run(job)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.errors
    assert job.result == {"run": one_map.pk, "files": 9}
    printed = {
        f"map-equipped-{lang}.{form}" for lang in ("vi", "en") for form in ("pdf", "svg", "png")
    }
    assert names(one_map) == printed | {
        f"map-equipped.{form}" for form in ("gpkg", "geojson", "csv")
    }
    jobs.run(job)  # a worker died after storing: the job is taken again
    assert Artefact.objects.filter(run=one_map).count() == 9


def test_no_file_of_a_map_holds_an_unpublished_value(one_map: Run, rows: list[Estimate]) -> None:
    secrets = (b"876543", b"87.65", b"87,65", b"87,7", b"87.7", b"0.8765")
    for made in map_files_job.make_map_files(reader(one_map, rows)):
        if made.name.endswith((".svg", ".csv", ".json", ".gpkg", ".geojson")):
            assert not any(secret in made.content for secret in secrets), made.name


def test_files_of_a_run_that_is_gone_are_not_made(one_map: Run) -> None:
    job = map_queue.queue(one_map)
    job.payload = {"run": one_map.pk + 1}
    jobs.run(job)
    job.refresh_from_db()
    assert job.result == {"files": 0}


def test_a_stored_map_opens_as_what_it_says_it_is(one_map: Run, rows: list[Estimate]) -> None:
    jobs.run(map_queue.queue(one_map))
    starts = {
        "application/pdf": b"%PDF-",
        "image/svg+xml": b"<?xml",
        "image/png": b"\x89PNG",
        "application/geopackage+sqlite3": b"SQLite format 3",
        "application/geo+json": b"{",
        "text/csv; charset=utf-8": b"\xef\xbb\xbfcode,",
    }
    for each in Artefact.objects.filter(run=one_map):
        with open_blob(each.sha256) as file:
            assert file.read(16).startswith(starts[each.content_type]), each.name


@pytest.mark.parametrize("suffix", ["pdf", "svg", "png", "gpkg", "geojson", "csv"])
def test_any_figures_are_printed_by_command_without_what_is_withheld(
    tmp_path: Path, suffix: str
) -> None:
    load_units({"38"})
    source, target = tmp_path / "figures.csv", tmp_path / f"map.{suffix}"
    source.write_text(FIGURES, encoding="utf-8")
    call_command(
        "areas", "print", str(source), "--to", str(target), "--title", "Sẵn sàng số",
        "--breaks", "readiness", "--paper", "A3", "--orientation", "landscape",
        stdout=io.StringIO(),
    )  # fmt: skip
    content = target.read_bytes()
    assert b"0.1234" not in content
    assert b"12,3" not in content
    if suffix == "csv":
        with target.open(encoding="utf-8-sig", newline="") as handle:
            told = {
                line["code"]: (line["status"], line["estimate"]) for line in csv.DictReader(handle)
            }
        assert told == {
            "16228": ("published", "0.86"),
            "16234": ("caution", "0.5"),
            "16249": ("unpublished", ""),
            "16258": ("missing", ""),
        }


@pytest.mark.parametrize(
    ("options", "target", "said"),
    [
        ([], "map.docx", "map.docx"),
        ([], "figures.csv", "figures.csv"),
        (["--view", "target"], "map.pdf", "not target"),
        (["--unit", "count", "--breaks", "5,3"], "map.pdf", "must rise"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    tmp_path: Path, options: list[str], target: str, said: str
) -> None:
    load_units({"38"})
    source = tmp_path / "figures.csv"
    source.write_text(FIGURES, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        call_command(
            "areas", "print", str(source), "--to", str(tmp_path / target), "--title", "x", *options
        )
    assert [each.name for each in tmp_path.glob("*.*")] == ["figures.csv"]
    assert source.read_text(encoding="utf-8") == FIGURES
