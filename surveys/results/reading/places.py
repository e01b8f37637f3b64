"""The communes that the figures of a run are about."""

from collections import defaultdict

from django.db.models import Q, QuerySet

from surveys.fieldwork import round_places
from surveys.results.models import Run
from surveys.territory.models import AdminUnit, Level


def units_of(run: Run) -> dict[str, AdminUnit]:
    """`communes_of` by code."""
    return {unit.code: unit for unit in communes_of(run)}


def communes_of(run: Run) -> QuerySet[AdminUnit]:
    """The communes of a run as they stood when it was made, by code.

    A code alone has stood for other territories; the run has stored the first day of each.
    """
    days: dict[str, list[str]] = defaultdict(list)
    for area in run.report.get("areas", []):
        days[area["valid_from"]].append(area["code"])
    wanted = Q(pk__in=[])
    for day, codes in days.items():
        wanted |= Q(valid_from=day, code__in=codes)
    if not days:
        wanted = Q(pk__in=[unit.pk for unit in round_places.communes(run.round).values()])
    return AdminUnit.objects.filter(wanted, level=Level.COMMUNE).order_by("code")
