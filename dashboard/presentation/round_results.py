"""Which run of a round a reader gets, and what communes are called in it."""

from collections.abc import Iterable

from surveys.collection.rights import Access, Right
from surveys.fieldwork.models import Round
from surveys.results.models import Artefact, Run
from surveys.territory.models import AdminUnit, Level


def latest_run(found: Round, held: Access) -> Run | None:
    """The newest finished run; readers of published results get the newest published one."""
    runs = Run.objects.filter(round=found, finished_at__isnull=False).order_by("-pk")
    if not held.may(Right.READ_UNPUBLISHED_RUNS, found.project_id):
        runs = runs.filter(published_at__isnull=False)
    return runs.first()


def commune_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of communes in force by code."""
    units = AdminUnit.objects.filter(code__in=list(codes), level=Level.COMMUNE, valid_to=None)
    return {unit.code: unit.full_name for unit in units}


def files_of(run: Run, kind: str, language: str) -> list[Artefact]:
    """The run's files of a kind in the language, or without one."""
    wanted = Artefact.objects.filter(run=run, kind=kind, language__in=[language, ""])
    return list(wanted.order_by("name"))
