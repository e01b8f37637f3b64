"""The job "run": extract, weigh, estimate, judge, draw and write down. The worker's alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from analysis.errors import AnalysisError
from analysis.indices.definition import Definition
from analysis.publication import Rule
from surveys.collection import blobs, jobs
from surveys.collection.blobs import StoredBlob
from surveys.collection.jobs import JobRefused, Report
from surveys.collection.models import Job
from surveys.fieldwork.models import Round
from surveys.results import between_job, map_queue, runs
from surveys.results.artefacts import Made, make_artefacts
from surveys.results.cells import Cell, Computed
from surveys.results.code_version import code_version
from surveys.results.estimation import Figures, estimate_all
from surveys.results.extract import RoundFrames, frames, with_area
from surveys.results.membership import membership, to_bytes
from surveys.results.models import Artefact, Comparison, Estimate, Run, RunMembers
from surveys.results.reading.figures import reader
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh
from surveys.results.run_patterns import patterns_of, views_of
from surveys.results.run_report import build_report
from surveys.results.stored_settings import SettingRefused, settings_of
from surveys.results.waves import changes_of
from surveys.results.weight_refusals import refusal_words

BATCH = 500
NOTHING = {
    "vi": "Đợt khảo sát này chưa có phiếu nào được tính nên chưa có gì để phân tích.",
    "en": "No record of this round counts yet, so there is nothing to analyse.",
    "remedy_vi": "Chờ phiếu đầu tiên hoàn thành, hoặc kiểm tra các phiếu bị giữ lại.",
    "remedy_en": "Wait for the first complete interview, or look into the quarantine.",
}

SETTINGS = {
    "remedy_vi": "Báo người phụ trách máy chủ sửa thiết lập ấy của đợt, rồi tính lại.",
    "remedy_en": "Ask whoever runs the server to correct that setting of the round, and run again.",
}


@dataclass(frozen=True, slots=True)
class _StoredArtefact:
    made: Made
    blob: StoredBlob


@dataclass(frozen=True, slots=True, eq=False)
class _Estimated:
    figures: Figures
    recipe: Recipe
    report: dict[str, Any]
    inputs_sha256: str
    members: bytes


@jobs.handles(runs.JOB_KIND)
def execute(job: Job, report: Report) -> dict[str, Any]:
    """Carry out the run of a job. Twice gives the same rows again."""
    run = Run.objects.select_related("round__project").get(job=job)
    round_ = run.round
    report(0.02, "Đọc phiếu và mẫu", "Reading records and sample")
    found = frames(round_)
    made_of = _estimate(round_, found, run.recipe, report)
    run.report, run.recipe = made_of.report, made_of.recipe.to_json()
    run.inputs_sha256 = made_of.inputs_sha256
    run.code_version = code_version()
    rows = _rows(run, made_of.figures.computed)
    compared = [Comparison(run=run, **asdict(each)) for each in made_of.figures.comparisons]
    known = reader(run, rows, compared)
    run.report["patterns"] = patterns_of(known)
    run.report["map_views"] = views_of(known)  # reads the patterns
    report(0.8, "Vẽ bản đồ, viết báo cáo", "Drawing maps, writing reports")
    files = make_artefacts(run, rows, compared)
    made = [_StoredArtefact(each, blobs.store(each.content)) for each in files]
    report(0.95, "Ghi kết quả", "Storing results")
    _store(run, rows, compared, made, blobs.store(made_of.members))
    between_job.compare(run)
    map_queue.queue(run)  # a crash before this line repeats the run, and so comes back to it
    return {"run": run.pk, "estimates": len(rows), "artefacts": len(made)}


def _estimate(
    round_: Round, found: RoundFrames, recipe: dict[str, Any], report: Report
) -> _Estimated:
    report(0.2, "Tính trọng số", "Weighting")
    try:
        rule = settings_of(Rule, round_.publication_rule)
        chosen = Recipe.of(recipe)
        found = with_area(found, round_, chosen)
        weighted = weigh(found, chosen)
    except SettingRefused as refused:
        raise JobRefused([{"vi": refused.vi, "en": refused.en, **SETTINGS}]) from refused
    except AnalysisError as error:
        raise JobRefused([refusal_words(error)]) from error
    if not weighted:
        raise JobRefused([NOTHING])

    def tell(share: float, definition: Definition) -> None:
        vi, en = f"Tính: {definition.vi}", f"Estimating: {definition.en}"
        report(0.3 + 0.45 * share, vi[:200], en[:200])

    try:
        figures = estimate_all(found, weighted, rule, chosen, tell)
    except AnalysisError as error:
        raise JobRefused([refusal_words(error)]) from error
    made = build_report(round_, found, weighted, figures, rule=rule, recipe=chosen)
    if chosen.compare_with:
        report(0.77, "So với đợt trước", "Comparing with the earlier round")
        changed, made["change"] = changes_of(round_, found, figures.computed, rule, chosen)
        figures = replace(figures, comparisons=(*figures.comparisons, *changed.rows))
    members = membership(found, weighted, [each.definition for each in figures.computed])
    return _Estimated(figures, chosen, made, found.inputs_sha256, to_bytes(members))


def _rows(run: Run, computed: Iterable[Computed]) -> list[Estimate]:
    return [_row(run, each.definition, cell) for each in computed for cell in each.cells]


def _row(run: Run, definition: Definition, cell: Cell) -> Estimate:
    figure = cell.figure
    flags = [*figure.flags, *(["confidential"] if cell.is_confidential else [])]
    return Estimate(
        run=run,
        method=cell.method,
        gamma=cell.gamma,
        members=list(cell.members),
        indicator=definition.id,
        category=figure.category,
        domain_type=cell.domain_type,
        domain=figure.domain,
        estimate=figure.estimate,
        se=figure.se,
        lower=figure.lower,
        upper=figure.upper,
        interval=figure.interval,
        df=figure.df,
        deff=figure.deff,
        n=figure.n,
        n_eff=cell.n_eff,
        n_psu=figure.n_psu,
        low=figure.low,
        high=figure.high,
        numerator=figure.numerator,
        denominator=figure.denominator,
        base=definition.base.id,
        publication=cell.verdict.shown.value,
        reason_vi=cell.verdict.reason_vi[:300],
        reason_en=cell.verdict.reason_en[:300],
        flags=flags,
    )


def _store(
    run: Run,
    rows: list[Estimate],
    compared: list[Comparison],
    made: list[_StoredArtefact],
    members: StoredBlob,
) -> None:
    """One transaction; the files are on the disk before it, a crash between leaves them unnamed."""
    with transaction.atomic():
        blobs.register([members, *(each.blob for each in made)])
        RunMembers.objects.update_or_create(
            run=run, defaults={"sha256": members.sha256, "compared_with": None, "told": []}
        )
        Estimate.objects.filter(run=run).delete()
        Comparison.objects.filter(run=run).delete()
        Artefact.objects.filter(run=run).delete()
        Estimate.objects.bulk_create(rows, batch_size=BATCH)
        Comparison.objects.bulk_create(compared, batch_size=BATCH)
        Artefact.objects.bulk_create(
            Artefact(
                run=run,
                kind=each.made.kind,
                name=each.made.name,
                language=each.made.language,
                content_type=each.made.content_type,
                sha256=each.blob.sha256,
                size=each.blob.size,
            )
            for each in made
        )
        run.finished_at = timezone.now()
        run.save()
