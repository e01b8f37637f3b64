"""The job "map_files": each map of a run as PDF, SVG, PNG, GeoPackage, GeoJSON and CSV."""

from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction

from maps.data_files import figures_table, geojson
from maps.data_files_geopackage import geopackage
from maps.print_files import Format, print_map
from maps.specification import Language
from surveys.collection import blobs, jobs
from surveys.collection.blobs import StoredBlob
from surveys.collection.jobs import Report
from surveys.collection.models import Job
from surveys.collection.spreadsheets import as_text
from surveys.results.artefacts import CSV, Made
from surveys.results.map_queue import DATA, JOB_KIND, PRINT
from surveys.results.models import Artefact, Run
from surveys.results.reading.figures import RunReader, reader
from surveys.results.report.maps import RunMap, run_maps

TYPES: Final = {
    Format.PDF: "application/pdf",
    Format.SVG: "image/svg+xml",
    Format.PNG: "image/png",
}
GPKG: Final = "application/geopackage+sqlite3"
GEOJSON: Final = "application/geo+json"


def make_map_files(found: RunReader) -> Iterator[Made]:
    """Every file of every map, made from the very specification of the web map."""
    for each in run_maps(found):
        yield from _printed(each)
        yield from _data(each)


@jobs.handles(JOB_KIND)
def make(job: Job, report: Report) -> dict[str, Any]:
    """Draw and store; twice leaves the same files. A run deleted meanwhile has no maps."""
    run = Run.objects.select_related("round__project").filter(pk=job.payload["run"]).first()
    if run is None:
        return {"files": 0}
    report(0.05, "Vẽ bản đồ để in", "Drawing maps for print")
    made = [(each, blobs.store(each.content)) for each in make_map_files(reader(run))]
    report(0.95, "Ghi tệp", "Storing files")
    _store(run, made)
    return {"run": run.pk, "files": len(made)}


def _printed(map_: RunMap) -> Iterator[Made]:
    for language in Language:
        for form in Format:
            content = print_map(map_.spec, map_.shapes.collection, form, lang=language.value)
            name = f"map-{map_.indicator}-{language.value}.{form.value}"
            yield Made(PRINT, name, language.value, TYPES[form], content)


def _data(map_: RunMap) -> Iterator[Made]:
    """Columns and reasons are in both languages, so one file of a kind is enough."""
    stem, shapes = f"map-{map_.indicator}", map_.shapes.collection
    yield Made(DATA, f"{stem}.gpkg", "", GPKG, geopackage(map_.spec, shapes))
    yield Made(DATA, f"{stem}.geojson", "", GEOJSON, geojson(map_.spec, shapes))
    yield Made(DATA, f"{stem}.csv", "", CSV, figures_table(map_.spec, as_text))


def _store(run: Run, made: list[tuple[Made, StoredBlob]]) -> None:
    """One transaction; the files are on the disk before it, a crash between leaves them unnamed."""
    with transaction.atomic():
        blobs.register(blob for _, blob in made)
        Artefact.objects.filter(run=run, kind__in=(PRINT, DATA)).delete()
        Artefact.objects.bulk_create(
            Artefact(
                run=run,
                kind=each.kind,
                name=each.name,
                language=each.language,
                content_type=each.content_type,
                sha256=blob.sha256,
                size=blob.size,
            )
            for each, blob in made
        )
