"""For planners: where the digital teams go, plan by plan, side by side."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import Context, access, actor, page, reader, round_frame, round_of
from dashboard.outreach_inputs import OutreachInput
from dashboard.presentation import files, outreach, outreach_places
from dashboard.presentation.figures import words
from dashboard.presentation.formats import number
from dashboard.presentation.runs import run_to_read
from dashboard.refusals import sentence
from surveys.collection.blobs import open_blob
from surveys.collection.rights import Forbidden, Right
from surveys.fieldwork.models import Round
from surveys.results import outreach as plans
from surveys.results.models import OutreachPlan, Run
from surveys.results.outreach import Wish
from surveys.results.outreach_needs import KIND_NAMES, KINDS, Need, needs_of_run
from surveys.results.outreach_villages import (
    CommuneVillages,
    VillageNeed,
    spread_of,
    village_needs,
    villages_of,
)
from surveys.results.outreach_xlsx import rounded, workbook
from surveys.results.reading.files import document_of


@require_http_methods(["GET", "POST"])
@page
def outreach_plans(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """The plans of a round, two or more side by side, and the form of the next."""
    found = round_of(request, round_id)
    scope = plans.scope_of(reader(request), found.project)
    if scope is not None and not scope:
        raise Forbidden(403.1, right=Right.PLAN_OUTREACH.value)
    run = run_to_read(request, found)
    needs = needs_of_run(run, communes=scope) if run is not None else ()
    if run is None or not any(each.is_known for each in needs):
        context = round_frame(request, found, "outreach", run=run, form="A")
        return render(request, "dashboard/no_run.html", context)
    form = _form(request, found, needs)
    if request.method == "POST" and form.is_valid():
        try:
            made = plans.ask(actor(request), run, form.cleaned_data["name"], form.wish())
        except plans.OutreachPlanRefused as refused:
            form.add_error(None, sentence(refused))
        else:
            return redirect("outreach_plan", made.pk)
    chosen = set(request.GET.getlist("plan"))
    listed = [
        outreach.listed(each, is_chosen=str(each.pk) in chosen)
        for each in plans.plans_of(reader(request), found)
    ]
    spread = spread_of(run)
    context = round_frame(
        request,
        found,
        "outreach",
        run=run,
        needs=needs,
        of_villages=_of_villages(run, needs, spread) if request.GET.get("villages") else [],
        spread=number(100 * spread, 1) if spread is not None else "",
        n_unknown=sum(not each.is_known for each in needs),
        methods=outreach.METHODS,
        kinds=[words(KIND_NAMES[kind]) for kind in KINDS],
        form=form,
        listed=listed,
        beside=outreach.side_by_side([each.plan for each in listed if each.is_chosen]),
    )
    status = 400 if form.is_bound else 200
    return render(request, "dashboard/outreach_plans.html", context, status=status)


def _of_villages(
    run: Run, needs: tuple[Need, ...], spread: float | None
) -> list[tuple[Need, CommuneVillages, tuple[VillageNeed, ...]]]:
    known = villages_of(run, needs)
    return [(need, known[need.code], village_needs(need, known[need.code], spread))
            for need in needs]  # fmt: skip


def _form(request: HttpRequest, found: Round, needs: tuple[Need, ...]) -> OutreachInput:
    wish, name = Wish(), ""
    like = request.GET.get("like", "")
    if like.isdecimal() and len(like) < 19:
        for each in plans.plans_of(reader(request), found):
            if each.pk == int(like):
                wish, name = Wish.of(each.scenario), each.name
    data = request.POST if request.method == "POST" else None
    return OutreachInput(data, needs=needs, wish=wish, name=name)


def _plan(request: HttpRequest, plan_id: int) -> OutreachPlan:
    get_object_or_404(OutreachPlan, pk=plan_id, run__round__project__deleted_at=None)
    return plans.find(reader(request), plan_id)


def _frame(request: HttpRequest, plan: OutreachPlan) -> Context:
    return round_frame(
        request,
        plan.run.round,
        "outreach",
        plan=plan,
        line=outreach.listed(plan),
        may_delete=plans.may_delete(reader(request), plan),
        sees_run=access(request).may(Right.READ_RUNS, plan.run.round.project_id),
    )


@require_safe
@page
def outreach_plan(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    plan = _plan(request, plan_id)
    context = _frame(request, plan)
    if plan.result:
        sort, is_descending = request.GET.get("sort", ""), request.GET.get("dir") == "desc"
        lines = outreach.lines(plan)
        context |= {
            "lines": outreach.ordered(lines, sort, is_descending=is_descending),
            "unknown": [line for line in lines if line.need == "–"],
            "unsure": [line for line in lines if line.verdict == gettext("chưa chắc")],
            "teams": outreach.teams(plan),
            "n_idle": plan.scenario["teams"] - len({s["team"] for s in plan.result["stays"]}),
            "pairs": outreach.pairs(plan),
            "visited": outreach_places.visited(plan),
            "guesses": outreach_places.guesses(plan),
            "has_map": plans.file_of(plan, get_language() or "vi", "html") is not None,
            "has_spread": plan.result.get("between_villages") is not None,
            "spread": number(100 * (plan.result.get("between_villages") or 0.0), 1),
            "kinds": outreach.kinds(plan),
            "facts": {
                name: outreach.people(plan.result[name])
                for name in ("worst_first", "equal_split", "over_worst_first", "over_equal_split")
            },
            "one_more_team": number(rounded(plan.result["one_more_team"])),
            "one_more_day": number(rounded(plan.result["one_more_day"])),
            "bound": number(rounded(plan.result["bound"])),
            "is_best": outreach.is_best(plan),
            "sort": sort,
            "dir": "desc" if is_descending else "asc",
        }
    return render(request, "dashboard/outreach_plan.html", context)


@require_safe
@page
def outreach_file(request: HttpRequest, plan_id: int, suffix: str = "xlsx") -> HttpResponseBase:
    """The plan as a workbook, or its map on paper, in the language of the page."""
    plan, language = _plan(request, plan_id), get_language() or "vi"
    if not plan.result:
        return redirect("outreach_plan", plan.pk)
    kept = plans.file_of(plan, language, suffix)
    if kept is not None:
        name = f"ke-hoach-{plan.pk}.{suffix}"
        return files.from_run(open_blob(kept.sha256), name, kept.content_type)
    if suffix != "xlsx":
        raise Http404
    content = workbook(plan, language)  # a plan whose run was made anew lost its files
    return files.download(content, f"ke-hoach-{plan.pk}.xlsx", files.XLSX)


@require_safe
@page
def outreach_map(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    """The map of a plan under the policy that it carries: sandboxed, framed by this site alone."""
    kept = plans.file_of(_plan(request, plan_id), get_language() or "vi", "html")
    if kept is None:
        raise Http404
    found = document_of(kept)
    response = HttpResponse(found.document, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = found.policy
    return response


@require_http_methods(["GET", "POST"])
@page
def outreach_delete(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    """Asked once more before the plan goes."""
    plan = _plan(request, plan_id)
    if not plans.may_delete(reader(request), plan):
        raise Forbidden(403.1, right=Right.MANAGE_ROUNDS.value)
    if request.method == "POST":
        plans.delete(actor(request), plan)
        messages.success(request, gettext("Đã xoá kế hoạch."))
        return redirect("outreach", plan.run.round_id)
    return render(request, "dashboard/outreach_delete.html", _frame(request, plan))
