"""Maps that are ordered on a page: drawn once by the worker, found again by whoever asks next.

Light: a web process loads this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from django.db import IntegrityError, transaction

from surveys.collection import audit, jobs, rights
from surveys.collection.models import Actor, Job
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right, Who
from surveys.results.map_choice import (
    FORMS,
    KINDS,
    LANGUAGES,
    LIES,
    MODEL,
    PAPERS,
    VIEWS,
    MapChoice,
)
from surveys.results.models import Estimate, MapOrder, Run
from surveys.results.reading.places import units_of
from surveys.results.run_rights import require_run
from surveys.territory.boundaries import boundary_set_for
from surveys.territory.conversion import UnlikeTerritoriesError, require_same_territory

JOB_KIND: Final = "map_order"
MOST_UNFINISHED: Final = 5
UNFINISHED: Final = (Job.State.QUEUED, Job.State.RUNNING)
QUICK: Final = 400  # communes that are drawn within seconds


class MapRefused(Refused):
    """400.188 no such map, 409.18x not side by side, 429.181 wait."""


def order(actor: Actor, run: Run, choice: MapChoice) -> MapOrder:
    """The map of a choice: the one that exists or is on its way, else a new one for the worker.

    Raises
    ------
    rights.Forbidden : 403.1, no right to read the run, or that of the second panel.
    MapRefused : 400.188, 409.181, 409.182, 429.181.
    """
    require_run(actor, run)
    chosen = _of_run(run, choice)
    beside = _checked(actor, run, chosen)
    units = units_of(run)
    key = chosen.key(_boundaries(run, beside))
    with transaction.atomic():
        Actor.objects.select_for_update().get(pk=actor.pk)  # two clicks take turns
        known = MapOrder.objects.select_related("job").filter(run=run, key=key).first()
        if known is not None and not _has_failed(known):
            return known
        going = MapOrder.objects.filter(created_by=actor, job__state__in=UNFINISHED)
        if going.count() >= MOST_UNFINISHED:
            raise MapRefused(429.181, limit=MOST_UNFINISHED)
        try:
            with transaction.atomic():
                made = known or MapOrder.objects.create(
                    run=run, beside=beside, created_by=actor, key=key, choice=chosen.to_json()
                )
        except IntegrityError:  # somebody else asked for the same at this moment
            return MapOrder.objects.get(run=run, key=key)
        lane = Job.Lane.SHORT if len(units) <= QUICK else Job.Lane.LONG
        payload = {"map_order": made.pk, "round_id": run.round_id}
        made.job = jobs.enqueue(JOB_KIND, payload, lane=lane, actor=actor)
        made.save(update_fields=["job"])
        project, name = run.round.project, chosen.name
        audit.record("map.order", actor=actor, project=project, run=run.pk, map=made.pk, name=name)
    return made


def found(who: Who, run: Run, choice: MapChoice) -> MapOrder | None:
    """The map of a choice if somebody has ordered it, and this person may read all of it."""
    chosen = _of_run(run, choice)
    beside = _run_beside(run, chosen)
    if chosen.beside_run and beside is None:
        return None
    key = chosen.key(_boundaries(run, beside))
    known = MapOrder.objects.select_related("job", "beside__round__project").filter(
        run=run, key=key
    )
    return next(iter(_readable(who, known)), None)


def printed(who: Who, run: Run, indicator: str) -> list[MapOrder]:
    """What was ordered on paper of an indicator, newest first."""
    rows = MapOrder.objects.filter(run=run, choice__indicator=indicator).exclude(
        choice__form="html"
    )
    return list(
        _readable(who, rows.select_related("job", "beside__round__project").order_by("-pk"))
    )


def read(who: Who, order_id: int) -> MapOrder | None:
    """One map that is there for a person; None if there is none.

    Raises `rights.Forbidden` without the right to read every run in it.
    """
    known = (
        MapOrder.objects.select_related("run__round__project", "beside__round__project", "blob")
        .filter(pk=order_id, blob__isnull=False, run__round__project__deleted_at=None)
        .first()
    )
    if known is None:
        return None
    require_run(who, known.run)
    if known.beside is not None:
        require_run(who, known.beside)
    return known


def refuse_unlike(run: Run, other: Run) -> None:
    """Raise `MapRefused` 409.181 or 409.182 unless both runs speak of the same communes.

    Communes that only one of them has are no obstacle as long as some are in both.
    """
    here, there = units_of(run), units_of(other)
    both = here.keys() & there.keys()
    if not both:
        raise MapRefused(409.182)
    for code in sorted(both):
        try:
            require_same_territory(here[code], there[code])
        except UnlikeTerritoriesError as unlike:
            raise MapRefused(
                409.181, reason_vi=unlike.message_vi, reason_en=unlike.message_en
            ) from unlike


def _checked(actor: Actor, run: Run, choice: MapChoice) -> Run | None:
    """The run of the second panel, if there is one of its own."""
    allowed = (
        (choice.kind, KINDS), (choice.beside_kind, KINDS), (choice.view, VIEWS),
        (choice.form, FORMS), (choice.paper, PAPERS), (choice.lies, LIES),
        (choice.language, LANGUAGES),
    )  # fmt: skip
    for said, known in allowed:
        if said not in known:
            raise MapRefused(400.188, said=said[:40])
    beside = _run_beside(run, choice)
    if choice.beside_run and beside is None:
        raise MapRefused(400.188, said=str(choice.beside_run))
    if beside is not None:
        require_run(actor, beside)
    _require_figures(run, choice.indicator, choice.kind)
    if choice.beside:
        _require_figures(beside or run, choice.beside, choice.beside_kind)
    if beside is not None:
        refuse_unlike(run, beside)
    return beside


def _require_figures(run: Run, indicator: str, kind: str) -> None:
    if indicator not in run.report.get("definitions", {}):
        raise MapRefused(400.188, said=indicator[:40])
    if kind == MODEL:
        of_model = Estimate.objects.filter(run=run, method=MODEL, indicator=indicator)
        if not of_model.exists():
            raise MapRefused(400.188, said=f"{indicator[:40]}, {MODEL}")


def _of_run(run: Run, choice: MapChoice) -> MapChoice:
    """The choice with one way to say that the second panel is of the same run."""
    is_own = choice.beside_run == run.pk
    return (replace(choice, beside_run=0) if is_own else choice).trimmed


def _run_beside(run: Run, choice: MapChoice) -> Run | None:
    """Only runs of the same project: one set of rights, one survey."""
    if not choice.beside_run:
        return None
    others = Run.objects.select_related("round__project").filter(
        round__project=run.round.project_id, finished_at__isnull=False
    )
    return others.filter(pk=choice.beside_run).first()


def _boundaries(run: Run, beside: Run | None) -> int:
    units = {unit.pk: unit for each in (run, beside) if each for unit in units_of(each).values()}
    kept = boundary_set_for(units.values())
    return 0 if kept is None else kept.pk


def _readable(who: Who, rows: Iterable[MapOrder]) -> Iterable[MapOrder]:
    access = rights.access_of(who)
    for each in rows:
        other = each.beside
        if other is None or access.may(
            Right.READ_RUNS if other.published_at else Right.READ_UNPUBLISHED_RUNS,
            other.round.project_id,
        ):
            yield each


def _has_failed(known: MapOrder) -> bool:
    return known.blob_id is None and (known.job is None or known.job.state == Job.State.FAILED)
