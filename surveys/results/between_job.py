"""Comparing runs by who is behind their figures, and the job that does it again when another run
was published in between. The worker's alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.collection import blobs, jobs
from surveys.collection.jobs import Report
from surveys.collection.models import Job
from surveys.results.between_queue import JOB_KIND
from surveys.results.between_runs import ShownCell, Told, told_by_members
from surveys.results.membership import Membership, from_bytes
from surveys.results.models import Estimate, Run, RunMembers
from surveys.results.reading.between import published_before
from surveys.results.reading.names import COMMUNE

SHOWN_METHODS = (Estimate.Method.DIRECT, Estimate.Method.GROUPED)


@jobs.handles(JOB_KIND)
def execute(job: Job, report: Report) -> dict[str, Any]:
    """Compare every run of a round that waits to be published with the one published last."""
    waiting = Run.objects.filter(
        round=job.payload["round"], published_at=None, finished_at__isnull=False
    ).order_by("pk")
    runs = list(waiting)
    for at, run in enumerate(runs):
        report(at / len(runs), "So với lần đã công bố", "Comparing with the published run")
        compare(run)
    return {"runs": len(runs)}


def compare(run: Run) -> None:
    """Store which differences from the run published before tell of a few persons; a run without
    members, or beside one, stays with the comparison of counts. Twice gives the same."""
    own = RunMembers.objects.filter(run=run).first()
    earlier = published_before(run)
    if own is None:
        return
    other = RunMembers.objects.filter(run=earlier).first() if earlier is not None else None
    told: tuple[Told, ...] = ()
    if earlier is not None and other is not None:
        told = told_by_members(
            _members(other), _members(own), _shown(earlier), _shown(run), _floors(run)
        )
    RunMembers.objects.filter(pk=own.pk).update(
        compared_with=earlier if other is not None else None,
        told=[each.to_json() for each in told],
    )


def _members(kept: RunMembers) -> Membership:
    with blobs.open_blob(kept.sha256) as file:
        return from_bytes(file.read())


def _shown(run: Run) -> list[ShownCell]:
    """Figures that people see and that are made of their own members' answers alone."""
    rows = run.estimates.filter(method__in=SHOWN_METHODS).exclude(
        publication=Estimate.Publication.NONE
    )
    found = {
        ShownCell(
            row.indicator,
            row.category,
            COMMUNE if row.members else row.domain_type,
            tuple(sorted(map(str, row.members))) if row.members else (row.domain,),
        )
        for row in rows.only("indicator", "category", "domain_type", "domain", "members")
    }
    return sorted(found, key=lambda cell: (cell.indicator, cell.category, cell.key))


def _floors(run: Run) -> Mapping[str, int]:
    """By indicator: persons below which a difference tells of them."""
    rule = run.report.get("publication_rule", {})
    usual, sensitive = int(rule.get("disclosure_n", 5)), int(rule.get("sensitive_n", 10))
    return {
        name: sensitive if definition.get("is_sensitive") else usual
        for name, definition in run.report.get("definitions", {}).items()
    }
