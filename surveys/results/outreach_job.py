"""The job "outreach": read the needs, solve the scenario, store the plan. The worker's alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from analysis.outreach import (
    AreaShares,
    HelpKind,
    OutreachRefused,
    Planned,
    Scenario,
    Travel,
    Villages,
    VillageSize,
    planned,
)
from surveys.collection import blobs, jobs
from surveys.collection.blobs import StoredBlob
from surveys.collection.jobs import JobRefused, Report
from surveys.collection.models import Job
from surveys.results import outreach
from surveys.results.artefacts import Made
from surveys.results.models import Artefact, Estimate, OutreachPlan
from surveys.results.outreach import Wish
from surveys.results.outreach_maps import files_of
from surveys.results.outreach_needs import KINDS, Need, needs_of_run
from surveys.results.outreach_villages import CommuneVillages, spread_of, villages_of
from surveys.results.outreach_words import refusal_row
from surveys.results.reading.readiness import EQUIPPED

OF_MODELS = (Estimate.Method.MODEL, Estimate.Method.SYNTHETIC)
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
    of_commune = villages_of(plan.run, needs)
    spread = spread_of(plan.run)

    def tell(share: float) -> None:
        vi = "Tính kế hoạch" if share < 0.3 else "Thử lại với các giá trị có thể khác"
        en = "Solving the plan" if share < 0.3 else "Trying other values that may be true"
        report(0.05 + 0.9 * share, vi, en)

    try:
        found = planned(
            _all_shares(plan, needs),
            _scenario(Wish.of(plan.scenario)),
            villages=_villages(of_commune, spread),
            seed=outreach.SEED + plan.run_id,
            tell=tell,
        )
    except OutreachRefused as refused:
        names = {each.code: each.name.vi for each in needs}
        raise JobRefused([refusal_row(refused, names)]) from refused
    stored = OutreachPlan.objects.filter(pk=plan.pk)
    stored.update(result=_result(found, needs, of_commune, spread), finished_at=timezone.now())
    plan.refresh_from_db()
    report(0.96, "Vẽ bản đồ, viết bảng tính", "Drawing the map, writing the workbook")
    _keep(plan, [(each, blobs.store(each.content)) for each in files_of(plan)])
    return {"plan": plan.pk}


def _keep(plan: OutreachPlan, made: list[tuple[Made, StoredBlob]]) -> None:
    """One transaction; the files are on the disk before it, a crash between leaves them unnamed."""
    with transaction.atomic():
        blobs.register(blob for _, blob in made)
        outreach.forget_files(plan)
        Artefact.objects.bulk_create(
            Artefact(
                run_id=plan.run_id,
                kind=each.kind,
                name=each.name,
                language=each.language,
                content_type=each.content_type,
                sha256=blob.sha256,
                size=blob.size,
            )
            for each, blob in made
        )


def _all_shares(plan: OutreachPlan, needs: tuple[Need, ...]) -> list[AreaShares]:
    """With what the errors of model-based figures share, as the run stored it."""
    model = plan.run.report.get("models", {}).get(EQUIPPED, {})
    shared = model.get("shared", {})
    return [
        _shares(each, shared.get(each.code, ()) if each.method in OF_MODELS else ())
        for each in needs
    ]


def _villages(of_commune: Mapping[str, CommuneVillages], spread: float | None) -> Villages:
    return Villages(
        {
            code: [VillageSize(each.id, each.adults, each.requests) for each in known.villages]
            for code, known in of_commune.items()
        },
        spread or 0.0,
    )


def _shares(need: Need, shared: Sequence[float]) -> AreaShares:
    parts = need.parts or {}
    return AreaShares(
        area=need.code,
        population=need.population.count if need.is_known else None,
        share=need.share if need.is_known else None,
        se=need.se,
        n_eff=need.n_eff,
        parts={HelpKind(kind): value for kind, value in parts.items()},
        source=need.source,
        shared=tuple(shared),
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


def _result(
    found: Planned,
    needs: tuple[Need, ...],
    of_commune: Mapping[str, CommuneVillages],
    spread: float | None,
) -> dict[str, Any]:
    """As JSON: the plan with, for each commune and village, its name and how its figure came."""
    about = {each.code: each for each in needs}
    made = asdict(found)
    for row in made["areas"]:
        need, known = about[row["area"]], of_commune[row["area"]]
        row |= {
            "vi": need.name.vi,
            "en": need.name.en,
            "method": need.method,
            "is_own_split": need.is_own_split,
            "reason_vi": need.reason.vi,
            "reason_en": need.reason.en,
            "villages_listed": known.listed,
            "villages_unlisted": known.unlisted,
        }
    villages = {each.id: each for known in of_commune.values() for each in known.villages}
    for row in made["visits"]:
        village = villages[row["village"]]
        row |= {"name": village.name, "requests": village.requests_said}
    made["between_villages"] = spread
    return made
