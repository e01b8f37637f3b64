"""Which run of a round a reader gets, and the files that it left."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import get_language

from dashboard.access import access
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results.models import Artefact, Run
from surveys.results.reading import Names, RunReader, latest_run, report_file


@dataclass(frozen=True, slots=True)
class MapLink:
    """A map of the run."""

    indicator: str
    name: Names


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file of a map, and what to call it."""

    artefact: Artefact
    kind: str


def run_to_read(request: HttpRequest, found: Round) -> Run | None:
    """The newest run; readers of published results get the newest published one."""
    may_see_all = access(request).may(Right.READ_UNPUBLISHED_RUNS, found.project_id)
    return latest_run(found, published_only=not may_see_all)


def error_percent(run: Run) -> float:
    """How often, in per cent, the words of a run may be wrong."""
    return 100 * float(run.recipe.get("error_rate", 0.05))


def reports_of(run: Run) -> list[Artefact]:
    """The report as workbook and document in the language of the page."""
    language = get_language() or "vi"
    found = (report_file(run, suffix, language) for suffix in ("xlsx", "docx"))
    return [each for each in found if each is not None]


def maps_of(run: Run, known: RunReader | None) -> list[MapLink]:
    """The maps of the run in the language of the page."""
    ending = f"-{get_language() or 'vi'}.html"
    names = Artefact.objects.filter(run=run, kind="map", name__endswith=ending)
    found = []
    for name in names.order_by("pk").values_list("name", flat=True):
        indicator = name.removeprefix("map-").removesuffix(ending)
        title = known.name(indicator) if known else Names(indicator, "")
        found.append(MapLink(indicator, title))
    return found


def map_files_of(run: Run, indicator: str) -> list[FileLink]:
    """A map to print, in the language of the page, and its figures as data."""
    language = get_language() or "vi"
    kept = Artefact.objects.filter(run=run, kind__in=("print", "data")).order_by("pk")
    stems = (f"map-{indicator}-{language}.", f"map-{indicator}.")
    return [
        FileLink(each, each.name.rpartition(".")[2].upper())
        for each in kept
        if each.name.startswith(stems)
    ]
