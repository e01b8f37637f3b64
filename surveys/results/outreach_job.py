"""The job "outreach": read the needs, solve the scenario, store the plan. The worker's alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from analysis.outreach import (
    AreaShares,
    HelpKind,
    OutreachRefused,
    Planned,
    Scenario,
    Travel,
    planned,
)
from surveys.collection import jobs
from surveys.collection.jobs import JobRefused, Report
from surveys.collection.models import Job
from surveys.results import outreach
from surveys.results.models import OutreachPlan
from surveys.results.outreach import Wish
from surveys.results.outreach_needs import KINDS, Need, needs_of_run
from surveys.results.outreach_words import refusal_row

GONE = {"vi": "Kế hoạch này đã bị xoá.", "en": "This plan was deleted."}


@jobs.handles(outreach.JOB_KIND)
def handle(job: Job, report: Report) -> dict[str, Any]:
    """Solve and store; twice stores the same, because everything is seeded."""
    plan = (
        OutreachPlan.objects.select_related("run__round").filter(pk=job.payload["outreach_plan"])
    ).first()
    if plan is None:
        raise JobRefused([GONE])
    report(0.02, "Đọc các con số", "Reading the figures")
    scope = frozenset(plan.communes) if plan.communes else None
    needs = needs_of_run(plan.run, communes=scope)

    def tell(share: float) -> None:
        vi = "Tính kế hoạch" if share < 0.3 else "Thử lại với các giá trị có thể khác"
        en = "Solving the plan" if share < 0.3 else "Trying other values that may be true"
        report(0.05 + 0.9 * share, vi, en)

    try:
        found = planned(
            [_shares(each) for each in needs],
            _scenario(Wish.of(plan.scenario)),
            seed=outreach.SEED + plan.run_id,
            tell=tell,
        )
    except OutreachRefused as refused:
        names = {each.code: each.name.vi for each in needs}
        raise JobRefused([refusal_row(refused, names)]) from refused
    stored = OutreachPlan.objects.filter(pk=plan.pk)
    stored.update(result=_result(found, needs), finished_at=timezone.now())
    return {"plan": plan.pk}


def _shares(need: Need) -> AreaShares:
    parts = need.parts or {}
    return AreaShares(
        area=need.code,
        population=need.population.count if need.is_known else None,
        share=need.share if need.is_known else None,
        se=need.se,
        n_eff=need.n_eff,
        parts={HelpKind(kind): value for kind, value in parts.items()},
        source=need.source,
    )


def _scenario(wish: Wish) -> Scenario:
    return Scenario(
        teams=wish.teams,
        days=wish.days,
        helped=dict(zip(map(HelpKind, KINDS), wish.helped, strict=True)),
        comes=wish.comes / 100,
        travel=wish.travel,
        travel_rule=Travel(wish.travel_rule),
        most_days=wish.most_days,
        least_days=wish.least_days,
        must=frozenset(wish.must),
        must_not=frozenset(wish.must_not),
    )


def _result(found: Planned, needs: tuple[Need, ...]) -> dict[str, Any]:
    """As JSON: the plan with, for each commune, its name and how its figure came about."""
    about = {each.code: each for each in needs}
    made = asdict(found)
    for row in made["areas"]:
        need = about[row["area"]]
        row |= {
            "vi": need.name.vi,
            "en": need.name.en,
            "method": need.method,
            "is_own_split": need.is_own_split,
            "reason_vi": need.reason.vi,
            "reason_en": need.reason.en,
        }
    return made
